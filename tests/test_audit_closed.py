"""The audit finds label defects by rule: each on made-up questions, and all on the released ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from mmneuroonco_tasks.audit import AuditReport, audit_closed, print_audit
from mmneuroonco_tasks.audit.agreement import agreement
from mmneuroonco_tasks.audit.closed_rules import CLOSED_RULES
from mmneuroonco_tasks.benchmark import Benchmark, ClosedBenchmark, ClosedQuestion, Picture, load_benchmark
from mmneuroonco_tasks.benchmark.concepts import concept_of, contested_letters, is_subtype

NONE = "None of the above"


def question(
    kind: str, texts: Iterable[str], answer: str, removed: str | None = None, *, image: int = 1, position: int = 1
) -> ClosedQuestion:
    options = dict(zip("ABCDE", [*texts, NONE], strict=True))
    picture = Picture(image, "a/b/c.png", image)
    return ClosedQuestion(f"{image}_q{position}", picture, kind, "Which?", options, answer, answer == "E", removed)


def asked(*questions: ClosedQuestion) -> ClosedBenchmark:
    return Benchmark("closed", "full", questions, len(questions), "00000000")


def found_by(*questions: ClosedQuestion) -> set[str]:
    report = audit_closed(asked(*questions), text_only=False)
    return {finding.rule for finding in report.findings}


CLEAN = question("modality", ["T1", "T2", "FLAIR", "DWI"], "B")


def test_a_sound_question_has_no_findings() -> None:
    assert found_by(CLEAN) == set()
    assert found_by(question("modality", ["T1", "T2", "FLAIR", "DWI"], "E", "contrast T1")) <= {
        "supertype_of_removed_answer_offered"
    }


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("duplicate_options", question("modality", ["T2_weighted", "T2-weighted", "FLAIR", "DWI"], "C")),
        ("contested_traps", question("modality", ["T1", "T2-weighted MRI", "FLAIR", "DWI"], "E", "T2")),
        ("contested_traps", question("diagnosis", ["glioma", "Metastasis", "cyst", "abscess"], "E", "metastasis")),
        ("contested_traps", question("spread", ["Single focus", "Diffuse", "No lesion", "Many"], "E", "Solitary")),
        ("plausibly_contested_traps", question("size", ["Very large", "Small", "No lesion", "Medium"], "E", "Large")),
        ("plausibly_contested_traps", question("spread", ["Focal", "Diffuse", "No", "Many"], "E", "Solitary lesion")),
        (
            "subtype_of_removed_answer_offered",
            question("diagnosis", ["DNET", "glioma", "cyst", "abscess"], "E", "neuronal_tumor"),
        ),
        ("supertype_of_removed_answer_offered", question("modality", ["T1", "T2", "FLAIR", "DWI"], "E", "T1_CE")),
        (
            "subtype_of_answer_offered",
            question("diagnosis", ["medulloblastoma", "embryonal", "cyst", "abscess"], "B"),
        ),
        ("supertype_of_answer_offered", question("modality", ["T1", "T2", "T1 with contrast", "DWI"], "C")),
        ("synonym_of_answer_offered", question("modality", ["T1", "T1-weighted", "FLAIR", "DWI"], "A")),
        ("two_options_same_concept", question("size", ["Large", "Giant", "Small", "Medium"], "D")),
        ("refusal_like_options", question("size", ["Not measurable", "Large", "Small", "Medium"], "D")),
        (
            "location_options_mix_frame_and_anatomy",
            question("location", ["Center of the image", "Brainstem", "Left lobe", "Cerebellum"], "A"),
        ),
    ],
)
def test_each_defect_is_found(rule: str, wrong: ClosedQuestion) -> None:
    assert rule in found_by(CLEAN, wrong)


@pytest.mark.parametrize(
    ("rule", "sound"),
    [
        ("supertype_of_answer_offered", question("modality", ["T1 without contrast", "T2", "T1_CE", "DWI"], "C")),
        ("supertype_of_answer_offered", question("diagnosis", ["glioma", "ependymoma", "cyst", "abscess"], "B")),
        ("subtype_of_removed_answer_offered", question("modality", ["T1_CE", "T2", "FLAIR", "DWI"], "E", "T1")),
        ("contested_traps", question("diagnosis", ["brainstem_metastasis", "a", "b", "c"], "E", "glioma")),
        ("plausibly_contested_traps", question("shape", ["Oval", "Flat", "Linear", "Irregular"], "E", "Lobulated")),
        ("refusal_like_options", question("size", ["No visible lesion", "Large", "Small", "Medium"], "D")),
        (
            "location_options_mix_frame_and_anatomy",
            question("location", ["Brainstem", "Cerebellum", "Frontal lobe", "Sellar region"], "A"),
        ),
    ],
)
def test_what_only_looks_like_a_defect_is_not_found(rule: str, sound: ClosedQuestion) -> None:
    assert rule not in found_by(sound)


def test_lesion_questions_of_a_healthy_image_are_found() -> None:
    options = {"A": "Healthy", "B": "Abnormal"}
    healthy = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "diagnosis", "Is it?", options, "A")
    lesion = question("size", ["Small", "Medium", "Large", "No lesion"], "D", position=2)
    report = audit_closed(asked(healthy, lesion), text_only=False)
    assert report.qids("healthy_image_with_lesion_questions") == ("1_q2",)


def test_contested_letters_are_those_that_say_what_was_removed() -> None:
    trap = question("modality", ["FLAIR", "T1 post-contrast", "T1", "T1_CE"], "E", "T1-weighted MRI with contrast")
    assert contested_letters(trap) == ("B", "D")
    assert contested_letters(CLEAN) == ()


def test_synonyms_subtypes_and_look_alikes() -> None:
    assert concept_of("modality", "MRI brain FLAIR") == concept_of("modality", "T2_FLAIR")
    assert concept_of("diagnosis", "primary CNS lymphoma") == concept_of("diagnosis", "Lymphoma")
    assert concept_of("diagnosis", "brainstem glioma") != concept_of("diagnosis", "glioma")
    assert concept_of("shape", "Multilobulated").narrow != concept_of("shape", "Lobulated").narrow
    assert concept_of("location", "Center-Left Region") != concept_of("location", "Center of the Image")
    assert is_subtype("modality", "T1_CE", of="T1")
    assert not is_subtype("modality", "T1_CE", of="T1 without contrast")
    assert not is_subtype("diagnosis", "glioma", of="glioma")


def measure(report: AuditReport, name: str) -> Any:
    return next(measure for measure in report.measures if measure.name == name)


def test_a_key_that_favours_a_letter_is_flagged() -> None:
    texts = ["T1", "T2", "FLAIR", "DWI"]
    favoured = asked(*(question("modality", texts, "A" if image % 2 else "B", image=image) for image in range(1, 101)))
    balanced = asked(*(question("modality", texts, "ABCD"[image % 4], image=image) for image in range(1, 101)))
    flagged = measure(audit_closed(favoured, text_only=False), "key_position_of_4_options")
    assert (flagged.value, flagged.expected, flagged.n, flagged.flagged) == (0.5, 0.25, 100, True)
    assert not measure(audit_closed(balanced, text_only=False), "key_position_of_4_options").flagged


def test_duplicates_that_stand_only_in_traps_are_flagged() -> None:
    questions = []
    for image in range(1, 61):
        trap = image % 3 == 0
        texts = ["T2", "t2" if trap else "SWI", "FLAIR", "DWI"]
        questions.append(
            question("modality", texts, "E" if trap else "ABCD"[image % 4], "T1" if trap else None, image=image)
        )
    leak = measure(audit_closed(asked(*questions), text_only=False), "traps_among_duplicate_options")
    assert (leak.value, leak.expected, leak.n, leak.flagged) == (1.0, 0.0, 20, True)


def test_what_texts_alone_give_away_is_measured(tmp_path: Path) -> None:
    texts = ["T1", "T2", "FLAIR", "DWI"]
    always_flair = asked(*(question("modality", texts, "C", image=image) for image in range(1, 31)))
    report = audit_closed(always_flair, cache=tmp_path)
    given_away = measure(report, "text_only_prior")
    assert (given_away.value, given_away.expected, given_away.flagged) == (1.0, pytest.approx(0.2), True)


def test_the_exit_code_tells_defects_from_notices_and_accepts_what_is_known() -> None:
    notice = question("size", ["Large", "Giant", "Small", "Medium"], "D")
    defect = question("modality", ["T2", "t2", "FLAIR", "DWI"], "C", image=2)
    assert audit_closed(asked(CLEAN), text_only=False).exit_code() == 0
    assert audit_closed(asked(notice), text_only=False).exit_code() == 0
    report = audit_closed(asked(defect), text_only=False)
    assert report.exit_code() == 1
    assert report.exit_code(accepted=["duplicate_options"]) == 0
    with pytest.raises(ValueError, match="no rule or measure is called duplicates"):
        report.exit_code(accepted=["duplicates"])


def test_the_report_is_a_table_and_json() -> None:
    defect = question("modality", ["T2", "t2", "FLAIR", "DWI"], "C")
    report = audit_closed(asked(defect), text_only=False)
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert plain["rules"]["duplicate_options"]["findings"] == {"1_q1": "'T2' and 't2'"}
    assert plain["schema"] == "mmneuroonco-audit/1"
    written = StringIO()
    print_audit(report, Console(file=written, width=120))
    assert "duplicate_options" in written.getvalue()
    assert "1_q1" in written.getvalue()


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in CLOSED_RULES]
    assert len(set(names)) == len(names)


def test_the_released_questions_have_the_known_defects(released: Path) -> None:
    benchmark = load_benchmark("closed", annotations=released / "benchmark")
    known = json.loads((released / "closed_v1_audit.json").read_text(encoding="utf-8"))
    compared = agreement(audit_closed(benchmark, text_only=False), benchmark, known)
    for name, found in compared.items():
        print(f"{name}: recall {found.recall:.3f}, precision {found.precision:.3f} ({found.known} known)")
    assert len(compared) == 10
    assert all(found.recall >= 0.9 and found.precision >= 0.9 for found in compared.values())
