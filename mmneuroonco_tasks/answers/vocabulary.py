"""Which of the texts that patterns need (`needed`) are in a text: asked by every pattern, found out once.

Hundreds of patterns ask for more than a thousand such texts. A text without blanks lies within one word, and models
use few words: what each word holds is remembered, and what a text holds is what its words hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

#: So many texts are remembered: words, texts up to a length, and longer ones. Then all are forgotten.
_WORDS, _TEXTS, _LONG_TEXTS = 50_000, 4_000, 16
_LONG, _LONG_WORD = 2_000, 100


class _Vocabulary:
    """Texts without blanks that are known, by their first characters, and what was found out of words and texts."""

    def __init__(self, by_beginning: dict[str, tuple[str, ...]]) -> None:
        self.by_beginning = by_beginning
        self.in_texts: dict[str, frozenset[str]] = {}
        self._in_long_texts: dict[str, frozenset[str]] = {}
        self._in_words: dict[str, frozenset[str]] = {}

    def found_in(self, text: str) -> frozenset[str]:
        """The known texts in a text, which is not remembered unless it is long."""
        is_long = len(text) > _LONG
        known = self._in_long_texts.get(text) if is_long else None
        if known is None:
            words = set(text.split())
            remembered = list(map(self._in_words.get, words))
            if None in remembered:
                remembered = list(map(self._found_in_word, words))
            known = frozenset().union(*filter(None, remembered))
            if is_long:
                _remember(self._in_long_texts, _LONG_TEXTS, text, known)
            else:
                _remember(self.in_texts, _TEXTS, text, known)
        return known

    def _found_in_word(self, word: str) -> frozenset[str]:
        known = self._in_words.get(word)
        if known is None:
            beginnings = {word[place : place + size] for place in range(len(word)) for size in (1, 2, 3)}
            possible = [each for part in beginnings & self.by_beginning.keys() for each in self.by_beginning[part]]
            known = frozenset(each for each in possible if each in word)
            if len(word) <= _LONG_WORD:
                _remember(self._in_words, _WORDS, word, known)
        return known


def _remember(memory: dict[str, frozenset[str]], most: int, text: str, known: frozenset[str]) -> None:
    if len(memory) >= most:
        memory.clear()
    memory[text] = known


_vocabulary = _Vocabulary({})
_learning = Lock()


def learn(words: Iterable[str]) -> None:
    """Make texts without blanks known."""
    global _vocabulary
    with _learning:
        known = _vocabulary.by_beginning
        new = [word for word in set(words) if word not in known.get(word[:3], ())]
        if new:  # a new one: what another thread is finding out belongs to the old one
            by_beginning = dict(known)
            for word in new:
                by_beginning[word[:3]] = (*by_beginning.get(word[:3], ()), word)
            _vocabulary = _Vocabulary(by_beginning)


def known_in(text: str) -> frozenset[str]:
    """Which known texts are in ``text``.

    >>> learn(["cannot", "image"])
    >>> {"cannot", "image"} & known_in("i see no images")
    {'image'}
    """
    vocabulary = _vocabulary
    known = vocabulary.in_texts.get(text)
    return vocabulary.found_in(text) if known is None else known


#: What is an ASCII letter in another case to ``re.IGNORECASE``, and is not to ``str.lower``.
_ODD_CASES = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}


@lru_cache(maxsize=64)
def folded(text: str) -> str:
    """``text`` with ASCII letters in one case, as ``re.IGNORECASE`` compares them.

    >>> folded("\u0130MAGE")
    'image'
    """
    if not text.isascii():
        for odd, letter in _ODD_CASES.items():
            text = text.replace(odd, letter)
    return text.lower()
