"""How far one gets without looking: three models that see the texts of questions and options, and no picture.

Each is fitted on the user's own copy of the annotations and answers only questions of images that it was not fitted
on: five folds by image, five seeds. They are fitted on the benchmark's own answers, so they bound what fine-tuning on
similarly written questions can gain without vision; they are not zero-shot scores.

``prior``
    How often an option's text was right where it was offered, by (type, number of options, normalised text).
``option_set``
    The most frequent answer by (type, set of normalised options), backing off to ``prior``.
``logistic``
    Logistic regression over candidate options (liblinear, C = 1), one row an option, argmax over a question's rows.

Answers are kept in the home, by a digest of the annotations and ``TEXT_ONLY_VERSION``.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmneuroonco_tasks.benchmark.concepts import normalised
from mmneuroonco_tasks.benchmark.files import write_json
from mmneuroonco_tasks.benchmark.hashing import data_hash
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.records import REJECTION_LETTER, BenchmarkError, ClosedBenchmark, ClosedQuestion

#: A change of any model, of the folds or of the seeds is a new version.
TEXT_ONLY_VERSION = "1"
FOLDS = 5
SEEDS = (0, 1, 2, 3, 4)
MODELS = ("prior", "option_set", "logistic")

#: The picked letters of all questions, one for each question, in their order.
Picks = list[str]
#: By model name, for each seed the picked letter of every question by qid.
TextOnlyPicks = Mapping[str, Sequence[Mapping[str, str]]]
#: Fits on the questions of the training indices and picks for those of the test indices.
_Fit = Callable[[Sequence[int], Sequence[int]], Picks]


def text_only_picks(annotations: ClosedBenchmark, *, cache: Path | None = None) -> dict[str, list[dict[str, str]]]:
    """What each text-only model picks: by model name one ``{qid: letter}`` for each seed.

    The first call on some annotations takes about ten seconds on a laptop's core; its picks are then kept in the
    folder ``cache`` (default: ``cache`` in the home) and read back. A file there that is damaged is made again.
    """
    folder = cache or Home.default().folder / "cache"
    kept = folder / f"text-only-{TEXT_ONLY_VERSION}-{data_hash(annotations.questions)}.json"
    picks = _read_picks(kept, annotations.questions)
    if picks is None:
        picks = fit_text_only(annotations.questions)
        with suppress(BenchmarkError, OSError):  # a home that cannot be written costs time, not the result
            write_json(kept, {name: ["".join(seed) for seed in seeds] for name, seeds in picks.items()})
    qids = [question.qid for question in annotations.questions]
    return {name: [dict(zip(qids, seed, strict=True)) for seed in seeds] for name, seeds in picks.items()}


def fit_text_only(
    questions: Sequence[ClosedQuestion], seeds: Sequence[int] = SEEDS, models: Sequence[str] = MODELS
) -> dict[str, list[Picks]]:
    """Fit and answer anew: by model name, the picks of each seed in the order of ``questions``."""
    prepare: dict[str, Callable[[], _Fit]] = {
        "prior": lambda: partial(_by_frequency, questions, sets=False),
        "option_set": lambda: partial(_by_frequency, questions, sets=True),
        "logistic": lambda: _logistic(questions),
    }
    fits = {name: prepare[name]() for name in models}
    return {name: [_cross_fitted(questions, fit, seed) for seed in seeds] for name, fit in fits.items()}


def _cross_fitted(questions: Sequence[ClosedQuestion], fit: _Fit, seed: int) -> Picks:
    picks = [""] * len(questions)
    for train, test in _folds_by_image(questions, seed):
        for index, letter in zip(test, fit(train, test), strict=True):
            picks[index] = letter
    return picks


def _folds_by_image(questions: Sequence[ClosedQuestion], seed: int) -> Iterator[tuple[list[int], list[int]]]:
    """Indices to fit on and to answer: the images, shuffled, are dealt out to the folds in turn."""
    images = list(dict.fromkeys(question.picture.id for question in questions))
    # RandomState is frozen by NumPy (NEP 19), so a seed means the same folds for ever.
    shuffled = np.random.RandomState(seed).permutation(len(images))
    fold_of = {images[image]: position % FOLDS for position, image in enumerate(shuffled)}
    folds = [fold_of[question.picture.id] for question in questions]
    for fold in range(FOLDS):
        train = [index for index, own in enumerate(folds) if own != fold]
        test = [index for index, own in enumerate(folds) if own == fold]
        if test:
            yield train, test


def _by_frequency(
    questions: Sequence[ClosedQuestion], train: Sequence[int], test: Sequence[int], *, sets: bool
) -> Picks:
    """Models ``prior`` and, with ``sets``, ``option_set``; ties go to the prior, then to the earlier letter."""
    offered: Counter[tuple[str, int, str]] = Counter()
    right: Counter[tuple[str, int, str]] = Counter()
    answers: defaultdict[tuple[str, frozenset[str]], Counter[str]] = defaultdict(Counter)
    for index in train:
        question = questions[index]
        for letter, key in _option_keys(question).items():
            offered[key] += 1
            right[key] += letter == question.answer
        answers[_option_set(question)][normalised(question.options[question.answer])] += 1

    def pick(question: ClosedQuestion) -> str:
        keys = _option_keys(question)
        # One question at chance is added, so that a text never seen before stands at 1/n.
        prior = {key: (right[key] + 1 / len(keys)) / (offered[key] + 1) for key in keys.values()}
        seen = answers.get(_option_set(question), Counter()) if sets else Counter()
        return max(keys, key=lambda letter: (seen[keys[letter][2]], prior[keys[letter]]))

    return [pick(questions[index]) for index in test]


def _option_keys(question: ClosedQuestion) -> dict[str, tuple[str, int, str]]:
    size = len(question.options)
    return {letter: (question.question_type, size, normalised(text)) for letter, text in question.options.items()}


def _option_set(question: ClosedQuestion) -> tuple[str, frozenset[str]]:
    return question.question_type, frozenset(normalised(text) for text in question.options.values())


def _logistic(questions: Sequence[ClosedQuestion]) -> _Fit:
    """Model ``logistic``; the rows of all questions are made once, whatever the number of folds and seeds."""
    from sklearn.feature_extraction.text import CountVectorizer

    matrix: Any = CountVectorizer(analyzer=list, binary=True, dtype=np.float64).fit_transform(
        features for question in questions for features in option_features(question).values()
    )
    letters = [list(question.options) for question in questions]
    is_right = np.array([letter == question.answer for question in questions for letter in question.options])
    question_of_row = np.repeat(np.arange(len(questions)), [len(offered) for offered in letters])
    first_row = np.searchsorted(question_of_row, np.arange(len(questions)))

    def fit(train: Sequence[int], test: Sequence[int]) -> Picks:
        from sklearn.linear_model import LogisticRegression

        fitted_on = np.isin(question_of_row, train)
        if not fitted_on.any():  # a single image leaves nothing to fit on
            return [letters[index][0] for index in test]
        model = LogisticRegression(C=1.0, solver="liblinear").fit(matrix[fitted_on], is_right[fitted_on])
        scores: NDArray[np.float64] = model.decision_function(matrix)
        return [letters[index][int(scores[first_row[index] :][: len(letters[index])].argmax())] for index in test]

    return fit


def option_features(question: ClosedQuestion) -> dict[str, list[str]]:
    """By letter, the names of the features that are on in the row of this option.

    A listed option knows its own text, words and letter and which texts stand beside it. The row of "None of the
    above" sees all the listed options: their texts and pairs, how many writing styles they mix, whether two are the
    same, and the question's stem.

    >>> from mmneuroonco_tasks.benchmark.records import Picture
    >>> options = {"A": "T1_CE", "B": "T2", "E": "None of the above"}
    >>> asked = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "modality", "Which?", options, "A")
    >>> option_features(asked)["B"]
    ['type modality', 'letter B modality', 'raw T2 modality', 'text t2 modality', 'word t2 modality', \
'beside t2 | t1 ce modality']
    """
    listed = {letter: text for letter, text in question.options.items() if letter != REJECTION_LETTER}
    plain = {letter: normalised(text) for letter, text in listed.items()}
    rows = {}
    for letter, text in listed.items():
        beside = (other for own, other in plain.items() if own != letter)
        rows[letter] = [
            "type",
            f"letter {letter}",
            f"raw {text}",
            f"text {plain[letter]}",
            *(f"word {word}" for word in dict.fromkeys(plain[letter].split())),
            *(f"beside {plain[letter]} | {other}" for other in beside),
        ]
    if question.offers_rejection:
        rows[REJECTION_LETTER] = [
            "none",
            f"letter {REJECTION_LETTER}",
            f"styles {len({writing_style(text) for text in listed.values()})}",
            f"two equal {len(set(plain.values())) < len(plain)}",
            f"stem {question.question}",
            *(f"raw offered {text}" for text in listed.values()),
            *(f"offered {text}" for text in plain.values()),
            *(f"pair {' | '.join(sorted(pair))}" for pair in combinations(plain.values(), 2)),
        ]
    kind = question.question_type
    return {letter: [f"{feature} {kind}" for feature in rows[letter]] for letter in question.options}


def writing_style(text: str) -> tuple[str, bool]:
    """Case (lower, upper, title, mixed) and whether words are joined by underscores."""
    cases = {"lower": text.lower(), "upper": text.upper(), "title": text.title()}
    return next((name for name, cased in cases.items() if cased == text), "mixed"), "_" in text


def _read_picks(path: Path, questions: Sequence[ClosedQuestion]) -> dict[str, list[Picks]] | None:
    """The kept picks, or ``None`` where there are none or they are not of these questions."""
    try:
        kept: Mapping[str, Sequence[str]] = json.loads(path.read_text(encoding="utf-8"))
        picks = {name: [list(seed) for seed in seeds] for name, seeds in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    complete = set(picks) == set(MODELS) and all(
        len(seeds) == len(SEEDS) and all(len(seed) == len(questions) for seed in seeds) for seeds in picks.values()
    )
    if not complete:
        return None
    letters = ["".join(question.options) for question in questions]
    # Few different pairs of a pick and the letters to pick from exist.
    pairs = {pair for seeds in picks.values() for seed in seeds for pair in zip(seed, letters, strict=True)}
    return picks if all(picked in tuple(offered) for picked, offered in pairs) else None
