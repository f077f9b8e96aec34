"""What a question asks about, where the data does not say: closed instruction samples carry no type.

The words of the stem decide, else those of the options. A question that neither places is of the type ``other``: it
counts in every overall metric, in none of the six types, and so leaves their macro mean empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..answers.options import is_rejection
from ..benchmark.records import CLOSED_TYPES, OPEN_TYPES

OTHER_TYPE = "other"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_STEMS = {
    "modality": _words(
        r"modalit\w*|(?:pulse |mri? )?sequences?|weight(?:ed|ing)|acqui\w+|imaging (?:type|technique|protocol)"
        r"|(?:type|kind) of (?:scan|mri|image)|(?:scan|mri|image) type"
    ),
    "spread": _words(
        r"how many|numbers?|count|distribut\w*|spread|multiplicity|focality|solitary|(?:uni|multi)focal\w*|scattered"
        r"|single or multiple|patterns?|burden|extent|involvement|components?|satellites?"
    ),
    "location": _words(
        r"where|locat\w*|position\w*|situated|regions?|quadrants?|sectors?|cent(?:er|re)d|lies|side|which part"
    ),
    "shape": _words(
        r"shape\w*|contours?|outlines?|margins?|borders?|morpholog\w*|form|geometr\w*|boundar\w*|edges?|silhouette"
    ),
    "size": _words(
        r"size\w*|how (?:large|big|small)|extent|area|large|proportion|dimensions?|diameter|scale|volume|coverage"
    ),
    "diagnosis": _words(
        r"diagnos\w*|patholog\w*|tumou?rs?|diseases?|conditions?|abnormal\w*|healthy|normal|classif\w*|assessment"
        r"|status|(?:lesion|mass) type|type of (?:lesion|mass)|entity"
    ),
}
_OPTIONS = {
    "modality": _words(r"t1\w*|t2\w*|flair|dwi|adc|swi|post-?contrast|ct|pet|ultrasound|spectroscopy"),
    "spread": _words(
        r"solitary|single|(?:uni|multi)focal|multiple|satellites?|scattered|dominant core|diffuse"
        r"|disseminat\w*|spread|two|three|infiltrat\w*"
    ),
    "location": _words(
        r"upper\w*|lower\w*|left|right|cent(?:er|re|ral)\w*|frontal|parietal|temporal|occipital|cerebell\w*|midline"
    ),
    "shape": _words(r"irregular\w*|spiculated|round\w*|oval|lobulated|linear|crescent\w*|smooth\w*|ring"),
    "size": _words(
        r"small|medium|large|focal|tiny|massive|extensive|moderate|(?:[<>~≥≤]\s*)?\d+(?:\.\d+)?\s*(?:%|mm|cm)"
    ),
    "diagnosis": _words(
        r"\w*oma|\w*omas|metasta\w*|pituitary\w*|healthy|abnormal|normal|abscess|infarct\w*|h(?:a)?emorrhage|stroke"
        r"|tumou?r|no (?:tumou?r|lesion)"
    ),
}


def closed_type(stem: str, options: Iterable[str]) -> str:
    """The closed question type that the wording tells, or ``other``.

    >>> closed_type("In which sequence was this made?", ["T1", "T2"])
    'modality'
    >>> closed_type("What best fits?", ["Upper-Left Region", "Lower-Right Region"])
    'location'
    >>> closed_type("Was contrast given?", ["Yes", "No"])
    'other'
    """
    asked = [name for name, words in _STEMS.items() if words.search(stem)]
    if len(asked) == 1:
        return asked[0]
    texts = [option for option in options if not is_rejection(option)]
    votes = {name: sum(bool(_OPTIONS[name].search(text)) for text in texts) for name in asked or CLOSED_TYPES}
    best = max(votes, key=lambda name: votes[name])
    # Without a word in the stem, most options must agree; else the first kind of word found decides.
    if asked:
        return best
    return best if 2 * votes[best] > len(texts) else OTHER_TYPE


_OPEN_KINDS = (
    ("Reasoning", _words(r"reason\w*|diagnos[ei]s|explain|why|rationale|conclu\w*|support\w*|suggest\w*|consistent")),
    ("Location", _words(r"locat\w*|positions?|where")),
)


def open_type(question: str, meta: Mapping[str, object]) -> str:
    """The open question type: what ``meta`` calls it, else what the question's words tell, else ``Detail``.

    >>> open_type("Describe its edge.", {"question_type": "analysis", "subtype": "global"})
    'Detail'
    >>> open_type("Where does it lie?", {})
    'Location'
    """
    named = f"{meta.get('question_type', '')} {meta.get('subtype', '')}"
    for name in OPEN_TYPES:
        if name.lower() in named.lower().split():
            return name
    for text in (named, question):
        for name, words in _OPEN_KINDS:
            if words.search(text):
                return name
    return OPEN_TYPES[0]
