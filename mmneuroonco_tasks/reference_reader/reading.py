"""What a prompt asks and what its options mean, read from the words alone, as a person who knows English would.

The phantom's own tables of words are not used: a text is understood by its key words, whatever the style.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NO_LESION = "no lesion"
REJECTION = "none of the above"

_OPTION = re.compile(r"^\(?([A-E])[.):] +(.+?) *$", re.MULTILINE)
_ITEM = re.compile(r"^Q(\d+)[.:] ", re.MULTILINE)
_NO_LESION = (NO_LESION, r"\b(no|without)( visible)? lesion\b|\bnowhere\b")
#: By question type, values and the words that mean them; the first that is found counts.
_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "health": (("abnormal", r"^abnormal$"), ("healthy", r"^healthy$")),
    "modality": (
        ("DWI", r"\bdwi\b|\bdiffusion\b"),
        ("FLAIR", r"\bflair\b"),
        ("T2", r"\bt2\b"),
        ("T1", r"\bt1\b.*\b(without|no)\b|\b(native|plain) t1\b"),
        ("T1CE", r"\bt1\b.*\b(with|post) ?contrast\b|\b(enhanced) t1\b|\bt1 ?ce\b"),
        ("T1", r"\bt1\b"),
    ),
    "diagnosis": (
        ("healthy", r"\bhealthy\b"),
        *((name, rf"\b{name}") for name in ("glioma", "meningioma", "metastasis", "pituitary", "schwannoma")),
        ("ependymoma", r"\bependymoma"),
        ("embryonal", r"\bembryonal"),
        ("neuronal_tumor", r"\bneuronal"),
    ),
    "size": (
        _NO_LESION,
        ("very large", r"\bvery large\b"),
        *((name, rf"\b{name}\b") for name in ("large", "medium", "small")),
    ),
    "shape": (
        _NO_LESION,
        ("irregular", r"\birregular\b|\bspic?ul|\bspike"),
        ("lobulated", r"\blob"),
        ("oval", r"\boval\b|\bellip"),
        ("round", r"\bround\b|\bcircular\b"),
    ),
    "spread": (
        _NO_LESION,
        ("satellites", r"\bsatellites?\b"),
        ("pair", r"\bpair\b|\btwo\b|\bbifocal\b"),
        ("multifocal", r"\bmultifocal\b|\bscattered\b|\bthree or more\b"),
        ("solitary", r"\bsolitary\b|\bsingle\b|\bunifocal\b"),
    ),
    "location": (_NO_LESION,),
}
_ROWS = ((0, r"\b(upper|top)\b"), (2, r"\b(lower|bottom)\b"), (1, r"\b(middle|cent(er|re))\b"))
_COLUMNS = ((0, r"\bleft\b"), (2, r"\bright\b"), (1, r"\b(middle|cent(er|re))\b"))
#: What an open question may ask about, and the words by which it does.
_ASKS = {
    "shape": r"\b(shape|outline|border|margin|morphology|contour)\b",
    "location": r"\b(where|location|located|region|centroid)\b",
    "size": r"\b(large|size|extent|percentage|proportion|big)\b",
    "spread": r"\b(spread|solitary|single|components|multifocal|several|multiple)\b",
}
_ASKS_ALL = re.compile(r"\b(features?|support|explain|speak)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a prompt: its number in the prompt (``None`` where it is the only one), text and options."""

    number: int | None
    text: str
    options: Mapping[str, str]

    @property
    def rejection(self) -> str | None:
        """The letter of "None of the above", wherever it stands; ``None`` where it is not offered."""
        return next((letter for letter, text in self.options.items() if plain(text) == REJECTION), None)


def questions_of(prompt: str) -> list[Asked]:
    """The questions of a prompt: one, or those numbered Q1, Q2, ….

    >>> [(asked.number, dict(asked.options)) for asked in questions_of("Q1. Which?\\nA. T1\\nB. T2\\n\\nQ2. Where?")]
    [(1, {'A': 'T1', 'B': 'T2'}), (2, {})]
    """
    items = list(_ITEM.finditer(prompt))
    if not items:
        return [Asked(None, prompt, dict(_OPTION.findall(prompt)))]
    ends = [*(item.start() for item in items[1:]), len(prompt)]
    texts = [prompt[item.end() : end] for item, end in zip(items, ends, strict=True)]
    return [Asked(int(item[1]), text, dict(_OPTION.findall(text))) for item, text in zip(items, texts, strict=True)]


def plain(text: str) -> str:
    """A text in lower case, with blanks for everything that is neither letter nor digit.

    >>> plain("T1_with-contrast (post)")
    't1 with contrast post'
    """
    return " ".join(re.sub(r"[^0-9a-z]+", " ", text.lower()).split())


def meanings_of(options: Sequence[str]) -> tuple[str, list[str | None]]:
    """The question type that most of the options make sense for, and what each means there, if anything.

    >>> meanings_of(["Upper-Left Region", "No lesion", "dead centre"])
    ('location', ['0,0', 'no lesion', '1,1'])
    >>> meanings_of(["t1_with_contrast", "T2", "DWI"])
    ('modality', ['T1CE', 'T2', 'DWI'])
    """
    read = {name: [_meaning(name, plain(text)) for text in options] for name in _WORDS}
    best = max(read, key=lambda name: sum(meaning is not None for meaning in read[name]))
    return best, read[best]


def _meaning(question_type: str, text: str) -> str | None:
    for value, words in _WORDS[question_type]:
        if re.search(words, text):
            return value
    if question_type != "location":
        return None
    row, column = (next((n for n, words in side if re.search(words, text)), None) for side in (_ROWS, _COLUMNS))
    if row is None and column is None:
        return None
    return f"{1 if row is None else row},{1 if column is None else column}"


def asked_attributes(text: str) -> list[str]:
    """What an open question asks about: some of shape, location, size, spread; all where it asks for the whole.

    >>> asked_attributes("Where does the lesion lie?"), len(asked_attributes("Explain the features."))
    (['location'], 4)
    """
    lowered = text.lower()
    found = [name for name, words in _ASKS.items() if re.search(words, lowered)]
    return list(_ASKS) if _ASKS_ALL.search(lowered) or not found else found
