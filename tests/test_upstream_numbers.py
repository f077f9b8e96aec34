"""The copies of our modules in a pull request read and score as ours do, where our package is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from styles import PICKS, TREACHEROUS
from test_upstream import PROJECTS
from upstream_trees import made_up_checkout, run_in

from mmneuroonco_tasks.answers import Outcome, read_answer
from mmneuroonco_tasks.benchmark import ClosedBenchmark, load_benchmark
from mmneuroonco_tasks.phantom import write_phantom
from mmneuroonco_tasks.prompts import DIRECT
from mmneuroonco_tasks.scores import TABLE_METRICS, score_closed
from mmneuroonco_tasks.upstream.project import write_pull_request

GOLDEN = Path(__file__).with_name("golden")
PACKAGE = {"lmms-eval": "lmms_eval.tasks.mmneuroonco", "VLMEvalKit": "vlmeval.dataset.utils.mmneuroonco"}


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A made-up checkout of each project with its pull request."""
    made = {name: made_up_checkout(name, tmp_path_factory.mktemp("tree")) for name in PROJECTS}
    for name, checkout in made.items():
        write_pull_request(PROJECTS[name], checkout)
    return made


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> tuple[ClosedBenchmark, Path]:
    folder = tmp_path_factory.mktemp("phantoms")
    write_phantom(folder, images=30, seed=3)
    return load_benchmark("closed", annotations=folder, images=folder), folder


