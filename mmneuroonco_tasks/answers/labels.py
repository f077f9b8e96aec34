"""Question numbers in a response to several questions: where each question's answer begins.

Numbers that are announced ("Q1", "Question 2", "第3题", "the first question") are surer than bare ones ("1.", "(2)"),
which may also number the steps of an argument; bare numbers are looked at only for questions that no announced number
names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .gates import gated
from .tables import any_of
from .vocabulary import folded

_NOUN = any_of(
    r"q(?:uestion|uest|ues|n|s)? questions ans(?:wer)? answers ^a(?=\d) item task response 问题 問題 问 問 题 題",
    r"第 质问 質問",
    r"設問 回答 答案 问题编号 pregunta frage domanda pergunta questão вопрос 질문 문제 문항 السؤال vraag soru",
    r"pytanie câu(?:_hỏi)?",
    r"soal प्रश्न fråga",
)
_NUMERAL = {
    word: number
    for number, listed in enumerate(
        (
            "one first 1st 一 primera premier première erste uno un eins i",
            "two second 2nd 二 segunda deuxième seconde zweite dos deux zwei ii",
            "three third 3rd 三 tercera troisième dritte tres trois drei iii",
            "four fourth 4th 四 cuarta quatrième vierte cuatro quatre vier iv",
            "five fifth 5th 五 quinta cinquième fünfte cinco cinq fünf v",
            "six sixth 6th 六 sexta sixième sechste seis sechs vi",
            "seven seventh 7th 七", "eight eighth 8th 八", "nine ninth 9th 九", "ten tenth 10th 十",
        ),
        start=1,
    )
    for word in listed.split()
}  # fmt: skip
_WORDS = "|".join(sorted((word for word in _NUMERAL if len(word) > 2 or not word.isascii()), key=len, reverse=True))
_ROMAN = "|".join(("iii", "ii", "iv", "vi", "i", "v"))
_ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|1st|2nd|3rd|4th|5th|6th"

#: What may follow a number before its answer: closers, a remark in brackets, the word "answer", separators.
_TAIL = (
    r"(?:\s?(?:题|題|番|번|問|问))?[\"'）)\].]{0,3}(?:\s?[(\[](?![A-Ha-h]\s?[)\]])[^()\[\]\n]{1,60}[)\]])?"
    r"(?:'s)?(?:\s?(?:answer|ans|answers|答案)\b)?[\s\"']{0,2}[:.)\]=,|→>-]{0,3}"
)
_ANNOUNCED = gated(
    rf"(?<![^\W_])(?:the\s)?(?:{_NOUN})(?:[^\S\n]|[.#:_№-]){{0,3}}(?:(?:no|number|nr|"
    rf"num)\.?\s?)?(?:0{{0,2}}(?P<number>\d{{1,3}})(?!\d)(?![.,]\d)(?!\s?(?:%|cm|mm))|"
    rf"(?P<word>{_WORDS}|(?:{_ROMAN})(?=\s?[:.)])))(?P<tail>{_TAIL})",
    re.I | re.M,
)
_ORDINAL = gated(
    (
        rf"(?<![^\W_])(?:(?:for|to|in|and|on)\s){{0,3}}(?:the\s)?(?P<word>{_ORDINALS})(?:\s(?P<noun>question|one|q|"
        rf"item|answer))?(?P<tail>\s?(?:[:=,→-]|(?=\s(?:is\b|i\b|the answer|\(?[A-H]\b))))"
    ),
    re.I,
)
_BARE = gated(
    r"(?P<line>^[\s>*#★(\[\"'{|•-]{0,6})?(?<![^\W_])(?<![\d.]\.)(?<!\d[-/])(?:no\.?\s?|#\s?|"
    r"№\s?)?0{0,2}(?P<number>\d{1,3})(?![\d%])(?![.,/]\d)"
    r"(?P<tail>[\"')\].]{0,3}\s?[:.)\]=,|/→>-]{0,2})(?P<space>\s?)(?P<letter>(?=[(\[<\"'*]{0,2}[A-Ha-h](?![^\W_]|"
    r"['’.]\w)))?",
    re.M | re.I,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A question's number in a text: from ``start`` to ``end``, its answer begins at ``end``."""

    number: int
    start: int
    end: int
    #: Whether a colon or its like stands behind it.
    closed: bool


def find_labels(text: str, count: int) -> list[Label]:
    """The numbers of the questions 1 … ``count`` (and of others that end an answer), in order.

    >>> [label.number for label in find_labels("Q1: B\\nQ2: There are 2 lesions, so C", 2)]
    [1, 2]
    """
    announced = [_label(found) for found in _ANNOUNCED.finditer(text)]
    if not announced:
        announced = _ordinals(text)
    named = {label.number for label in announced}
    if len(named & set(range(1, count + 1))) == count:
        return announced
    bare = _bare_labels(text, announced, count)
    return sorted([*announced, *bare], key=lambda label: label.start)


def _label(found: re.Match[str]) -> Label:
    digits = found.groupdict().get("number")
    number = int(digits) if digits else _NUMERAL[folded(found["word"])]
    return Label(number, found.start(), found.end(), any(mark in found["tail"] for mark in ":=→|"))


def _ordinals(text: str) -> list[Label]:
    """ "First: C. Second: A.": only where at least two stand or one is said of a question."""
    found = list(_ORDINAL.finditer(text))
    if len(found) > 1 or any(match["noun"] in ("question", "q") for match in found):
        return [_label(match) for match in found]
    return []


def _bare_labels(text: str, announced: list[Label], count: int) -> list[Label]:
    """Bare numbers: at the start of a line, or right before a letter. Beside announced ones only the latter count."""
    taken = {label.number for label in announced}
    labels = []
    for found in _BARE.finditer(text):
        number = int(found["number"])
        before_letter = found["letter"] is not None and (found["space"] or found["tail"].strip() or not announced)
        at_line = found["line"] is not None and bool(found["tail"].strip())
        if (taken and (number in taken or number > count or not before_letter)) or not (before_letter or at_line):
            continue
        labels.append(Label(number, found.start(), found.end("tail"), ":" in found["tail"]))
    return labels
