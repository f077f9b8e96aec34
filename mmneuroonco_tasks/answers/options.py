"""Which words of a response mention which option.

``OptionReader`` knows one question's options. ``mark_texts`` replaces every mention in a text by its character
(`mentions`): option texts and the benchmark's synonyms, the longest match at a place. Letters follow (`letters`), and
everything later works on the rewritten text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .concepts import concept_of, concept_spans, family_of
from .gates import gated, in_turn
from .mentions import LETTERS, TEXT, mention
from .normalise import plain
from .refusals import refusal_in

#: Where no option says so in words, this letter is none-of-the-above.
REJECTION = "E"
_REJECTIONS = frozenset(
    ("none of the above", "none of these", "none of the options", "none of the above options", "none of the others")
)

_WORD = gated(r"[^\W_]+|[<>≤≥+%]")
_GAP = r"(?:[^\w\n]|_){0,3}"
#: Words that an option text and a response may have or lack: "Round or oval", "round/oval".
_LOOSE = frozenset(("and", "or"))
_LOOSE_GAP = r"(?:[^\w\n]|_){0,3}(?:(?:and|or|to)(?:[^\w\n]|_){1,2})?"
_LOOSE_TEXT = gated(r"[/,]|\b(?:and|or)\b|\d\s?-\s?\d", re.I)
#: Signs that an option or a response may say in words.
_SIGNS = {"<": r"\b(?:less|smaller) than\b", ">": r"\b(?:greater|more|larger) than\b"}
_SPELLINGS = {"tumor": "tumou?r", "tumour": "tumou?r", "center": "cent(?:er|re)", "centre": "cent(?:er|re)"}
#: Endings after a hyphen that leave the word what it is ("round-shaped"); any other makes another ("glioma-like").
_ENDINGS = r"(?!\w)(?!-(?!(?:shaped|sized|type|appearing|looking|based|weighted)\b)[^\W\d_])"
# An option's text may be preceded by a hyphen only as a dash.
_BEGINNING = r"(?<!\w)(?<!\w-)"
_BEGINS, _ENDS = gated(_BEGINNING), gated(_ENDINGS)
#: Parts of "Round/Oval", "Small or focal", "Large (> 3 cm)", each of which may stand for the whole.
_PARTS = gated(r"[/()]|\bor\b")


def words(text: str) -> tuple[str, ...]:
    """``text`` as it is compared: lower case, without underscores, hyphens and punctuation.

    >>> words("T1_CE (post-contrast)")
    ('t1', 'ce', 'post', 'contrast')
    """
    for sign, spoken in _SIGNS.items():
        text = re.sub(spoken, f" {sign} ", text, flags=re.I) if "than" in text.lower() else text
    return tuple(_WORD.findall(text.lower()))


@lru_cache(maxsize=8192)
def is_rejection(option: str) -> bool:
    """Whether an option says that none of the others is right.

    >>> is_rejection("None of the above."), is_rejection("No lesion")
    (True, False)
    """
    return " ".join(words(option)) in _REJECTIONS


@dataclass(frozen=True, slots=True)
class _Known:
    """What is looked for on account of one option's text; texts come again and again, so each is worked out once."""

    #: The whole text, where it has words, and parts that may stand for it, as they are looked up.
    whole: tuple[str, ...]
    parts: tuple[str, ...]
    spellings: tuple[_Spelling, ...]
    concept: str | None
    #: All words of a text that sounds like a refusal ("Cannot be determined").
    refusing: _Spelling | None


@lru_cache(maxsize=8192)
def _known(text: str) -> _Known:
    whole = _without_loose(words(text))
    parts = {_without_loose(words(part)) for part in _PARTS.split(text)} - {whole, ()}
    parts = {part for part in parts if sum(map(len, part)) > 2} if len(parts) > 1 else set()
    spellings = [_spelling(whole, _LOOSE_TEXT.search(text) is not None)] if whole else []
    return _Known(
        (_joined(whole),) if _joined(whole) else (),
        tuple(map(_joined, parts)),
        (*spellings, *(_spelling(part, False) for part in parts)),
        concept_of(text),
        _spelling(words(text), False) if refusal_in(text.lower()) else None,
    )


@lru_cache(maxsize=8192)
def is_letter(text: str) -> bool:
    """Whether a single letter may be a mention of an option by this text.

    >>> is_letter("B"), is_letter("T2")
    (True, False)
    """
    return len(_joined(_without_loose(words(text)))) < 2


_plain = lru_cache(maxsize=8192)(plain)


def texts_of(options: Mapping[str, str]) -> dict[str, str]:
    """By offered letter, the option's text in plain characters."""
    return {letter: _plain(str(text)) for letter, text in options.items() if letter in LETTERS and len(letter) == 1}


def rejection_of(texts: Mapping[str, str]) -> int:
    """The bit of none-of-the-above: found by its words, since a shuffled question has it at another letter than E."""
    letter = max((letter for letter, text in texts.items() if is_rejection(text)), default=REJECTION)
    return 1 << LETTERS.index(letter) if letter in texts else 0


