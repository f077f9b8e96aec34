"""The open score: a case worked by hand, independent oracles, and what must hold for any response."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.records import Benchmark, OpenBenchmark, OpenQuestion, Picture
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.scores.attributes import ATTRIBUTES, read_attributes
from mmneuroonco_tasks.scores.judgement import Judgement
from mmneuroonco_tasks.scores.keywords import KEYWORDS, keyword_scores
from mmneuroonco_tasks.scores.open import OPEN_EXTRACT, OpenScores, open_result, score_open
from mmneuroonco_tasks.scores.open_counting import attribute_columns, open_counts, overlap_columns, read_responses
from mmneuroonco_tasks.scores.open_reading import open_task, read_open
from mmneuroonco_tasks.scores.open_registry import (
    BERT_METRIC,
    JUDGE_METRICS,
    OPEN_BREAKDOWN_METRICS,
    OPEN_COLUMNS,
    OPEN_METRICS,
    OPEN_METRICS_BY_NAME,
    OPEN_ROW_METRICS,
    OPEN_TABLE_METRICS,
)
from mmneuroonco_tasks.scores.open_rows import OPEN_ROW_TITLES
from mmneuroonco_tasks.scores.overlap import (
    BLEU_COLUMNS,
    bert_scores,
    bleu_of,
    bleu_statistics,
    overlap_signature,
    rouge_l,
)
from mmneuroonco_tasks.scores.result import check_result
from mmneuroonco_tasks.scores.signature import Run, Signature

STEMS = {
    "shape": ("Detail", "How do the margins of the drawn lesion look?"),
    "sector": ("Location", "Where does the drawn lesion lie?"),
    "size": ("Detail", "How big is the drawn lesion?"),
    "spread": ("Detail", "Is the drawn lesion solitary or multifocal?"),
}


def question(qid: str, stem: str, reference: str, kind: str = "Detail", keywords: tuple[str, ...] = ()) -> OpenQuestion:
    image = int(qid.split("_")[0])
    picture = Picture(image, f"glioma/08_t1ce/{image:04}.png", image)
    return OpenQuestion(qid, picture, kind, stem, reference, keywords)


def asks(qid: str, attribute: str, reference: str, *keywords: str) -> OpenQuestion:
    kind, stem = STEMS[attribute]
    return question(qid, stem, reference, kind, keywords)


def benchmark_of(*questions: OpenQuestion, scope_size: int | None = None) -> OpenBenchmark:
    return Benchmark("open", "full", questions, scope_size or len(questions), "00000000")


def score(benchmark: OpenBenchmark, responses: Mapping[str, str | None], **options: object) -> OpenScores:
    return score_open(benchmark, responses, **{"confidence_intervals": False, **options})  # type: ignore[arg-type]


#: Two lobulated and one round lesion, three sizes, and a question whose shape is given away.
HAND_WORKED = benchmark_of(
    asks("1_q1", "shape", "It is lobulated.", "lobulated"),
    asks("1_q2", "size", "It is small, 0.5 % of the image.", "small"),
    asks("2_q1", "shape", "It is lobulated.", "lobulated"),
    asks("2_q2", "size", "It is large.", "large"),
    asks("3_q1", "shape", "It is round.", "round"),
    question("3_q2", "How do the round shape and the size fit?", "It is of medium size.", "Reasoning", ("medium",)),
    asks("3_q3", "sector", "It lies in the centre."),
)
RESPONSES = {
    "1_q1": "lobulated",
    "1_q2": "A tiny focus",
    "2_q1": "irregular",
    "2_q2": "small, no, large",
    "3_q1": "The lesion is oval.",
    "3_q2": "medium",
    "3_q3": "I'm sorry, I cannot interpret medical images.",
}


def test_a_case_worked_by_hand() -> None:
    scores = score(HAND_WORKED, RESPONSES)
    found = {name: (estimate.value, estimate.n) for name, estimate in scores.metrics.items()}
    # Items: three shapes (one given), three sizes, one sector. Wrong: 2_q1, 2_q2 (contradictory), 3_q3.
    assert found["attribute_accuracy"] == (4 / 7, 7)
    assert found["shape_accuracy"] == (2 / 3, 3)
    assert found["shape_recall_lobulated"] == (1 / 2, 2)
    assert found["shape_recall_round_oval"] == (1.0, 1)
    assert found["shape_recall_irregular_spiculated"] == (None, 0)
    assert found["shape_balanced_accuracy"] == (3 / 4, 3)
    assert found["size_balanced_accuracy"] == (2 / 3, 3)
    assert found["sector_balanced_accuracy"] == (0.0, 1)
    assert found["spread_balanced_accuracy"] == (None, 0)
    assert found["attribute_balanced_accuracy"] == (pytest.approx((3 / 4 + 2 / 3 + 0) / 3), 7)
    assert found["contradiction_rate"] == (1 / 7, 7)
    # Keywords of six questions; found: lobulated, large ("small" is found beside it), medium.
    assert found["keyword_recall"] == (3 / 6, 6)
    assert found["keyword_f1"] == (pytest.approx((1 + 0 + 0 + 2 / 3 + 0 + 1) / 6), 6)
    assert found["refusal_rate"] == (1 / 7, 7)
    assert scores.counts["given"] == scores.counts["shape_given"] == 1
    assert scores.counts["without_keywords"] == 1
    assert scores.by_type["Reasoning"]["attribute_accuracy"].value == 1.0


def test_every_question_stays_in_the_denominator() -> None:
    failures = {"1_q1": "", "1_q2": "API_ERROR: 500 small", "2_q1": "<think>lobulated", "2_q2": None}
    scores = score(HAND_WORKED, failures)
    metrics = scores.metrics
    assert (metrics["attribute_accuracy"].value, metrics["attribute_accuracy"].n) == (0.0, 7)
    assert (metrics["empty_rate"].value, metrics["failure_rate"].value) == (2 / 7, 1 / 7)
    assert metrics["missing_rate"].value == 4 / 7
    assert metrics["keyword_recall"].value == 0.0
    assert metrics["response_words"].value == 0.0
    assert scores.partial and scores.counts["missing"] == 4
    assert scores.answers["2_q1"].outcome.value == "empty"


def test_reasoning_before_the_answer_is_not_read() -> None:
    asked = asks("1_q1", "shape", "It is lobulated.", "lobulated")
    answer = read_open(asked, "<think>Is it round? No.</think>Lobulated.")
    assert answer.text == "Lobulated." and answer.items[0].right


def test_a_response_that_names_a_class_is_no_refusal() -> None:
    asked = asks("1_q1", "shape", "It is lobulated.")
    assert read_open(asked, "I cannot give a diagnosis, but the margin is lobulated.").outcome.value == "answered"
    assert read_open(asked, "I cannot determine the shape.").outcome.value == "refused"


def test_an_attribute_that_the_reference_does_not_state_is_not_scored() -> None:
    benchmark = benchmark_of(asks("1_q1", "shape", "It has been drawn."))
    scores = score(benchmark, {"1_q1": "round"})
    assert scores.counts["unstated"] == scores.counts["shape_unstated"] == 1
    assert scores.metrics["attribute_balanced_accuracy"].value is None
    assert scores.metrics["attribute_balanced_accuracy"].n == 0


def test_measurements_are_scored_where_they_are_asked_for() -> None:
    benchmark = benchmark_of(
        question("1_q1", "What percentage of the image does it cover?", "It covers 2.0% of the image."),
        question("2_q1", "What percentage of the image does it cover?", "It covers 8.0% of the image."),
        question("3_q1", "What percentage of the image does it cover?", "It covers 8.0% of the image."),
        asks("4_q1", "size", "It is small, 0.5 % of the image."),
    )
    metrics = score(benchmark, {"1_q1": "2.4 %", "2_q1": "about 5 %", "3_q1": "large", "4_q1": "0.5 %"}).metrics
    assert (metrics["area_accuracy"].value, metrics["area_accuracy"].n) == (1 / 3, 3)
    assert (metrics["area_coverage"].value, metrics["area_coverage"].n) == (2 / 3, 3)
    assert metrics["circularity_accuracy"].value is None


def test_responses_to_other_questions_are_an_error() -> None:
    with pytest.raises(ValueError, match="9_q9 is answered but not asked in open/full"):
        score(HAND_WORKED, {"9_q9": "small"})


def test_the_closed_benchmark_is_an_error() -> None:
    with pytest.raises(ValueError, match="load the open benchmark"):
        score_open(Benchmark("closed", "full", (), 0, "0"), {})  # type: ignore[arg-type]


def test_an_empty_benchmark_has_no_values() -> None:
    scores = score_open(benchmark_of(), {})
    assert all(estimate.value is None for estimate in scores.metrics.values())


# Oracles


CLASS_WORDS = {
    "shape": ("round", "lobulated", "irregular"),
    "size": ("small", "medium-sized", "large"),
    "spread": ("solitary", "dominant core with satellites", "multifocal"),
    "sector": ("in the centre", "upper left", "lower right", "center-left"),
}


def drawn(seed: int, images: int = 40) -> tuple[OpenBenchmark, dict[str, str | None]]:
    """A made-up benchmark and responses that are right more often than not."""
    source = random.Random(seed)
    questions: list[OpenQuestion] = []
    responses: dict[str, str | None] = {}
    for image in range(1, images + 1):
        for position, (attribute, words) in enumerate(CLASS_WORDS.items(), start=1):
            qid = f"{image}_q{position}"
            truth = source.choice(words)
            questions.append(asks(qid, attribute, f"The lesion is {truth}.", *(k for k in KEYWORDS if k in truth)))
            said = truth if source.random() < 0.6 else source.choice(words)
            responses[qid] = f"I think the lesion is {said}." if source.random() < 0.9 else None
    return benchmark_of(*questions), responses


@pytest.mark.parametrize("seed", range(3))
def test_balanced_accuracy_agrees_with_scikit_learn(seed: int) -> None:
    benchmark, responses = drawn(seed)
    metrics = score(benchmark, responses).metrics
    per_attribute = []
    for attribute in ATTRIBUTES:
        own = [q for q in benchmark.questions if STEMS[attribute][1] == q.question]
        truth = [read_attributes(q.reference_answer)[attribute].value for q in own]
        said = [read_attributes(responses[q.qid] or "")[attribute].value or "nothing" for q in own]
        with pytest.warns(UserWarning):  # "nothing" is no true class
            per_attribute.append(balanced_accuracy_score(truth, said))
        assert metrics[f"{attribute}_balanced_accuracy"].value == pytest.approx(per_attribute[-1], abs=1e-12)
    assert metrics["attribute_balanced_accuracy"].value == pytest.approx(np.mean(per_attribute), abs=1e-12)


TEXT = st.lists(st.sampled_from(["a", "small", "large", "round", "lesion", "is", "the", "left", "."]), max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT.filter(bool)), min_size=1, max_size=8))
@settings(max_examples=60)
def test_bleu_agrees_with_sacrebleu(pairs: list[tuple[list[str], list[str]]]) -> None:
    from sacrebleu.metrics.bleu import BLEU

    said, wanted = [" ".join(a) for a, _ in pairs], [" ".join(b) for _, b in pairs]
    statistics = [bleu_statistics(a, b) for a, b in zip(said, wanted, strict=True)]
    totals = {name: np.float64(sum(row[name] for row in statistics)) for name in BLEU_COLUMNS}
    assert float(bleu_of(totals)) == pytest.approx(BLEU().corpus_score(said, [wanted]).score, abs=1e-9)


def test_bleu_of_resamples_agrees_element_by_element() -> None:
    rows = [bleu_statistics("the lesion is small", "the lesion is round and small"), bleu_statistics("a", "b c")]
    stacked = {name: np.array([float(row[name]) for row in rows]) for name in BLEU_COLUMNS}
    single = [float(bleu_of({name: np.float64(row[name]) for name in BLEU_COLUMNS})) for row in rows]
    assert bleu_of(stacked).tolist() == single


@given(TEXT, TEXT)
@settings(max_examples=60)
def test_rouge_l_agrees_with_rouge_score(said: list[str], wanted: list[str]) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    oracle = RougeScorer(["rougeL"]).score(" ".join(wanted), " ".join(said))["rougeL"].fmeasure
    assert rouge_l(" ".join(said), " ".join(wanted)) == pytest.approx(oracle, abs=1e-12)


def test_overlap_signature_names_what_the_numbers_depend_on() -> None:
    assert "tok:13a" in overlap_signature() and "rouge-score:" in overlap_signature()


# Keywords


def test_keywords_by_the_released_rule_count_parts_of_words_and_negations() -> None:
    found = keyword_scores(("round", "large"), "It is not round; the largest focus.")
    assert found is not None and (found.recall, found.whole_word_recall) == (1.0, 0.5)


def test_a_question_without_keywords_has_no_keyword_score() -> None:
    assert keyword_scores((), "round") is None


def test_there_are_nineteen_words() -> None:
    assert len(set(KEYWORDS)) == 19


def test_a_keyword_of_two_words_is_found_between_its_borders() -> None:
    found = keyword_scores(("mass effect",), "No mass effects.")
    assert found is not None and (found.recall, found.whole_word_recall, found.f1) == (1.0, 0.0, 0.0)


# Rows, intervals, results


def test_the_comparison_rows_say_what_the_metrics_reward() -> None:
    benchmark, responses = drawn(0)
    rows = score(benchmark, responses).trust_rows
    assert list(rows) == list(OPEN_ROW_TITLES)
    assert rows["reference"]["attribute_balanced_accuracy"].value == 1.0
    assert rows["reference"]["keyword_recall"].value == 1.0
    assert rows["recite_keywords"]["keyword_recall"].value == 1.0
    assert rows["recite_keywords"]["attribute_accuracy"].value == 0.0
    majority = (1 / 3 + 1 / 3 + 1 / 3 + 1 / 4) / 4
    assert rows["majority"]["attribute_balanced_accuracy"].value == pytest.approx(majority)
    assert rows["majority"]["keyword_recall"].value is None
    assert rows["echo"]["attribute_accuracy"].value == 0.0


def test_every_metric_has_an_interval_around_its_value() -> None:
    benchmark, responses = drawn(1)
    scores = score_open(benchmark, responses, resamples=500)
    for name, estimate in scores.metrics.items():
        if estimate.value is not None:
            assert estimate.low is not None and estimate.high is not None, name
            assert estimate.low <= estimate.value <= estimate.high, name
            metric = OPEN_METRICS_BY_NAME[name]
            assert metric.low <= estimate.low and estimate.high <= metric.high, name


def test_the_same_responses_have_the_same_numbers_in_any_order() -> None:
    benchmark, responses = drawn(2)
    turned = dict(reversed(responses.items()))
    assert score_open(benchmark, responses, resamples=200) == score_open(benchmark, turned, resamples=200)


def test_a_result_is_in_the_schema_and_holds_no_text_of_the_benchmark() -> None:
    benchmark, responses = drawn(3)
    judgements = {question.qid: Judgement(3) for question in benchmark.questions}
    scores = score_open(benchmark, responses, judgements=judgements, resamples=50)
    run = Run(extract=OPEN_EXTRACT, model="stub")
    signature = Signature.of_run(benchmark, run, missing=scores.counts["missing"], judge="tiny-0a1b2c3d")
    result = open_result(scores, signature)
    check_result(result, "result.json")
    assert "|judge:tiny-0a1b2c3d|" in result["signature_line"] and "attributes-" in result["signature_line"]
    assert Signature.parse(result["signature_line"]) == Signature.from_dict(result["signature"]) == signature
    stored = json.dumps(result, allow_nan=False)
    assert "The lesion is" not in stored and "I think" not in stored and "08_t1ce/" not in stored
    assert "answers" not in open_result(scores, signature, answers=False)


def test_counts_for_a_comparison_are_those_of_the_score() -> None:
    benchmark, responses = drawn(4)
    totals = open_counts(benchmark, responses).totals
    metrics = score(benchmark, responses).metrics
    for name in OPEN_TABLE_METRICS:
        assert float(OPEN_METRICS_BY_NAME[name].compute(totals)) == pytest.approx(metrics[name].value), name


# Phantoms


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantom")
    write_phantom(folder, images=40, seed=3)
    return folder


def test_the_references_of_phantoms_are_read_whole(phantom: Path) -> None:
    benchmark = load_benchmark("open", annotations=phantom, images=phantom)
    scores = score(benchmark, {asked.qid: asked.reference_answer for asked in benchmark.questions})
    assert scores.metrics["attribute_accuracy"].value == 1.0
    assert scores.counts["items"] == 8 * len(benchmark.pictures)
    assert scores.counts["given"] == scores.counts["unstated"] == 0
    assert scores.metrics["area_accuracy"].value == scores.metrics["centroid_accuracy"].value == 1.0


def test_open_references_and_closed_keys_of_phantoms_agree(phantom: Path) -> None:
    stated: dict[int, dict[str, str]] = {}
    for asked in load_benchmark("open", annotations=phantom, images=phantom).questions:
        stated.setdefault(asked.picture.id, {}).update(open_task(asked).attributes)
    attribute_of = {"shape": "shape", "location": "sector", "size": "size", "spread": "spread"}
    compared = 0
    for closed in load_benchmark("closed", annotations=phantom, images=phantom).questions:
        attribute = attribute_of.get(closed.question_type)
        if attribute and closed.picture.id in stated:
            key = closed.original_answer or closed.options[closed.answer]
            assert read_attributes(key)[attribute].value == stated[closed.picture.id][attribute], closed.qid
            compared += 1
    assert compared > 20


# The registry


def test_the_columns_that_are_counted_are_the_columns_that_are_documented() -> None:
    benchmark, responses = drawn(0, images=3)
    answers = read_responses(benchmark, responses)
    columns = attribute_columns(benchmark.questions, answers) | overlap_columns(benchmark.questions, answers)
    extra = {"bert_score", *(name for name in OPEN_COLUMNS if name.startswith("judge"))}
    assert set(OPEN_COLUMNS) - set(columns) == extra
    assert set(columns) - set(OPEN_COLUMNS) <= {"answered"}


def test_every_metric_reads_documented_columns_and_is_listed_once() -> None:
    metrics = (*OPEN_METRICS, BERT_METRIC, *JUDGE_METRICS)
    assert len({metric.name for metric in metrics}) == len(metrics)
    for metric in metrics:
        assert set(metric.columns) <= set(OPEN_COLUMNS), metric.name
        assert metric.description and metric.formula
    for name in (*OPEN_BREAKDOWN_METRICS, *OPEN_ROW_METRICS, *OPEN_TABLE_METRICS):
        assert name in OPEN_METRICS_BY_NAME


# Judge and BERTScore


def test_unjudged_is_not_wrong_and_the_bounds_say_what_it_could_be() -> None:
    judgements = {"1_q1": Judgement(4), "1_q2": Judgement(2, contradicts_reference=True), "2_q1": None}
    responses = {"1_q1": "a", "1_q2": "b", "2_q1": "c", "2_q2": "", "3_q1": None, "3_q2": "d", "3_q3": "e"}
    metrics = score(HAND_WORKED, responses, judgements=judgements).metrics
    # Judged: two, and two without a response, which are 0. Unjudged: three.
    assert (metrics["judge_score"].value, metrics["judge_score"].n) == (6 / 16, 4)
    assert metrics["judge_score_low"].value == 6 / 28
    assert metrics["judge_score_high"].value == (6 + 12) / 28
    assert metrics["judge_contradiction_rate"].value == 1 / 4
    assert metrics["judged_rate"].value == 4 / 7


def test_without_a_judge_there_are_no_judged_numbers() -> None:
    assert not [name for name in score(HAND_WORKED, RESPONSES).metrics if name.startswith("judge")]


def test_bertscore_needs_a_model_on_this_machine(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no such folder"):
        bert_scores({}, {}, tmp_path / "absent", 4)


def test_bertscore_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bert_score", None)
    with pytest.raises(ValueError, match=r"install mmneuroonco-tasks\[bertscore\]"):
        bert_scores({}, {}, tmp_path, 4)


def test_bertscore_is_averaged_over_the_asked_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Scorer:
        def __init__(self, model_type: str, num_layers: int, rescale_with_baseline: bool) -> None:
            assert (model_type, num_layers, rescale_with_baseline) == (str(tmp_path), 4, False)

        def score(self, said: list[str], wanted: list[str]) -> tuple[list[float], list[float], list[float]]:
            assert wanted[0] == HAND_WORKED.questions[0].reference_answer and said[-1] == ""
            return [], [], [0.5] * (len(said) - 1) + [0.0]

    stand_in = ModuleType("bert_score")
    stand_in.BERTScorer = Scorer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bert_score", stand_in)
    references = {question.qid: question.reference_answer for question in HAND_WORKED.questions}
    said = {qid: text for qid, text in RESPONSES.items() if qid != "3_q3"}
    bert = bert_scores(said, references, tmp_path, 4)
    assert score(HAND_WORKED, said, bert=bert).metrics["bert_score"].value == pytest.approx(3 / 7)


@given(st.dictionaries(st.sampled_from([q.qid for q in HAND_WORKED.questions]), st.none() | st.text(max_size=80)))
@settings(max_examples=40)
def test_any_responses_have_scores_within_their_ranges(responses: dict[str, str | None]) -> None:
    for name, estimate in score(HAND_WORKED, responses, with_rows=False).metrics.items():
        if estimate.value is not None:
            assert OPEN_METRICS_BY_NAME[name].low <= estimate.value <= OPEN_METRICS_BY_NAME[name].high, name