def golden_cases() -> Iterator[tuple[str, dict[str, str]]]:
    """Every response of the golden files with its options."""
    options: dict[str, dict[str, str]] = {}
    for path in (GOLDEN / "answers_single.txt", GOLDEN / "answers_second.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                name, _, texts = line[2:].partition(" ")
                options[name] = dict(zip("ABCDE", texts.strip().split(" / "), strict=False))
            elif " :: " in line and not line.startswith("#"):
                head, _, response = line.partition(" :: ")
                name = head.split()[-1]
                if name in options:
                    yield response.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t"), options[name]


def scrambled(cases: list[tuple[str, dict[str, str]]], count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Words of several golden responses mixed, so that nobody has chosen what they say."""
    draw = random.Random(0)
    for _ in range(count):
        words = [word for response, _ in draw.sample(cases, 3) for word in response.split(" ")]
        draw.shuffle(words)
        yield " ".join(words[: draw.randint(1, 25)]), draw.choice(cases)[1]


@pytest.mark.parametrize("project", list(PROJECTS))
def test_the_copied_reader_reads_every_response_as_ours_does(
    project: str, checkouts: dict[str, Path], tmp_path: Path
) -> None:
    cases = list(golden_cases())
    assert len(cases) > 1900, "the golden files are there and understood"
    cases += scrambled(cases, 1500)
    code = (
        f"from {PACKAGE[project]}.answers.single import read_answer\n"
        "answers = [read_answer(response, options) for response, options in given]\n"
        "assert not any(name.startswith('mmneuroonco_tasks') for name in sys.modules)\n"
        "print(json.dumps([[str(each.outcome), each.letter, each.rule, each.hedged] for each in answers]))\n"
    )
    read = run_in(checkouts[project], tmp_path, code, cases)
    ours = [read_answer(response, options) for response, options in cases]
    assert read == [[str(answer.outcome), answer.letter, answer.rule, answer.hedged] for answer in ours]
    assert {outcome for outcome, *_ in read} == {str(outcome) for outcome in Outcome}, "every outcome is among them"


STYLES = (
    *(*PICKS, *TREACHEROUS, "E", "A lesion is seen.", "Failed to obtain answer via API."),
    "I cannot determine the diagnosis, so none of the above.",
)


def responses_to(benchmark: ClosedBenchmark, seed: int) -> dict[str, str]:
    """A response to each question in one of many styles, its letter drawn."""
    draw = random.Random(seed)
    responses = {}
    for question in benchmark.questions:
        letter = draw.choice([*question.options, question.answer])
        responses[question.qid] = draw.choice(STYLES).format(letter=letter, option=question.options[letter])
    return responses


def our_scores(benchmark: ClosedBenchmark, responses: dict[str, str]) -> dict[str, Any]:
    answers = {qid: read_answer(response, benchmark[qid].options) for qid, response in responses.items()}
    return dict(score_closed(benchmark, answers).metrics)


#: As much of what lmms-eval installs as the task's functions call.
LMMS_EVAL_HAS = """
import types
datasets, loguru = types.ModuleType("datasets"), types.ModuleType("loguru")
datasets.Dataset = types.SimpleNamespace(from_list=lambda rows: [
    {**row, "options": {letter: row["options"].get(letter) for letter in "ABCDE"}} for row in rows
])
loguru.logger = types.SimpleNamespace(info=lambda text: print(text, file=sys.stderr))
sys.modules |= {"datasets": datasets, "loguru": loguru}
"""


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_lmms_eval_task_asks_and_scores_as_we_do(
    seed: int, checkouts: dict[str, Path], phantoms: tuple[ClosedBenchmark, Path], tmp_path: Path
) -> None:
    """Value and standard error of every metric to the last digit, whatever order the items come back in."""
    benchmark, folder = phantoms
    responses = responses_to(benchmark, seed)
    code = f"""{LMMS_EVAL_HAS}
from hashlib import sha256
from {PACKAGE["lmms-eval"]} import utils
documents = utils.mmneuroonco_process_docs(None)
items = {{}}
for document in documents:
    for name, item in utils.mmneuroonco_process_results(document, [given["responses"][document["qid"]]]).items():
        items.setdefault(name, []).append(item)
values = {{
    name: getattr(utils, "mmneuroonco_aggregate_" + name)(found[::-1]) for name, found in items.items()
}}
prompts = {{"pre_prompt": "", "post_prompt": given["post_prompt"]}}
asked = {{
    document["qid"]: [
        utils.mmneuroonco_doc_to_text(document, prompts),
        sha256(utils.mmneuroonco_doc_to_visual(document)[0].tobytes()).hexdigest(),
    ]
    for document in documents
}}
print(json.dumps([values, asked]))
"""
    given = {"responses": responses, "post_prompt": DIRECT.template.partition("{options}")[2]}
    values, asked = run_in(
        checkouts["lmms-eval"], tmp_path, code, given, {"MMNEUROONCO_HOME": str(folder), "MMNEUROONCO_BRATS": ""}
    )
    ours = our_scores(benchmark, responses)
    assert values == {
        **{name: ours[name].value for name in TABLE_METRICS},
        **{f"{name}_stderr": ours[name].stderr for name in TABLE_METRICS},
    }
    assert asked == {
        question.qid: [
            DIRECT.text(question),
            sha256(benchmark.images.open(question.picture).tobytes()).hexdigest(),
        ]
        for question in benchmark.questions
    }


@pytest.mark.parametrize(("seed", "suffix"), [(0, "xlsx"), (1, "tsv"), (2, "json")])
def test_the_vlmevalkit_dataset_asks_and_scores_as_we_do(
    seed: int, suffix: str, checkouts: dict[str, Path], phantoms: tuple[ClosedBenchmark, Path], tmp_path: Path
) -> None:
    """Every metric to the last digit from a sheet as VLMEvalKit's pandas writes it; pictures byte for byte."""
    benchmark, folder = phantoms
    responses = responses_to(benchmark, seed)
    code = """
from pathlib import Path
from vlmeval.dataset import IMAGE_DATASET
dataset = IMAGE_DATASET[-1]("MMNeuroOnco")
rows = dataset.data.to_dict("records")
sheet = dataset.data.copy()
sheet["prediction"] = [given["responses"][qid] for qid in sheet["qid"]]
path = given["path"]
if path.endswith("xlsx"):
    sheet.to_excel(path, index=False)
elif path.endswith("tsv"):
    sheet.to_csv(path, sep="\\t", index=False)
else:
    sheet.to_json(path, orient="records")
print(json.dumps([dataset.evaluate(path), rows]))
"""
    home = {"MMNEUROONCO_HOME": str(folder), "MMNEUROONCO_BRATS": "", "LMUData": str(tmp_path / "lmu")}
    given = {"responses": responses, "path": str(tmp_path / f"m_MMNeuroOnco.{suffix}")}
    values, rows = run_in(checkouts["VLMEvalKit"], tmp_path, code, given, home)
    ours = our_scores(benchmark, responses)
    assert values == {name: ours[name].value for name in TABLE_METRICS}
    assert [row["qid"] for row in rows] == [question.qid for question in benchmark.questions]
    for row, question in zip(rows, benchmark.questions, strict=True):
        assert row["question"] == DIRECT.text(question)
        path = Path(row["image_path"])
        assert path.name == f"{question.picture.id:04d}{path.suffix}", "the name says nothing about the diagnosis"
        assert path.read_bytes() == benchmark.images.path(question.picture).read_bytes()
    assert (tmp_path / "m_MMNeuroOnco_score.json").is_file()


def test_without_brats_both_ask_the_same_scope(
    checkouts: dict[str, Path], phantoms: tuple[ClosedBenchmark, Path], tmp_path: Path
) -> None:
    _, folder = phantoms
    scope = load_benchmark("closed", annotations=folder, images=folder, scope="nobrats")
    home = {"MMNEUROONCO_HOME": str(folder), "MMNEUROONCO_BRATS": "", "LMUData": str(tmp_path / "lmu")}
    lmms = f"from {PACKAGE['lmms-eval']} import utils\nrows = utils.mmneuroonco_process_docs_nobrats(None)\n"
    vlm = (
        "from vlmeval.dataset.mmneuroonco import MMNeuroOnco\n"
        "rows = MMNeuroOnco('MMNeuroOnco_NoBraTS').data.to_dict('records')\n"
    )
    for project, code in (("lmms-eval", LMMS_EVAL_HAS + lmms), ("VLMEvalKit", vlm)):
        shown = f"{code}print(json.dumps([row['qid'] for row in rows]))"
        assert run_in(checkouts[project], tmp_path, shown, None, home) == [question.qid for question in scope.questions]
    assert len(scope) < len(phantoms[0])
