"""What an option means: one table of concepts for every rule that asks whether two options say the same.

An option text has a *narrow* concept, shared only by texts that cannot be right and wrong at once ("T2-weighted MRI"
and "T2"), and a *broad* one, shared by texts that most readers would take for the same ("Large/Mass-like" and "Very
large"). Texts of one narrow concept are of one broad concept too. The vocabulary is that of the benchmark's question
types; a text that no row knows is a concept of its own.

The hierarchy of diagnoses follows the WHO classification of tumours of the central nervous system (2021) where the
benchmark's classes allow it: ependymoma and glioma are two classes of the benchmark, so neither is the other's
subtype here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .records import REJECTION_LETTER, ClosedQuestion

_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def normalised(text: str) -> str:
    """Lower case, with underscores, hyphens and punctuation as single spaces.

    >>> normalised("T1_weighted MRI (post-contrast)")
    't1 weighted mri post contrast'
    """
    return " ".join(_WORD.findall(text.lower()))


def words_of(text: str) -> frozenset[str]:
    """The normalised words of a text.

    >>> sorted(words_of("Round/oval"))
    ['oval', 'round']
    """
    return frozenset(normalised(text).split())


@dataclass(frozen=True, slots=True)
class Concept:
    """What a text means: strictly (``narrow``) and as most readers would take it (``broad``)."""

    narrow: str
    broad: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A concept and the words that make it: one of ``words``, one of ``also``, none of ``never``, nothing but ``only``.

    Without a ``narrow`` concept every text that fits keeps one of its own.
    """

    narrow: str
    broad: str
    words: frozenset[str]
    also: frozenset[str]
    never: frozenset[str]
    only: frozenset[str]

    def fits(self, words: frozenset[str]) -> bool:
        return (
            not words.isdisjoint(self.words)
            and (not self.also or not words.isdisjoint(self.also))
            and words.isdisjoint(self.never)
            and (not self.only or words <= self.words | self.also | self.only)
        )


def _row(narrow: str, words: str, *, broad: str = "", also: str = "", never: str = "", only: str = "") -> _Row:
    sets = (words_of(listed) for listed in (words, also, never, only))
    return _Row(narrow, broad or narrow, *sets)


_LESION = "lesion lesions mass abnormality shape"
_NO_LESION = (
    _row("no lesion", "no", also=_LESION, never="spread effect beyond without"),
    _row("no spread", "no", also="spread", broad="no lesion"),
    _row("not applicable", "not", also="applicable", broad="no lesion"),
)
_UNENHANCED = "without non noncontrast pre unenhanced"
_OUTER = "side sided periphery peripheral edge margin hemisphere"
_SECTOR = "center centre upper lower far"

#: By question type; the first row that fits decides.
_ROWS: Mapping[str, tuple[_Row, ...]] = {
    "modality": (
        _row("FLAIR", "flair"),
        _row("CT with contrast", "ct", also="contrast enhanced", never=_UNENHANCED, broad="CT"),
        _row("CT", "ct"),
        _row("DWI", "dwi diffusion"),
        _row("contrast T1", "t1ce t1c t1gd"),
        _row("contrast T1", "t1", also="ce gd gadolinium contrast post enhanced", never=_UNENHANCED),
        _row("T1", "t1"),
        _row("T2", "t2"),
    ),
    "size": (
        *_NO_LESION,
        _row("", "multifocal multiple scattered", broad="multiple"),
        _row("", "diffuse infiltrative", never="large", broad="diffuse"),
        _row("", "diffuse", also="large", broad="large and diffuse"),
        _row("small", "small", only="focal lesion and or"),
        _row("", "small smaller tiny microlesion", broad="small"),
        _row("medium", "medium moderate", only="lesion"),
        _row("", "medium moderate", broad="medium"),
        _row("large", "large", only="extensive lesion and or"),
        _row("", "large larger giant massive macrolesion", broad="large"),
    ),
    "shape": (
        *_NO_LESION,
        _row("multilobulated", "multilobulated", broad="lobulated", never="smooth"),
        _row("lobulated", "lobulated"),
        _row("irregular", "irregular", only="spiculated spiculation and or with"),
        _row("ill-defined irregular", "irregular", also="ill poorly definable", broad="irregular"),
        _row("round or oval", "round", also="oval ovoid", never="smooth", broad="round"),
        _row("round", "round rounded", only="lesion mass"),
        _row("spherical", "spherical globular", broad="round"),
        _row("oval", "oval ovoid", only="lesion mass"),
        _row("linear", "linear", never="irregular tract"),
    ),
    "spread": (
        _row("leptomeningeal", "leptomeningeal csf", never="no"),
        *_NO_LESION,
        _row("dominant core", "core", also="satellites satellite"),
        _row("diffuse", "diffuse diffusely"),
        _row("multiple", "multiple multifocal scattered"),
        _row("", "confined localized localised clustered", broad="solitary"),
        _row("solitary", "solitary single"),
        _row("", "focal isolated", broad="solitary"),
    ),
    "location": (
        *_NO_LESION,
        _row("centre", "center centre centered centred", only="of the image in middle"),
        _row("midline", "midline", only="only region sellar central", broad="centre"),
        _row("left", "left", also=_OUTER, never=_SECTOR),
        _row("right", "right", also=_OUTER, never=_SECTOR),
        _row("posterior edge", "posterior", also="edge margin aspect part"),
    ),
}

