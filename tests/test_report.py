"""The report: one page, complete, self-contained, the same for the same input, harmless whatever it quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from command import run_here
from made_up import CLOSED_QIDS, write_benchmark
from made_up_runs import (
    answers_of_letters,
    letters_of,
    made_up_benchmark,
    result_of,
    some_failures,
    store,
    write_predictions,
)

from mmneuroonco_tasks.answers.outcome import Answer
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.records import ClosedBenchmark
from mmneuroonco_tasks.prompts import DIRECT
from mmneuroonco_tasks.reports.gallery import GalleryInput, failures, fate_of, prompt_of
from mmneuroonco_tasks.reports.page import report_page
from mmneuroonco_tasks.reports.result_tables import FATES, fates, parts_table
from mmneuroonco_tasks.reports.shown import shown

pytest.importorskip("jinja2", reason="the extra report is not installed")
pytest.importorskip("matplotlib", reason="the extra report is not installed")

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><style>*{display:none}</style></pre></article>"
    "\x00\x07\x1b[31m\u202egnp.exe\ud800{{ 7 * 7 }}{% raw %}javascript:alert(3)" + "A" * 100_000 + "\nAnswer: B"
)


class Page(HTMLParser):
    """What a browser would make of a page, as far as tests ask."""

    void = frozenset({"meta", "img", "br", "wbr", "link", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def ids(self) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> ClosedBenchmark:
    return made_up_benchmark(tmp_path_factory.mktemp("made"), images=15)


def a_result(benchmark: ClosedBenchmark, skill: float = 0.4, model: str = "made-up", **more: Any) -> dict[str, Any]:
    return result_of(benchmark, some_failures(answers_of_letters(letters_of(benchmark, skill, 1))), model, **more)


@pytest.fixture(scope="module")
def page(benchmark: ClosedBenchmark) -> str:
    """Two runs, one with responses that are as bad as can be."""
    runs = shown([a_result(benchmark, 0.3, "weak & <i>small</i>"), a_result(benchmark, 0.9, "strong")])
    responses = dict.fromkeys((question.qid for question in benchmark.questions), HOSTILE)
    return report_page(runs, {"R1": GalleryInput(benchmark, responses)})


# --- The page ----------------------------------------------------------------------------------------


def test_the_page_has_every_part(page: str) -> None:
    pictures = {"plane", "types", "type_dots", "fates", "letters", "subsets", "by_class", "by_modality", "by_source"}
    others = {"closed", "confusion", "sensitivity", "gallery", "signatures"}
    assert pictures | others <= set(Page(page).ids())
    # A word on how to read it stands beside each picture.
    assert page.count("<svg ") == page.count("<figcaption>") == 9
    assert page.count("How to read this.") == 10
    assert page.count("mmneuroonco|task:closed") == 2


def test_the_page_is_well_formed_and_its_links_lead_somewhere(page: str) -> None:
    found = Page(page)
    assert found.unclosed == []
    ids = found.ids()
    assert len(ids) == len(set(ids))
    for tag, attributes in found.tags:
        target = attributes.get("href")
        if target is not None:
            assert tag in ("a", "use") and target.startswith("#") and target[1:] in ids


def test_nothing_is_fetched_from_anywhere_and_no_script_runs(page: str) -> None:
    for tag, attributes in Page(page).tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form", "image", "foreignobject")
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("src") is None or str(attributes["src"]).startswith("data:image/jpeg;base64,")
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style and "@import" not in style and "@font-face" not in style
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)


def test_what_a_model_wrote_is_shown_and_does_nothing(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "weak_&amp;_&lt;i&gt;small&lt;/i&gt;" in page
    assert "⟨U+0000⟩⟨U+0007⟩⟨U+001B⟩[31m⟨U+202E⟩gnp.exe⟨U+D800⟩{{ 7 * 7 }}" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page)
    # 100 kB are cut in the middle: what a model says last is kept.
    assert "A" * 3000 not in page and "characters left out in the middle" in page
    assert page.count("Answer: B\n") <= page.count("Answer: B</pre>")


def test_equal_results_give_an_equal_page(benchmark: ClosedBenchmark) -> None:
    def made() -> str:
        return report_page(shown([a_result(benchmark), a_result(benchmark, 0.9, "strong")]))

    assert made() == made()


def test_colours_follow_the_page_and_no_other_is_drawn(page: str) -> None:
    pictures = re.findall(r"<svg .*?</svg>", page, re.S)
    assert len(pictures) == 9
    for svg in pictures:
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?!\")", re.sub(r'(?:href="|url\()#\w+', "", svg))
        used = set(re.findall(r"var\(--([\w-]+)\)", svg))
        assert used and all(f"--{name}:" in page for name in used)
        # Text is text, in the page's own font, and every picture is named for who cannot see it.
        assert "<text" in svg and "font-family" not in svg and "<title id=" in svg
    for scheme in ("@media (prefers-color-scheme: dark)", "@media print"):
        assert scheme in page


def test_one_result_without_the_optional_parts_makes_a_page(benchmark: ClosedBenchmark) -> None:
    bare = {**a_result(benchmark), "subsets": {}, "trust_rows": {}, "by_source": {}}
    for name in ("sensitivity", "answers"):
        del bare[name]
    found = Page(report_page(shown([bare])))
    assert found.unclosed == [] and "subsets" not in found.ids() and "gallery" not in found.ids()


def test_what_is_undefined_is_na_and_nothing_breaks(benchmark: ClosedBenchmark) -> None:
    answerable = [q.qid for q in benchmark.questions if not q.trap][:6]
    part = benchmark.restricted_to(answerable)
    text = report_page(shown([a_result(part)]))
    assert "N/A" in text and "PARTIAL: 6 of 45 questions were asked" in text


def test_runs_that_cannot_be_compared_are_shown_with_the_reason(benchmark: ClosedBenchmark) -> None:
    runs = shown([a_result(benchmark), a_result(benchmark, prompt="blind-99999999")])
    text = report_page(runs)
    assert "Not all of these closed runs can be compared:" in text and "they differ in prompt" in text
    assert "made-up · blind" in text


def test_trust_rows_and_risk_curves_are_drawn_where_results_have_them(benchmark: ClosedBenchmark) -> None:
    estimate = {"value": 0.2, "low": None, "high": None, "stderr": None, "n": 45}
    names = ("accuracy", "answerable_accuracy", "trap_accuracy", "h_score", "accuracy_size")
    more = {
        "trust_rows": {"uniform": dict.fromkeys(names, estimate)},
        "confidence": {"risk_coverage": {"coverage": [0.1, 0.5, 1.0], "risk": [0.0, 0.2, 0.5]}},
    }
    text = report_page(shown([a_result(benchmark, **more)]))
    assert "1 uniform guess (expected)" in text and 'id="risk"' in text


def test_each_subset_has_its_trust_rows_by_their_names(benchmark: ClosedBenchmark) -> None:
    estimate = {"value": 0.123, "low": None, "high": None, "stderr": None, "n": 22}
    rows = {"first_half": {"uniform": {"accuracy": estimate}, "always_E": {"accuracy": estimate}}}
    runs = shown([a_result(benchmark, 0.5, name, subset_trust_rows=rows) for name in ("a", "b")])
    table = parts_table(runs, "subsets")
    assert [row[1:3] for row in table.rows] == [
        ("R1", "a"),
        ("R2", "b"),
        ("", "uniform guess (expected)"),
        ("", "always E (A where E is not offered)"),
    ]
    assert table.reference == {2, 3} and table.rows[2][0] == "first_half"
    text = report_page(runs)
    assert text.index('id="subsets"') < text.index("uniform guess (expected)</td>") < text.index('id="by_class"')


def test_many_runs_fit_side_by_side(benchmark: ClosedBenchmark) -> None:
    runs = shown([a_result(benchmark, number / 12, f"model-{number}") for number in range(11)])
    found = Page(report_page(runs))
    assert found.unclosed == [] and len([1 for tag, _ in found.tags if tag == "svg"]) == 9


# --- The gallery -------------------------------------------------------------------------------------


def test_every_kind_of_failure_is_in_the_gallery_and_no_success(benchmark: ClosedBenchmark) -> None:
    result = a_result(benchmark)
    (run,) = shown([result])
    chosen = failures(run, GalleryInput(benchmark, {}), limit=10)
    assert len(chosen) == 10 and len({failure.qid for failure in chosen}) == 10
    kinds = {name for name, count in fates(result).items() if count and name != "right"}
    assert {failure.fate for failure in chosen} == kinds
    assert chosen == failures(run, GalleryInput(benchmark, {}), limit=10)
    everything = failures(run, GalleryInput(benchmark, {}), limit=1000)
    assert len(everything) == len(benchmark) - result["counts"]["right"]


def test_the_fates_of_questions_add_up_to_those_of_the_result(benchmark: ClosedBenchmark) -> None:
    result = a_result(benchmark)
    counted = dict.fromkeys(FATES, 0)
    for question in benchmark.questions:
        answer = result["answers"][question.qid]
        counted[fate_of(question, answer["outcome"], answer["letter"])] += 1
    assert counted == fates(result)


def test_a_prompt_is_literal_where_the_signature_names_it(benchmark: ClosedBenchmark) -> None:
    question = benchmark.questions[0]
    (known, unknown) = shown([a_result(benchmark, prompt=DIRECT.key), a_result(benchmark, prompt="unknown")])
    assert prompt_of(known, question) == (DIRECT.text(question), True)
    text, literal = prompt_of(unknown, question)
    assert not literal and text.startswith(question.question) and "A. " in text


# --- The command -------------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Annotations with pictures, a run's responses and its result."""
    files = write_benchmark(tmp_path / "made")
    questions = load_benchmark("closed", annotations=files.closed)
    letters = {qid: "AB"[number % 2] for number, qid in enumerate(CLOSED_QIDS)}
    answers: dict[str, Answer | None] = {qid: Answer.of_letter(letter) for qid, letter in letters.items()}
    yield {
        "annotations": files.closed,
        "pictures": files.images,
        "result": store(tmp_path / "runs" / "a_result.json", result_of(questions, answers, "one")),
        "predictions": write_predictions(tmp_path / "runs" / "a.jsonl", letters),
        "page": tmp_path / "out" / "report.html",
    }