class OptionReader:
    """The options of one question, ready to be found in responses."""

    def __init__(self, options: Mapping[str, str]) -> None:
        texts = texts_of(options)
        self.offered = sum(1 << LETTERS.index(letter) for letter in texts)
        #: The bit of "None of the above", or 0 where it is not offered.
        self.rejection = rejection_of(texts)
        self._known = [(1 << LETTERS.index(letter), _known(text)) for letter, text in texts.items()]
        self._concepts: dict[str, int] = {}
        for bit, known in self._known:
            if known.concept is not None:
                self._concepts[known.concept] = self._concepts.get(known.concept, 0) | bit
        self._families = frozenset(map(family_of, self._concepts))
        self._spellings = _longest_first({each for _, known in self._known for each in known.spellings})
        self._refusing = _compiled({known.refusing for _, known in self._known if known.refusing is not None})

    def _mask(self, matched: str) -> int:
        """The options that a match of one of the spellings names: by their whole texts, else by parts of them."""
        names = _names_of(matched)
        for name in names:
            if mask := sum([bit for bit, known in self._known if name in known.whole]):
                return mask
        return next((mask for name in names if (mask := sum(bit for bit, k in self._known if name in k.parts))), 0)

    def _spans(self, text: str) -> list[tuple[int, int, int]]:
        """Start, end and options of every mention by text; no options where a synonym names none of them."""
        found = []
        possible, is_in = self._spellings, text.lower().__contains__
        if text.isascii():
            possible = [each for each in possible if all(map(is_in, each.needed))]
        found += [(m.start(), -m.end(), 0, self._mask(m.group())) for m in in_turn(possible, text)]
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

    def mark_texts(self, text: str) -> str:
        """``text`` with every mention of an option by its text or a synonym as one character."""
        pieces, position = [], 0
        for start, end, mask in self._spans(text):
            if mask:
                pieces += [text[position:start], mention(TEXT, mask)]
                position = end
        pieces.append(text[position:])
        return "".join(pieces)

    def without_refusing_options(self, text: str) -> str:
        """``text`` without the offered options that sound like a refusal ("Cannot be determined")."""
        return self._refusing.sub(" ", text) if self._refusing else text


def _longest_first(spellings: set[_Spelling]) -> list[_Spelling]:
    return sorted(spellings, key=lambda each: each.order)


def _compiled(spellings: set[_Spelling]) -> re.Pattern[str] | None:
    words = "|".join(dict.fromkeys(each.words for each in _longest_first(spellings)))
    return re.compile(f"{_BEGINNING}(?:{words}){_ENDINGS}", re.I) if words else None


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


@lru_cache(maxsize=8192)
def _names_of(matched: str) -> tuple[str, str]:
    """What a match is looked up by."""
    key = words(matched)
    return _joined(_without_loose(key)), _joined(_without_loose(tuple(word for word in key if word != "to")))


def _spelling_of_word(word: str) -> str:
    return f"(?:{word}|{_SIGNS[word]})" if word in _SIGNS else _SPELLINGS.get(word, re.escape(word))


class _Spelling:
    """How the words of an option's text, or of a part of it, may be written in a response."""

    def __init__(self, key: tuple[str, ...], loose: bool) -> None:
        #: The longest are looked for first.
        self.order = (-sum(map(len, key)), key, loose)
        *first, last = (_spelling_of_word(word) for word in key)
        if last.endswith("metastasis"):
            last = last[:-2] + "[ie]s"
        elif last[-1:].isalpha() and last.endswith("s") and not last.endswith(("ss", "is", "us")):
            last += "?"
        elif last[-1:].isalpha() and len(last) > 2:
            last += "(?:es|s)?" if last.endswith("ss") else "s?"
        self.words = (_LOOSE_GAP if loose else _GAP).join([*first, last])
        #: An ASCII text in lower case holds a match only with each of these: spellings of a word differ in its last
        #: letters at most, and signs are written in words too.
        self.needed = [word[: max(1, len(word) - 2)] for word in key if word not in _SIGNS]
        if not "".join(key).isascii():
            self.needed = []

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{self.words})(?!\w)", re.I)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(f"{_BEGINNING}(?:{self.words}){_ENDINGS}", re.I)

    def search(self, text: str, start: int = 0, /) -> re.Match[str] | None:
        """The first match of the words as a whole."""
        # What stands around them is nearly always right: one pattern for all tells it, and theirs is compiled sooner.
        found = self._words.search(text, start)
        if found and not (_BEGINS.match(text, found.start()) and _ENDS.match(text, found.end())):
            return self._whole.search(text, start)
        return found


_spelling = lru_cache(maxsize=8192)(_Spelling)


@lru_cache(maxsize=8192)
def _reader(items: tuple[tuple[str, str], ...]) -> OptionReader:
    return OptionReader(dict(items))


def reader_of(options: Mapping[str, str]) -> OptionReader:
    """The reader of these options; questions with the same options share one."""
    return _reader(tuple((str(letter), str(text)) for letter, text in options.items()))
