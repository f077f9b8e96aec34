"""The audit of open questions: keywords that do not mean what they count, attributes that questions give away."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmneuroonco_tasks.audit import AuditReport, audit_open
from mmneuroonco_tasks.audit.open_rules import OPEN_RULES
from mmneuroonco_tasks.benchmark import Benchmark, OpenBenchmark, OpenQuestion, Picture, load_benchmark

SOUND = ("What shape has it?", "It is lobulated.", ("lobulated",))


def asked(*questions: tuple[str, str, tuple[str, ...]]) -> OpenBenchmark:
    made = tuple(
        OpenQuestion(f"1_q{position}", Picture(1, "a/b/c.png", 1), "Detail", *question)
        for position, question in enumerate(questions, start=1)
    )
    return Benchmark("open", "full", made, len(made), "00000000")


def findings(report: AuditReport) -> dict[str, str]:
    return {finding.rule: finding.evidence for finding in report.findings if finding.qid == "1_q2"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (SOUND, {}),
        (
            ("What shape has it?", "Lobulated rather than round.", ("lobulated", "round")),
            {"keyword_denied": "'round'", "exclusive_keywords": "'lobulated' and 'round'"},
        ),
        (("What is near it?", "The surrounding brain is dark.", ("round",)), {"keyword_part_of_a_word": "'round'"}),
        (("Where is it?", "In the upper third.", ("lower",)), {"keyword_not_in_reference": "'lower'"}),
        (("Where is it?", "In the third row.", ()), {"no_keywords": "no keyword"}),
        (("What shape has this lobulated lesion?", "Lobulated.", ("lobulated",)), {"attribute_given_away": "shape"}),
        (("Is it solitary or multifocal?", "It is solitary.", ("solitary",)), {}),
        (("How large is it?", "Small, not large.", ("small",)), {}),
    ],
)
def test_each_defect_is_found_and_no_other(
    question: tuple[str, str, tuple[str, ...]], expected: dict[str, str]
) -> None:
    assert findings(audit_open(asked(SOUND, question))) == expected


def test_a_keyword_that_is_said_once_and_denied_once_is_sound() -> None:
    text = "One lesion is round, the other is not round."
    assert findings(audit_open(asked(SOUND, ("What shape?", text, ("round",))))) == {}


def test_what_echoing_the_question_recalls_is_measured() -> None:
    (measure,) = audit_open(asked(SOUND, ("Is it lobulated?", "Lobulated.", ("lobulated",)))).measures
    assert (measure.name, measure.value, measure.n, measure.flagged) == ("keyword_recall_of_echo", 0.5, 2, True)
    assert audit_open(asked(("Where?", "There.", ()))).measures == ()


def test_defects_fail_and_notices_do_not() -> None:
    assert audit_open(asked(SOUND, ("Where is it?", "In the third row.", ()))).exit_code() == 0
    assert audit_open(asked(SOUND, ("Where is it?", "Above.", ("lower",)))).exit_code() == 1


def test_the_released_questions_have_the_known_defects(released: Path) -> None:
    """As counted with the released files; denials were counted there by a narrower rule, which found 224."""
    report = audit_open(load_benchmark("open", annotations=released / "benchmark"))
    keywords = {
        rule.name: sum(finding.evidence.count("'") // 2 for finding in report.findings if finding.rule == rule.name)
        for rule in OPEN_RULES
    }
    print(keywords, {rule.name: len(report.qids(rule.name)) for rule in OPEN_RULES})
    assert keywords["keyword_part_of_a_word"] == 118
    assert keywords["keyword_not_in_reference"] == 0
    assert 224 <= keywords["keyword_denied"] <= 310
    assert len(report.qids("exclusive_keywords")) == 310
    assert len(report.qids("no_keywords")) == 83
    assert report.measures[0].value == pytest.approx(0.41, abs=0.01)