def test_a_report_of_a_folder_is_one_command(
    made: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run_here(capsys, "report", made["result"].parent, "-o", made["page"])
    assert done.code == 0 and f"{made['page']}: 1 results" in done.err
    text = made["page"].read_text(encoding="utf-8")
    assert "one" in text and 'id="gallery"' not in text


def test_predictions_bring_the_gallery_and_images_only_on_demand(
    made: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["report", made["result"], "-o", made["page"], "--annotations", made["annotations"]]
    done = run_here(capsys, *command, "--predictions", made["predictions"])
    assert done.code == 0, done.err
    text = made["page"].read_text(encoding="utf-8")
    assert "This part quotes the benchmark." in text and "<img" not in text
    done = run_here(capsys, *command, "--predictions", made["predictions"], "--images", "--pictures", made["pictures"])
    text = made["page"].read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in text and "It also shows its pictures:" in text
    assert "some sources forbid passing them on" in done.err
    # The path of a picture names the diagnosis.
    assert "BraTS2021_90001" not in text


def test_predictions_alone_are_scored_first(
    made: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run_here(capsys, "report", made["predictions"], "-o", made["page"], "--annotations", made["annotations"])
    assert done.code == 0, done.err
    assert "1 results, 1 with failures" in done.err


def test_predictions_find_their_run_and_those_of_another_are_refused(
    made: dict[str, Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = load_benchmark("closed", annotations=made["annotations"])
    other = {qid: Answer.of_letter("B") for qid in CLOSED_QIDS}
    second = store(tmp_path / "b.json", result_of(questions, other, "two"))
    command = ["report", second, made["result"], "-o", made["page"], "--annotations", made["annotations"]]
    assert run_here(capsys, *command, "--predictions", made["predictions"]).code == 0
    gallery = made["page"].read_text(encoding="utf-8").split('id="gallery"')[1].split('id="signatures"')[0]
    assert ">R2</span> one" in gallery and ">R1</span>" not in gallery
    strange = write_predictions(tmp_path / "strange.jsonl", dict.fromkeys(CLOSED_QIDS, "E"))
    done = run_here(capsys, *command, "--predictions", strange)
    assert done.code == 1 and "holds the responses of none of these results" in done.sentence


def test_a_folder_of_predictions_brings_those_that_belong_and_names_the_rest(
    made: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made["result"].parent
    made["predictions"].rename(folder / "preds_own.jsonl")
    responses = {qid: "AB"[number % 2] for number, qid in enumerate(CLOSED_QIDS)}
    for name, letters in (("own", responses), ("other", dict.fromkeys(CLOSED_QIDS, "E"))):
        lines = (
            {"id": int(qid.split("_")[0]), "q_index": int(qid.split("q")[1]), "pred": letter, "raw": letter}
            for qid, letter in letters.items()
        )
        (folder / f"preds_{name}.jsonl").write_text(
            "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
        )
    command = ["report", made["result"], "-o", made["page"], "--annotations", made["annotations"]]
    done = run_here(capsys, *command, "--predictions", folder)
    assert done.code == 0, done.err
    assert "preds_other.jsonl: of none of these results, left out" in done.err
    assert "1 results, 1 with failures" in done.err


def test_open_answers_have_their_gallery_with_the_reference(
    made: dict[str, Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    annotations = made["annotations"].parent
    responses = {
        "3_q2": "There are many, scattered ones.",
        "3_q3": "It is small.",
        "3_q4": "I cannot tell.",
        "3_q5": "",
    }
    predictions = write_predictions(tmp_path / "open.jsonl", responses)
    scored = tmp_path / "open_result.json"
    done = run_here(capsys, "score", predictions, "--task", "open", "--annotations", annotations, "-o", scored)
    assert done.code == 0, done.err
    done = run_here(
        capsys, "report", scored, "--predictions", predictions, "--annotations", annotations, "-o", made["page"]
    )
    assert done.code == 0, done.err
    gallery = made["page"].read_text(encoding="utf-8").split('id="gallery"')[1].split('id="signatures"')[0]
    assert "A large one of 6.2 % of the picture." in gallery and "It is small." in gallery
    assert "wrong class · Detail" in gallery and "missing · Detail" in gallery and "empty · Reasoning" in gallery


def test_every_table_is_written_in_every_format(
    made: dict[str, Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run_here(capsys, "report", made["result"], "-o", made["page"], "--tables", tmp_path / "tables")
    assert done.code == 0
    names = sorted(path.name for path in (tmp_path / "tables").iterdir())
    assert {f"closed_key_numbers.{ending}" for ending in ("md", "tex", "csv", "json")} <= set(names)
    assert len(names) == 4 * len({Path(name).stem for name in names})


def test_what_cannot_be_reported_is_one_sentence(
    made: dict[str, Path], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    done = run_here(capsys, "report", tmp_path / "empty", "-o", made["page"])
    assert done.code == 1 and "holds no predictions of a known tool" in done.sentence
    broken = tmp_path / "broken_result.json"
    broken.write_text('{"schema": "mmneuroonco-result/1"}', encoding="utf-8")
    done = run_here(capsys, "report", broken, "-o", made["page"])
    assert done.code == 1 and "broken_result.json" in done.sentence
    done = run_here(capsys, "report", made["result"], "-o", made["page"], "--images")
    assert done.code == 1 and "--images shows the pictures of failures" in done.sentence
    assert not made["page"].exists()


def test_a_hostile_result_file_is_shown_as_text(benchmark: ClosedBenchmark) -> None:
    nasty = "<b>x</b>\u202e$x^2$"
    result = a_result(benchmark)
    result["by_class"] = {nasty: result["by_class"]["glioma"]}
    result["subsets"] = {nasty * 20: result["subsets"]["first_half"]}
    text = report_page(shown([result]))
    assert "<b>x" not in text and "\u202e" not in text
    found = Page(text)
    assert found.unclosed == []


def test_shapes_that_contradict_themselves_are_refused(benchmark: ClosedBenchmark) -> None:
    from mmneuroonco_tasks.scores import ResultError

    result = a_result(benchmark)
    result["confusion"] = {**result["confusion"], "counts": [[1, 2]]}
    with pytest.raises(ResultError, match="confusion"):
        shown([result])


def test_pictures_that_cannot_be_opened_are_left_out(benchmark: ClosedBenchmark) -> None:
    (run,) = shown([a_result(benchmark)])
    given = GalleryInput(replace(benchmark), {}, images=True)
    assert {failure.image for failure in failures(run, given)} == {""}
