"""The benchmark's own synonyms: other words for what an option says.

They are used only where no option matches by its text, and only where exactly one option is of the concept. The
vocabulary is that of the released option texts (T1_CE is T1 with contrast, Healthy is a normal study), not medical
knowledge: a glioblastoma is not read as "glioma" unless the option's own text stands in the response.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .gates import Patterns, gated
from .tables import any_of

_S = r"[\s_-]{0,2}"
_WEIGHTED = rf"(?:{_S}(?:weighted|wi|w))?"
_IMAGE = rf"(?:{_S}(?:mri?|images?|imaging|sequences?|scans?|series|weighted|axial|brain))"
_AGENT = any_of(
    r"(?:iv|intravenous|the_administration_of|administration_of|gadolinium[_-]based)\s)?(?:contrast gadolinium gad",
    r"gd gbca",
)
_WITH = (
    rf"(?:with|post|after|following|plus)(?:{_S}| (?:the )?){_AGENT}(?:{_S}(?:agent|enhancement|material|medium|"
    rf"administration))?"
)
_ENHANCED = (
    rf"(?:(?:contrast|gadolinium|gad|gd|gd-dtpa){_S}(?:enhanced|enhancing)|post{_S}(?:contrast|gadolinium|gad|"
    rf"gd)|(?<!un)(?<!non )(?<!non-)enhanced|ce)"
)
_WITHOUT = (
    rf"(?:without{_S}(?:iv |intravenous )?(?:contrast|gadolinium)|(?:non|pre|un){_S}(?:contrast|enhanced|"
    rf"contrast{_S}enhanced)|plain|native|unenhanced)"
)
_T1 = rf"t1{_WEIGHTED}"
_CT = r"(?:ct|computed tomography)"

_TUMOUR = any_of(
    (
        r"\w{0,20}(?:gliomas?|meningiomas?|metastas[ie]s|lymphomas?|schwannomas?|adenomas?|astrocytomas?|blastomas?|"
        r"ependymomas?|pharyngiomas?|germinomas?|abscess(?:es)?|tumou?rs?|neoplasms?|cysts?)"
    ),
    r"malignan(?:cy|cies|t) cancer",
)
_FINDING = rf"(?:abnormal\w*|lesions?|mass(?:es)?|patholog\w{{1,8}}|anomal\w{{1,6}}|disease|{_TUMOUR})"
# Words that may stand between "no" and the finding; a verb would start another statement.
_BETWEEN = r"(?:(?!(?:was|were|is|are|but|so|the|this|that|has|have|however|it)\b)[a-z-]{1,20}[\s,/]{1,2}){0,6}?"
_AND_MORE = rf"(?:(?:,| or| nor| and|/)\s?(?:[a-z-]{{1,20}}\s){{0,3}}?{_FINDING})*"
_STATE = (
    r"(?:(?:a|an|the|entirely|completely|fully|quite|really|very|looks?|appears?|seems?|be|to|considered|"
    r"at all)\s){0,4}"
)
_NOT = r"(?:\bnot|n't|\bcannot be|\bfar from|\bnon)"


@dataclass(frozen=True, slots=True)
class _Concept:
    family: str
    #: What a text of this concept says.
    pattern: str
    #: What a response may say instead; no option is of the concept by these words.
    evidence: str = ""


#: Most specific first: at one place of a text the longest match decides, and of equally long ones the first.
_CONCEPTS: dict[str, _Concept] = {
    "T1 with contrast": _Concept(
        "modality",
        rf"{_T1}{_IMAGE}{{0,2}}{_S}[,(]?{_S}(?:{_WITH}|{_ENHANCED}|(?:[+&]{_S})(?:c|contrast|gd|gad|gadolinium)|"
        rf"contrast|(?<![(,])(?<![(,]\s)c|gd|gado?|ceb?)"
        rf"|(?:{_ENHANCED}|{_AGENT}){_S}(?:\w{{1,12}}{_S})?{_T1}|t1(?:ce|c|gd|gad|post)|t1\+",
    ),
    "T1": _Concept("modality", rf"(?:{_WITHOUT}{_S})?{_T1}(?:{_IMAGE}{{0,2}}{_S}[,(]?{_S}{_WITHOUT})?"),
    "FLAIR": _Concept(
        "modality",
        rf"(?:t2{_WEIGHTED}{_S})?(?:flair|fluid{_S}attenuated inversion{_S}recovery)(?:{_S}t2{_WEIGHTED})?",
    ),
    "T2": _Concept("modality", rf"t2{_WEIGHTED}"),
    "DWI": _Concept("modality", rf"dwi|diffusion{_S}(?:weighted)?|diffusion{_S}weighted{_S}(?:imaging|image|mri)"),
    "CT with contrast": _Concept(
        "modality",
        rf"{_CT}(?:{_S}(?:head|brain|scan|of the (?:head|brain)))?{_S}{_WITH}|{_ENHANCED}{_S}(?:\w{{1,6}}{_S})?{_CT}",
    ),
    "CT": _Concept(
        "modality",
        (
            rf"(?:{_WITHOUT}{_S})?(?:(?:head|brain|cranial){_S})?{_CT}(?:{_S}(?:head|brain|scan|of the (?:head|"
            rf"brain))){{0,2}}(?:{_S}{_WITHOUT})?"
        ),
    ),
    "other sequence": _Concept("modality", rf"t2\*|swi|gre|adc(?: map)?|susceptibility{_S}weighted|mra|pet"),
    "no lesion": _Concept(
        "lesion",
        r"no (?:(?:visible|detectable|discrete|definite|focal|measurable|identifiable|obvious|"
        r"discernible)\s){0,2}lesions?"
        r"(?: (?:is |are |was |were |can be |could be )?(?:visible|seen|identified|detected|present|visualized|"
        r"found))?",
    ),
    "healthy": _Concept(
        "health",
        r"(?:normal|healthy)(?:\s(?:brain|mri|study|scan))?|no abnormality",
        rf"(?:\bno\b|\bwithout\b|\bfree of\b|\babsence of\b|\bnegative for\b|\b(?:do|does|did)(?:n't|"
        rf" not) (?:see|show|find|identify|detect|observe|reveal|demonstrate|appreciate|contain|have)\b|"
        rf"\bnothing\b)\s{_BETWEEN}{_FINDING}{_AND_MORE}"
        rf"|{_NOT}\s{_STATE}(?:abnormal|pathological|diseased|unhealthy)|unremarkable|within normal limits|"
        rf"negative (?:study|scan|exam\w{{0,8}}|mri)|正常|健康|未见(?:明显)?异常|无异常",
    ),
    "abnormal": _Concept(
        "health",
        r"abnormal(?:\s(?:brain|mri|study|scan))?|unhealthy|diseased|pathological",
        rf"{_NOT}[\s-]{_STATE}(?:normal|healthy|unremarkable)|abnormal\w{{0,5}}|patholog(?:y|ical|ic)|"
        rf"anomal\w{{1,6}}|mass(?:es)?(?:\s(?:lesion|effect))?|lesions?|{_TUMOUR}|异常|不正常|病变|不健康",
    ),
    "medium": _Concept("size", rf"medium(?:{_S}sized?)?|moderate(?:ly)?(?:{_S}sized?)?"),
}


_NAMES = tuple(_CONCEPTS)


def _patterns(patterns: Iterable[str]) -> Patterns:
    return Patterns((rf"(?<![^\W_])(?:{pattern})(?![^\W_])" for pattern in patterns), re.I)


_WHOLE = _patterns(concept.pattern for concept in _CONCEPTS.values())
_EVIDENCE = _patterns("|".join(filter(None, (each.pattern, each.evidence))) for each in _CONCEPTS.values())
#: Concepts in which an option may be looked for though its text is written with no such words.
FAMILIES = tuple(dict.fromkeys(concept.family for concept in _CONCEPTS.values()))


def concept_of(text: str) -> str | None:
    """The concept that a whole text (an option, say) means, or ``None``.

    >>> concept_of("T1_CE"), concept_of("T1-weighted post-contrast"), concept_of("FLAIR MRI"), concept_of("glioma")
    ('T1 with contrast', 'T1 with contrast', 'FLAIR', None)
    """
    bare = _TRIMMED.sub("", text.strip())
    for number in _WHOLE.possible_in(text):
        if _WHOLE.patterns[number].fullmatch(bare) or _WHOLE.patterns[number].fullmatch(text.strip()):
            return _NAMES[number]
    whole = _PARENTHESIS.fullmatch(bare)
    if whole and (first := concept_of(whole[1])) is not None and first == concept_of(whole[2]):
        return first
    return None


_TRIMMED = gated(rf"^(?:an? |the )|^(?:(?:mri|brain|axial){_S}){{1,3}}|{_IMAGE}{{1,3}}$", re.I)
_PARENTHESIS = gated(r"([^()]{1,80}?)\s?\(([^()]{1,80})\)")


def family_of(concept: str) -> str:
    """The family of a concept: ``modality``, ``health``, ``lesion`` or ``size``."""
    return _CONCEPTS[concept].family


def concept_spans(text: str, families: frozenset[str]) -> list[tuple[int, int, str]]:
    """Where a running text names a concept of these families: start, end and concept.

    >>> concept_spans("a post-contrast T1 image", frozenset({"modality"}))
    [(2, 18, 'T1 with contrast'), (16, 18, 'T1')]
    """
    return [
        (found.start(), found.end(), name)
        for number in _EVIDENCE.possible_in(text)
        if _CONCEPTS[name := _NAMES[number]].family in families
        for found in _EVIDENCE.patterns[number].finditer(text)
    ]
