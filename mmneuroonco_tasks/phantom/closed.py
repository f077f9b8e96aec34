"""The closed phantom questions: whose options tell nothing about the answer.

A rejection-aware question offers four different values of one attribute, and E. Whatever four are offered, each is as
likely the answer as any other, and E is it at the released rate of traps. That holds because

- every value is as likely true as any other (``cases``); "no lesion" is true of one picture in five;
- an answerable question offers the truth and three others, a trap four others;
- "no lesion", where it is not the truth, is among the others of every trap and of three in four answerable
  questions, which makes it the answer to one in five of the questions that offer it, like any other value;
- stem, style, order of the options and the key's letter are drawn without regard to the truth.

Everything is drawn, nothing is balanced by quota but the number of traps: with exact quotas, whoever has seen four
fifths of the file would know what the last fifth still lacks, and a fitted text-only model would land beside chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..benchmark.mask_rules import SECTORS
from ..benchmark.records import CLOSED_TYPES, LETTERS, REJECTION_LETTER
from .cases import HEALTHY, MODALITIES, NONE, SHAPES, SIZES, SPREADS, TUMOURS, Case
from .noise import Stream
from .wordings import REJECTION, STEMS, STYLES, TWO_OPTION_STEMS, TWO_OPTIONS

#: Released: 606 of the 3,074 questions that offer "None of the above" are traps.
TRAP_RATE = 606 / 3074
#: By question type, the value that means no lesion (``None``: there is no such value) and all the others.
VALUES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "diagnosis": (HEALTHY, TUMOURS),
    "modality": (None, MODALITIES),
    "size": (NONE, SIZES),
    "shape": (NONE, SHAPES),
    "spread": (NONE, SPREADS),
    "location": (NONE, SECTORS),
}
Pair = dict[str, Any]


def closed_records(cases: Sequence[Case], seed: int) -> list[dict[str, Any]]:
    """The closed annotations of the cases, in the released schema.

    >>> from mmneuroonco_tasks.phantom.cases import deal_cases
    >>> record = closed_records(deal_cases(1, seed=0), seed=0)[0]
    >>> list(record), record["vqa_pairs"][0]["options"]["E"]
    (['id', 'image_path', 'vqa_pairs'], 'None of the above')
    """
    stream = Stream(seed, "closed", len(cases))
    n = sum(case.questions - case.two_options for case in cases)
    # A lot for each question that offers E: the share of traps is the released one to the nearest question.
    traps = iter(stream.sample([number < round(TRAP_RATE * n) for number in range(n)], n))
    records = []
    for case in cases:
        pairs = [
            _two_option_pair(case, stream)
            if case.two_options and question_type == "diagnosis"
            else _pair(case, question_type, next(traps), stream)
            for question_type in _question_types(case, stream)
        ]
        records.append({"id": case.id, "image_path": case.path, "vqa_pairs": pairs})
    return records


def _question_types(case: Case, stream: Stream) -> tuple[str, ...]:
    """The question types that a case is asked; diagnosis or modality comes first, as in the released file."""
    types = CLOSED_TYPES[: case.questions]
    return stream.pick((types, (*types[:2][::-1], *types[2:])))


def _pair(case: Case, question_type: str, trap: bool, stream: Stream) -> Pair:
    """A question that offers four values of the type and E."""
    truth = case.truth(question_type)
    style = stream.pick(STYLES[question_type])
    letter = REJECTION_LETTER if trap else stream.pick(LETTERS[:4])
    offered = _others(question_type, truth, 4 if trap else 3, trap or stream.whole(0, 4) > 0, stream)
    if not trap:
        offered.insert(LETTERS.index(letter), truth)
    pair: Pair = {
        "question_type": question_type,
        "question": stream.pick(STEMS[question_type]),
        "options": dict(zip(LETTERS, [*(style[value] for value in offered), REJECTION], strict=True)),
        "answer": letter,
    }
    return pair | {"meta_original_answer": style[truth], "meta_trap": True} if trap else pair


def _others(question_type: str, truth: str, n: int, offer_none: bool, stream: Stream) -> list[str]:
    """``n`` values of the type besides the truth, in random order; ``offer_none``: "no lesion" among them."""
    none, rest = VALUES[question_type]
    others = [value for value in rest if value != truth]
    if none in (None, truth) or not offer_none:
        return stream.sample(others, n)
    return stream.sample([str(none), *stream.sample(others, n - 1)], n)


def _two_option_pair(case: Case, stream: Stream) -> Pair:
    """A question between Healthy and Abnormal."""
    texts = stream.sample(TWO_OPTIONS, 2)
    return {
        "question_type": "diagnosis",
        "question": stream.pick(TWO_OPTION_STEMS),
        "options": dict(zip("AB", texts, strict=True)),
        "answer": "AB"[texts.index(TWO_OPTIONS[case.has_lesion])],
    }