#: Diagnoses by concept, each with the normalised texts that mean it.
_DIAGNOSES: Mapping[str, Concept] = {
    text: Concept(name, name)
    for name, texts in {
        "pituitary tumor": ("pituitary", "pituitary tumor", "pituitary tumour", "pituitary adenoma"),
        "metastasis": ("metastasis", "brain metastasis", "brain metastases", "metastases"),
        "lymphoma": ("lymphoma", "primary cns lymphoma", "cns lymphoma", "pcnsl"),
        "neuronal tumor": ("neuronal tumor", "neuronal tumour", "glioneuronal tumor", "glioneuronal tumour"),
        "embryonal tumor": ("embryonal", "embryonal tumor", "embryonal tumour"),
        "DNET": ("dnet", "dysembryoplastic neuroepithelial tumor", "dysembryoplastic neuroepithelial tumour"),
        "ATRT": ("atrt", "atypical teratoid rhabdoid tumor", "atypical teratoid rhabdoid tumour"),
        "schwannoma": ("schwannoma", "neurinoma"),
        "healthy": ("healthy", "normal", "normal study"),
    }.items()
    for text in texts
}

#: Narrow concept → its supertype, by question type. Contrast T1 is a T1 image, so that "T1" beside it is not wrong.
_SUPERTYPE: Mapping[str, Mapping[str, str]] = {
    "modality": {"contrast T1": "T1"},
    "diagnosis": {
        **dict.fromkeys(("DNET", "ganglioglioma", "gangliocytoma", "central neurocytoma"), "neuronal tumor"),
        **dict.fromkeys(("medulloblastoma", "ATRT"), "embryonal tumor"),
        **dict.fromkeys(
            (
                "glioblastoma",
                "astrocytoma",
                "pilocytic astrocytoma",
                "cerebellar pilocytic astrocytoma",
                "oligodendroglioma",
                "anaplastic oligodendroglioma",
                "brainstem glioma",
                "high grade glioma",
                "low grade glioma",
            ),
            "glioma",
        ),
        **dict.fromkeys(("dural metastasis", "brainstem metastasis", "ependymal metastasis"), "metastasis"),
    },
}


def concept_of(question_type: str, text: str) -> Concept:
    """What an option text means in a question of this type.

    >>> concept_of("modality", "T1_weighted_MRI_with_contrast") == concept_of("modality", "T1_CE")
    True
    >>> concept_of("size", "Very large").broad == concept_of("size", "Large/Extensive").broad
    True
    >>> concept_of("shape", "lens-shaped").narrow
    'lens shaped'
    """
    plain = normalised(text)
    if question_type == "diagnosis":
        return _DIAGNOSES.get(plain, Concept(plain, plain))
    words = words_of(text)
    for row in _ROWS.get(question_type, ()):
        if row.fits(words):
            return Concept(row.narrow or plain, row.broad)
    return Concept(plain, plain)


def is_subtype(question_type: str, text: str, of: str) -> bool:
    """Whether ``text`` names a kind of what ``of`` names, and not the same.

    >>> is_subtype("diagnosis", "DNET", of="neuronal_tumor"), is_subtype("modality", "T1", of="T1_CE")
    (True, False)
    """
    if words_of(of) & words_of(_UNENHANCED):
        return False  # "T1 without contrast" is the opposite of contrast T1, not its supertype
    supertypes = _SUPERTYPE.get(question_type, {})
    return supertypes.get(concept_of(question_type, text).narrow) == concept_of(question_type, of).narrow


def listed_options(question: ClosedQuestion) -> dict[str, str]:
    """The offered options without "None of the above"."""
    return {letter: text for letter, text in question.options.items() if letter != REJECTION_LETTER}


def true_answer(question: ClosedQuestion) -> str | None:
    """The text of the true option, which a trap does not offer; ``None`` for a trap that does not keep it."""
    return question.original_answer if question.trap else question.options[question.answer]


def contested_letters(question: ClosedQuestion) -> tuple[str, ...]:
    """The letters of a trap's options that say what the removed answer said.

    >>> from mmneuroonco_tasks.benchmark.records import Picture
    >>> options = {"A": "T1", "B": "T2-weighted MRI", "C": "FLAIR", "D": "DWI", "E": "None of the above"}
    >>> trap = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "modality", "Which?", options, "E", True, "T2")
    >>> contested_letters(trap)
    ('B',)
    """
    if not question.trap or question.original_answer is None:
        return ()
    meant = concept_of(question.question_type, question.original_answer).narrow
    return tuple(
        letter
        for letter, text in listed_options(question).items()
        if concept_of(question.question_type, text).narrow == meant
    )
