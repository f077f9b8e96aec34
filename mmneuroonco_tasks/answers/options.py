"""Which words of a response mention which option.

``OptionReader`` knows one question's options. ``rewrite`` replaces every mention in a text by its character
(`mentions`): option texts and the benchmark's synonyms first, the longest match at a place, then letters. Everything
later works on the rewritten text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from . import mentions
from .concepts import concept_of, concept_spans, family_of
from .letters import rewrite_letters
from .mentions import LETTERS, TEXT, mention
from .normalise import plain
from .refusals import refusal_in

#: Where no option says so in words, this letter is none-of-the-above.
REJECTION = "E"
_REJECTIONS = frozenset(
    ("none of the above", "none of these", "none of the options", "none of the above options", "none of the others")
)

_WORD = re.compile(r"[^\W_]+|[<>≤≥+%]")
_GAP = r"(?:[^\w\n]|_){0,3}"
#: Words that an option text and a response may have or lack: "Round or oval", "round/oval".
_LOOSE = frozenset(("and", "or"))
_LOOSE_GAP = r"(?:[^\w\n]|_){0,3}(?:(?:and|or|to)(?:[^\w\n]|_){1,2})?"
_LOOSE_TEXT = re.compile(r"[/,]|\b(?:and|or)\b|\d\s?-\s?\d", re.I)
#: Signs that an option or a response may say in words.
_SIGNS = {"<": r"\b(?:less|smaller) than\b", ">": r"\b(?:greater|more|larger) than\b"}
_SPELLINGS = {"tumor": "tumou?r", "tumour": "tumou?r", "center": "cent(?:er|re)", "centre": "cent(?:er|re)"}
#: Endings after a hyphen that leave the word what it is ("round-shaped"); any other makes another ("glioma-like").
_ENDINGS = r"(?!\w)(?!-(?!(?:shaped|sized|type|appearing|looking|based|weighted)\b)[^\W\d_])"
# An option's text may be preceded by a hyphen only as a dash.
_BEGINNING = r"(?<!\w)(?<!\w-)"
#: Parts of "Round/Oval", "Small or focal", "Large (> 3 cm)", each of which may stand for the whole.
_PARTS = re.compile(r"[/()]|\bor\b")


def words(text: str) -> tuple[str, ...]:
    """``text`` as it is compared: lower case, without underscores, hyphens and punctuation.

    >>> words("T1_CE (post-contrast)")
    ('t1', 'ce', 'post', 'contrast')
    """
    for sign, spoken in _SIGNS.items():
        text = re.sub(spoken, f" {sign} ", text, flags=re.I)
    return tuple(_WORD.findall(text.lower()))


def is_rejection(option: str) -> bool:
    """Whether an option says that none of the others is right.

    >>> is_rejection("None of the above."), is_rejection("No lesion")
    (True, False)
    """
    return " ".join(words(option)) in _REJECTIONS


class OptionReader:
    """The options of one question, ready to be found in responses."""

    def __init__(self, options: Mapping[str, str]) -> None:
        texts = {letter: plain(str(text)) for letter, text in options.items() if letter in LETTERS and len(letter) == 1}
        self.offered = sum(1 << LETTERS.index(letter) for letter in texts)
        #: The bit of "None of the above", or 0 where it is not offered.
        self.rejection = _rejection(texts)
        self._wholes: dict[str, int] = {}
        self._parts: dict[str, int] = {}
        self._known: set[tuple[tuple[str, ...], bool]] = set()
        self._concepts: dict[str, int] = {}
        for letter, text in texts.items():
            self._learn(1 << LETTERS.index(letter), text)
        self._families = frozenset(map(family_of, self._concepts))
        self._pattern = _compiled(self._known)
        self._refusing = _compiled({(words(text), False) for text in texts.values() if refusal_in(text.lower())})

    def _learn(self, bit: int, text: str) -> None:
        whole = _without_loose(words(text))
        parts = {_without_loose(words(part)) for part in _PARTS.split(text)} - {whole, ()}
        self._note(self._wholes, whole, bit, loose=_LOOSE_TEXT.search(text) is not None)
        for part in parts if len(parts) > 1 else ():
            if sum(map(len, part)) > 2:
                self._note(self._parts, part, bit)
        if (concept := concept_of(text)) is not None:
            self._concepts[concept] = self._concepts.get(concept, 0) | bit

    def _note(self, table: dict[str, int], key: tuple[str, ...], bit: int, *, loose: bool = False) -> None:
        if key:
            self._known.add((key, loose))
            table[_joined(key)] = table.get(_joined(key), 0) | bit

    def _mask(self, matched: str) -> int:
        key = words(matched)
        joined = (_joined(_without_loose(key)), _joined(_without_loose(tuple(word for word in key if word != "to"))))
        return next((mask for table in (self._wholes, self._parts) for name in joined if (mask := table.get(name))), 0)

    def _spans(self, text: str) -> list[tuple[int, int, int]]:
        """Start, end and options of every mention by text; no options where a synonym names none of them."""
        found = []
        if self._pattern:
            found += [(m.start(), -m.end(), 0, self._mask(m.group())) for m in self._pattern.finditer(text)]
        if self._families:
            found += [
                (start, -end, 1, self._concepts.get(name, 0))
                for start, end, name in concept_spans(text, self._families)
                if not refusal_in(text[start:end].lower())
            ]
        found.sort()
        kept: list[tuple[int, int, int]] = []
        for start, minus_end, _, mask in found:
            end = -minus_end
            if not kept or start >= kept[-1][1]:
                kept.append((start, end, mask))
            elif end - start > kept[-1][1] - kept[-1][0]:
                kept[-1] = (start, end, mask)
        return kept

    def rewrite(self, text: str) -> str:
        """``text`` in lower case with every mention of an option as one character."""
        pieces, position = [], 0
        for start, end, mask in self._spans(text):
            if mask:
                pieces += [text[position:start], mention(TEXT, mask)]
                position = end
        pieces.append(text[position:])
        return rewrite_letters("".join(pieces), self.offered).lower()

    def without_refusing_options(self, text: str) -> str:
        """``text`` without the offered options that sound like a refusal ("Cannot be determined")."""
        return self._refusing.sub(" ", text) if self._refusing else text

    def texts_of_all(self, characters: str) -> bool:
        """Whether these mentions name every option but, perhaps, none-of-the-above."""
        named = 0
        for character in characters:
            named |= mentions.mask_of(character)
        return self.offered & ~self.rejection & ~named == 0


def _compiled(known: set[tuple[tuple[str, ...], bool]]) -> re.Pattern[str] | None:
    longest_first = sorted(known, key=lambda each: (-sum(map(len, each[0])), each))
    spellings = "|".join(dict.fromkeys(_spelling(key, loose) for key, loose in longest_first))
    return re.compile(f"{_BEGINNING}(?:{spellings}){_ENDINGS}", re.I) if spellings else None


def _without_loose(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in key if word not in _LOOSE) or key


def _stem(word: str) -> str:
    word = _SPELLINGS.get(word, word)
    if word.endswith("ses") and len(word) > 5:
        return word[:-2] + ("is" if word.endswith("tases") else "")
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "is", "us")) and len(word) > 3 else word


def _joined(key: tuple[str, ...]) -> str:
    """Words as they are looked up: in one, without the endings in which texts differ ("T1CE", "metastases")."""
    return "".join(map(_stem, key))


def _spelling_of_word(word: str) -> str:
    return f"(?:{word}|{_SIGNS[word]})" if word in _SIGNS else _SPELLINGS.get(word, re.escape(word))


def _spelling(key: tuple[str, ...], loose: bool) -> str:
    *first, last = (_spelling_of_word(word) for word in key)
    if last.endswith("metastasis"):
        last = last[:-2] + "[ie]s"
    elif last[-1:].isalpha() and last.endswith("s") and not last.endswith(("ss", "is", "us")):
        last += "?"
    elif last[-1:].isalpha() and len(last) > 2:
        last += "(?:es|s)?" if last.endswith("ss") else "s?"
    return (_LOOSE_GAP if loose else _GAP).join([*first, last])


def _rejection(texts: Mapping[str, str]) -> int:
    """The bit of none-of-the-above: found by its words, since a shuffled question has it at another letter than E."""
    letter = max((letter for letter, text in texts.items() if is_rejection(text)), default=REJECTION)
    return 1 << LETTERS.index(letter) if letter in texts else 0


@lru_cache(maxsize=8192)
def _reader(items: tuple[tuple[str, str], ...]) -> OptionReader:
    return OptionReader(dict(items))


def reader_of(options: Mapping[str, str]) -> OptionReader:
    """The reader of these options; questions with the same options share one."""
    return _reader(tuple((str(letter), str(text)) for letter, text in options.items()))
