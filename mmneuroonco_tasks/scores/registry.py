"""The metrics of the closed questions, each listed once: what it counts, its range, its formula and its source.

Task: multiple-choice questions about brain MR images. 3,074 of the 3,190 released questions offer E, "None of the
above", and on 606 of these, the *traps*, E is right. Sets of questions, as formulas call them: ``F`` offers E,
``T`` are the traps, ``S`` = F without T are the answerable ones, ``B`` offers two options and no E. A *pick* is the
letter read from the response; no pick (refused, ambiguous, unparsed, failed, missing) is wrong and stays in every
denominator.

Every metric is a function of *column totals*: sums over questions of integer indicators.
The same function takes the totals of a run (scalars) or of ten thousand resamples (arrays), so that one bootstrap
serves all metrics. 0/0 is NaN here, null in JSON and N/A in tables.

Score code, the check of the lmms-eval YAML, tables and documentation read this list; nothing is listed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..benchmark.records import CLOSED_TYPES, LETTERS

FloatArray: TypeAlias = NDArray[np.float64]
#: Column totals by name, each of shape ``()`` or ``(resamples,)``.
Totals: TypeAlias = Mapping[str, FloatArray]
Kind: TypeAlias = Literal["mean", "ratio", "composite"]
Direction: TypeAlias = Literal["higher", "lower", "neither"]

#: The integer indicators of one question, from which everything follows: name and when it is 1.
CLOSED_COLUMNS: dict[str, str] = {
    "asked": "always",
    "right": "the picked letter is the key",
    "wrong": "a letter other than the key was picked, or the response is missing",
    "rejection_aware": "E is offered (F)",
    "rejection_aware_right": "right, on F",
    "answerable": "E is offered and not the key (S)",
    "answerable_right": "right, on S",
    "answerable_chosen": "A, B, C or D picked, on S",
    "answerable_rejected": "E picked, on S",
    "traps": "E is the key (T)",
    "traps_right": "E picked, on T",
    "traps_chosen": "A, B, C or D picked, on T",
    "binary": "E is not offered (B)",
    "binary_right": "right, on B",
    "rejected": "E picked",
    "rejected_hedged": "E picked with the words of a refusal",
    "refused": "declined to answer and picked nothing",
    "ambiguous": "two incompatible final picks",
    "unparsed": "text without a pick, or a letter that is not offered",
    "failed": "an empty response or a failure of the infrastructure",
    "missing": "asked, but there is no response",
    "images": "the first asked question of its image",
    "images_right": "the same, if every asked question of the image is right",
    **{name: f"of type {name}" for name in CLOSED_TYPES},
    **{f"{name}_right": f"right, of type {name}" for name in CLOSED_TYPES},
    **{f"key_{letter}": f"{letter} is the key" for letter in LETTERS},
    **{f"picked_{letter}": f"{letter} was picked" for letter in LETTERS},
}

#: Columns that are the sum of others: where these are resampled, they need not be.
COLUMN_SUMS: dict[str, tuple[str, ...]] = {
    "asked": ("answerable", "traps", "binary"),
    "right": ("answerable_right", "traps_right", "binary_right"),
    "rejection_aware": ("answerable", "traps"),
    "rejection_aware_right": ("answerable_right", "traps_right"),
}


@dataclass(frozen=True)
class Metric:
    """One metric and how it follows from column totals.

    ``kind`` decides the standard error: a *mean* has a denominator fixed by the questions (clustered sandwich
    error), a *ratio* one that depends on the model's picks, a *composite* is any other function (both: standard
    deviation of the bootstrap). ``asked`` is the column that counts the questions it is about; ``low`` and ``high``
    bound its range.

    >>> metric = METRICS["trap_accuracy"]
    >>> float(metric.compute({"traps_right": np.float64(3), "traps": np.float64(4)}))
    0.75
    >>> float(metric.compute({"traps_right": np.float64(0), "traps": np.float64(0)}))
    nan
    """

    name: str
    description: str
    formula: str
    asked: str
    kind: Kind
    direction: Direction
    source: str = ""
    low: float = 0.0
    high: float = 1.0
    #: Columns and their weights (mean, ratio).
    numerator: Mapping[str, float] = field(default_factory=dict)
    #: A column (mean, ratio).
    denominator: str = ""
    #: The function and the columns it reads (composite).
    function: Callable[[Totals], FloatArray] | None = None
    inputs: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the value and its n are computed from."""
        own = self.inputs if self.function else (*self.numerator, self.denominator)
        return tuple(dict.fromkeys((self.asked, *own)))

    @property
    def counted(self) -> str:
        """The column whose total is the metric's n."""
        return self.asked if self.function else self.denominator

    @property
    def proportion(self) -> bool:
        """Whether the value is a share of ``counted``: a number of successes over a number of trials."""
        return not self.function and all(weight == 1 for weight in self.numerator.values())

    def sum_numerator(self, values: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """The weighted sum of the numerator's columns; integer arrays stay integers where all weights are 1."""
        parts = (values[name] if weight == 1 else weight * values[name] for name, weight in self.numerator.items())
        return np.asarray(sum(parts))

    def compute(self, totals: Totals) -> FloatArray:
        """The value from column totals of shape ``()`` or ``(resamples,)``, in the same shape; NaN where 0/0."""
        if self.function:
            return self.function(totals)
        return divide(self.sum_numerator(totals), totals[self.denominator])


def divide(numerator: Any, denominator: Any) -> FloatArray:
    """Element-wise quotient in double precision, NaN where the denominator is 0.

    >>> divide(np.array([1, 0]), np.array([2, 0])).tolist()
    [0.5, nan]
    """
    over = np.asarray(denominator, dtype=np.float64)
    if over.all():
        return np.asarray(np.divide(numerator, over))
    result: FloatArray = np.full(over.shape, np.nan)
    np.divide(numerator, over, out=result, where=over != 0)
    return result


def _h_score(totals: Totals) -> FloatArray:
    answerable = divide(totals["answerable_right"], totals["answerable"])
    trap = divide(totals["traps_right"], totals["traps"])
    either_zero = (answerable == 0) | (trap == 0)
    return np.where(either_zero, 0 * (answerable + trap), divide(2 * answerable * trap, answerable + trap))


def _rejection_f1(totals: Totals) -> FloatArray:
    picked = totals["traps_right"] + totals["answerable_rejected"]
    return divide(2 * totals["traps_right"], picked + totals["traps"])


def _rejection_mcc(totals: Totals) -> FloatArray:
    hits, false_alarms = totals["traps_right"], totals["answerable_rejected"]
    traps, answerable = totals["traps"], totals["answerable"]
    misses, correct_rejections = traps - hits, answerable - false_alarms
    margins = (hits + false_alarms) * traps * (correct_rejections + false_alarms)
    margins = margins * (correct_rejections + misses)
    return divide(hits * correct_rejections - false_alarms * misses, np.sqrt(margins))


def _normal_quantile(share: FloatArray) -> FloatArray:
    """z of each share in (0, 1). Few distinct values occur, so each is looked up once."""
    distinct, position = np.unique(share, return_inverse=True)
    inverse = NormalDist().inv_cdf
    return np.array([inverse(value) for value in distinct.tolist()])[position].reshape(share.shape)


def _z_trap_and_false_rejection(totals: Totals) -> tuple[FloatArray, FloatArray]:
    """z(trap accuracy) and z(false-rejection rate), log-linear; NaN where E was picked on all or none of F."""
    hits, false_alarms = totals["traps_right"], totals["answerable_rejected"]
    traps, answerable = totals["traps"], totals["answerable"]
    picked = hits + false_alarms
    undefined = (picked == 0) | (picked == traps + answerable) | (traps == 0) | (answerable == 0)
    z_trap = _normal_quantile((hits + 0.5) / (traps + 1))
    z_false = _normal_quantile((false_alarms + 0.5) / (answerable + 1))
    return np.where(undefined, np.nan, z_trap), np.where(undefined, np.nan, z_false)


def _d_prime(totals: Totals) -> FloatArray:
    z_trap, z_false = _z_trap_and_false_rejection(totals)
    return z_trap - z_false


def _criterion(totals: Totals) -> FloatArray:
    z_trap, z_false = _z_trap_and_false_rejection(totals)
    return -(z_trap + z_false) / 2


def _accuracy_macro(totals: Totals) -> FloatArray:
    shares = [divide(totals[f"{name}_right"], totals[name]) for name in CLOSED_TYPES]
    return np.asarray(sum(shares) / len(shares))


def _letter_total_variation(totals: Totals) -> FloatArray:
    picks = sum(totals[f"picked_{letter}"] for letter in LETTERS)
    return np.asarray(
        sum(
            abs(divide(totals[f"picked_{letter}"], picks) - divide(totals[f"key_{letter}"], totals["asked"]))
            for letter in LETTERS
        )
        / 2
    )


def _mean(
    name: str,
    numerator: str | dict[str, float],
    asked: str,
    description: str,
    formula: str,
    direction: Direction = "higher",
    source: str = "",
    low: float = 0.0,
) -> Metric:
    weights = {numerator: 1.0} if isinstance(numerator, str) else numerator
    return Metric(name, description, formula, asked, "mean", direction, source, low, 1.0, weights, asked)


_RELEASED = "released evaluation scripts of MM-NeuroOnco (arXiv 2602.22955)"
_OPEN_SET = "HOS, Bucci et al. 2020 (arXiv 2007.12360); H-score, Fu et al. 2020 (ECCV)"
_SIGNAL_DETECTION = "signal detection theory; log-linear correction of Hautus 1995"
_FORMULA_SCORING = "formula scoring (negative marking)"
_REJECTION_COLUMNS = ("traps", "traps_right", "answerable", "answerable_rejected")
_INFINITY = float("inf")

CLOSED_METRICS: tuple[Metric, ...] = (
    _mean(
        "accuracy",
        "right",
        "asked",
        "Share of all asked questions that are right",
        "right / asked",
        source=_RELEASED,
    ),
    _mean(
        "rejection_aware_accuracy",
        "rejection_aware_right",
        "rejection_aware",
        "Share right where None of the above is offered (the released scripts' mcq)",
        "right on F / |F|",
        source=_RELEASED,
    ),
    _mean(
        "answerable_accuracy",
        "answerable_right",
        "answerable",
        "Share right of the questions that offer E and have a listed answer",
        "right on S / |S|",
    ),
    _mean(
        "trap_accuracy",
        "traps_right",
        "traps",
        "Share of traps on which None of the above was picked (rejection recall)",
        "E picked on T / |T|",
    ),
    Metric(
        "h_score",
        "Harmonic mean of answerable and trap accuracy, 0 if either is 0; ranks models",
        "2·s·t / (s + t), s = answerable_accuracy, t = trap_accuracy",
        "rejection_aware",
        "composite",
        "higher",
        _OPEN_SET,
        function=_h_score,
        inputs=("answerable", "answerable_right", "traps", "traps_right"),
    ),
    *(
        _mean(
            f"accuracy_{name}",
            f"{name}_right",
            name,
            f"Share right of the {name} questions",
            f"right on {name} / |{name}|",
            source=_RELEASED,
        )
        for name in CLOSED_TYPES
    ),
    Metric(
        "accuracy_macro",
        "Mean of the six types' accuracies; undefined unless all six were asked",
        "mean over types of accuracy_<type>",
        "asked",
        "composite",
        "higher",
        function=_accuracy_macro,
        inputs=(*CLOSED_TYPES, *(f"{name}_right" for name in CLOSED_TYPES)),
    ),
    _mean(
        "accuracy_binary",
        "binary_right",
        "binary",
        "Share right of the two-option questions, which offer no E",
        "right on B / |B|",
        source=_RELEASED,
    ),
    _mean(
        "false_rejection_rate",
        "answerable_rejected",
        "answerable",
        "Share of answerable questions on which E was picked",
        "E picked on S / |S|",
        "lower",
    ),
    Metric(
        "rejection_precision",
        "Share of the E picks that were right",
        "E picked on T / E picked on F",
        "rejection_aware",
        "ratio",
        "higher",
        numerator={"traps_right": 1.0},
        denominator="rejected",
    ),
    Metric(
        "rejection_f1",
        "F1 of picking E against E being right",
        "2·(E picked on T) / (E picked on F + |T|)",
        "rejection_aware",
        "composite",
        "higher",
        function=_rejection_f1,
        inputs=_REJECTION_COLUMNS,
    ),
    Metric(
        "rejection_mcc",
        "Matthews correlation of picking E with E being right",
        "(TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)) on F, positive = E",
        "rejection_aware",
        "composite",
        "higher",
        "Matthews 1975",
        low=-1.0,
        function=_rejection_mcc,
        inputs=_REJECTION_COLUMNS,
    ),
    Metric(
        "d_prime",
        "How well traps are told from answerable questions; undefined where E was picked on all or none of F",
        "z(t) − z(f), t = (E on T + ½)/(|T| + 1), f = (E on S + ½)/(|S| + 1)",
        "rejection_aware",
        "composite",
        "higher",
        _SIGNAL_DETECTION,
        low=-_INFINITY,
        high=_INFINITY,
        function=_d_prime,
        inputs=_REJECTION_COLUMNS,
    ),
    Metric(
        "criterion",
        "Reluctance to pick E: above 0 reluctant, below 0 eager; undefined where d_prime is",
        "−½·(z(t) + z(f)), t and f as in d_prime",
        "rejection_aware",
        "composite",
        "neither",
        _SIGNAL_DETECTION,
        low=-_INFINITY,
        high=_INFINITY,
        function=_criterion,
        inputs=_REJECTION_COLUMNS,
    ),
    _mean(
        "rejection_rate",
        "rejected",
        "rejection_aware",
        "Share of questions offering E on which E was picked; its base rate is |T|/|F|",
        "E picked on F / |F|",
        "neither",
    ),
    _mean(
        "forced_choice_rate",
        "traps_chosen",
        "traps",
        "Share of traps on which one of the wrong options was picked",
        "A–D picked on T / |T|",
        "lower",
    ),
    Metric(
        "selective_accuracy",
        "Share right of the answerable questions on which A–D was picked",
        "right on S / A–D picked on S",
        "answerable",
        "ratio",
        "higher",
        "selective classification, El-Yaniv & Wiener 2010",
        numerator={"answerable_right": 1.0},
        denominator="answerable_chosen",
    ),
    _mean(
        "image_accuracy",
        "images_right",
        "images",
        "Share of images of which every asked question is right",
        "images all right / images",
    ),
    _mean("refusal_rate", "refused", "asked", "Share refused: declined, nothing picked", "refused / asked", "lower"),
    _mean("ambiguous_rate", "ambiguous", "asked", "Share with incompatible final picks", "ambiguous / asked", "lower"),
    _mean("unparsed_rate", "unparsed", "asked", "Share of texts without a pick", "unparsed / asked", "lower"),
    _mean("failure_rate", "failed", "asked", "Share of empty or failed responses", "failed / asked", "lower"),
    _mean("missing_rate", "missing", "asked", "Share asked without any response", "missing / asked", "lower"),
    Metric(
        "hedged_rejection_rate",
        "Share of the E picks that were made with the words of a refusal",
        "hedged E picks / E picked on F",
        "rejection_aware",
        "ratio",
        "neither",
        numerator={"rejected_hedged": 1.0},
        denominator="rejected",
    ),
    _mean(
        "penalised_score_quarter",
        {"right": 1.0, "wrong": -0.25},
        "asked",
        "Right minus a quarter of wrong (wrong letters, a wrong E included, and missing), per question",
        "(right − ¼·wrong) / asked",
        source=_FORMULA_SCORING,
        low=-0.25,
    ),
    _mean(
        "penalised_score_one",
        {"right": 1.0, "wrong": -1.0},
        "asked",
        "Right minus wrong (wrong letters, a wrong E included, and missing), per question",
        "(right − wrong) / asked",
        source=_FORMULA_SCORING,
        low=-1.0,
    ),
    Metric(
        "letter_total_variation",
        "Distance between the shares of picked letters and of key letters: liking for a letter",
        "½·Σ |share among picks − share among keys| over A–E",
        "asked",
        "composite",
        "lower",
        "total variation distance",
        function=_letter_total_variation,
        inputs=("asked", *(f"{side}_{letter}" for letter in LETTERS for side in ("key", "picked"))),
    ),
)  # fmt: skip

#: The same by name.
METRICS: dict[str, Metric] = {metric.name: metric for metric in CLOSED_METRICS}

#: The rows of a framework's table, in order.
TABLE_METRICS: tuple[str, ...] = (
    "accuracy",
    "rejection_aware_accuracy",
    "answerable_accuracy",
    "trap_accuracy",
    "h_score",
    *(f"accuracy_{name}" for name in CLOSED_TYPES),
    "accuracy_macro",
    "accuracy_binary",
    "false_rejection_rate",
    "rejection_precision",
    "rejection_rate",
    "forced_choice_rate",
    "selective_accuracy",
    "image_accuracy",
    "refusal_rate",
    "ambiguous_rate",
    "unparsed_rate",
    "failure_rate",
    "missing_rate",
)

#: What is told of every part of the questions: type, class, modality, source, subset.
BREAKDOWN_METRICS: tuple[str, ...] = (
    "accuracy",
    "rejection_aware_accuracy",
    "answerable_accuracy",
    "trap_accuracy",
    "h_score",
    "accuracy_binary",
    "false_rejection_rate",
)
