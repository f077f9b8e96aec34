"""How questions are asked through the real lmms-eval: controls, twins, whole images, a paper's words, probabilities."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from math import log
from pathlib import Path

import pytest
from frameworks import LmmsEval, only, python_of, read_json
from openai_stub import Failure, Messages, OpenAIStub, Told, images_of, pixels, text_of
from standins import draw_standins

from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.prepare import prepare
from mmneuroonco_tasks.frameworks.variants import phantom_home
from mmneuroonco_tasks.prompts import BATCH, DIRECT, read_protocol

pytestmark = pytest.mark.lmms_eval
PHANTOM = "mmneuroonco_phantom_closed"


@pytest.fixture(scope="module")
def lmms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LmmsEval]:
    home = tmp_path_factory.mktemp("lmms") / "home"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MMNEUROONCO_HOME", str(home))
        yield LmmsEval(python_of("MMNEUROONCO_LMMS_EVAL_PYTHON"), home)


@pytest.fixture(scope="module")
def phantoms(lmms: LmmsEval) -> ClosedBenchmark:
    return load_benchmark("closed", home=phantom_home())


class SureModel:
    """Picks the key or the letter after it, with probabilities drawn by the question's id.

    Of ten questions one is answered in a sentence, whose first token is no letter, and one never.
    """

    def __init__(self, benchmark: ClosedBenchmark) -> None:
        self.question_of = {
            (pixels(benchmark.images.open(question.picture)), DIRECT.text(question)): question
            for question in benchmark.questions
        }

    @staticmethod
    def drawn(question: ClosedQuestion) -> tuple[int, str, dict[str, float]]:
        """Kind of answer, pick, and probabilities of the letters."""
        digest = sha256(question.qid.encode()).digest()
        letters = list(question.options)
        pick = letters[(letters.index(question.answer) + (digest[1] % 3 == 0)) % len(letters)]
        surest = (40 + digest[2] % 55) / 100
        others = [letter for letter in letters if letter != pick]
        shares = {letter: (1 - surest) * 0.9 * (1 + digest[3] % 4 * (letter == "E")) for letter in others}
        return digest[0] % 10, pick, {pick: surest, **{each: value / 4 / len(others) for each, value in shares.items()}}

    def __call__(self, messages: Messages, number: int) -> Failure | Told:
        question = self.question_of[pixels(images_of(messages)[0]), text_of(messages)]
        kind, pick, probabilities = self.drawn(question)
        if kind == 9:
            return Failure(500)
        # Each letter in two spellings, as tokenisers have them, and something that is no letter.
        spelt = {f"{space}{letter}": log(p / 2) for letter, p in probabilities.items() for space in ("", " ")}
        if kind == 8:
            return Told((("The", {"The": log(0.9), **spelt}), (" answer is ", {}), (pick, spelt)))
        return Told(((pick, {**spelt, "The": log(0.001)}), (".", {".": 0.0})))


def test_the_samples_carry_what_the_endpoint_tells_and_score_is_the_same(
    lmms: LmmsEval, phantoms: ClosedBenchmark, tmp_path: Path
) -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    with OpenAIStub(SureModel(phantoms)) as stub:
        done = lmms.run(
            *("lmms-eval", "--tasks", PHANTOM, "--model", "mmneuroonco_openai"),
            *("--model_args", f"model=stub,base_url={stub.base_url},api_key=none,max_retries=1,retry_backoff_s=0"),
            *("--output_path", str(tmp_path), "--log_samples"),
        )
    assert {(r.body["logprobs"], r.body["top_logprobs"], r.body["max_tokens"]) for r in stub.requests} == {
        (True, 20, DIRECT.max_new_tokens)
    }
    result = read_json(only(tmp_path, "*_result.json"))
    drawn = {question.qid: SureModel.drawn(question) for question in phantoms.questions}
    with_letter_first = {qid: own for qid, own in drawn.items() if own[0] < 8}
    assert result["metrics"]["aurc"]["n"] == len(with_letter_first) < len(phantoms), done.output[-3000:]
    assert result["counts"]["failed"] == sum(kind == 9 for kind, *_ in drawn.values()) > 0

    samples = only(tmp_path, "*_samples_*.jsonl")
    records = [json.loads(line)["accuracy"] for line in samples.read_text(encoding="utf-8").splitlines()]
    carried = {record["qid"]: record["probabilities"] for record in records if "probabilities" in record}
    assert carried.keys() == with_letter_first.keys()
    for qid, (_, _, probabilities) in with_letter_first.items():
        assert carried[qid] == pytest.approx(probabilities)

    offered = [q for q in phantoms.questions if q.offers_rejection and q.qid in carried]
    rejection = [carried[q.qid].get("E", 0.0) for q in offered]
    traps = [q.trap for q in offered]
    assert result["metrics"]["trap_auroc"]["value"] == pytest.approx(roc_auc_score(traps, rejection))
    expected = average_precision_score(traps, rejection)
    assert result["metrics"]["trap_average_precision"]["value"] == pytest.approx(expected)
    assert lmms.score(samples) == result


def paired(lmms: LmmsEval, run: Path, second: Path) -> dict[str, dict[str, float]]:
    """What ``mmneuroonco dual --json`` says of two results."""
    done = lmms.run("mmneuroonco", "dual", str(run), str(second), "--json")
    found: dict[str, dict[str, float]] = json.loads(done.output)["metrics"]
    return found


def test_groups_run_a_model_with_its_controls_and_its_twin(
    lmms: LmmsEval, phantoms: ClosedBenchmark, tmp_path: Path
) -> None:
    def runs(tasks: str, *model_arguments: str) -> Callable[[str], Path]:
        out = tmp_path / "_".join(("out", *model_arguments))
        model = ("--model", "mmneuroonco_reference", *(f"--model_args={each}" for each in model_arguments))
        model = (*model, "--limit", "120")  # the reader needs a minute for all
        done = lmms.run("lmms-eval", "--tasks", tasks, *model, "--output_path", str(out))
        assert done.returncode == 0, done.output[-3000:]
        return lambda ending: only(out, f"*_{PHANTOM}{ending}_result.json")

    # A task may stand in one group of a run only.
    sees = runs(f"{PHANTOM}_look,{PHANTOM}_restored")
    for control in ("_blind", "_swapped"):
        assert paired(lmms, sees(""), sees(control))["vision_gain"]["low"] > 0.6
    twins = paired(lmms, sees(""), sees("_restored"))
    assert twins["dual_accuracy_traps"]["value"] > 0.9 and abs(twins["delta_nota"]["value"]) < 0.1

    text_only = runs(f"{PHANTOM}_dual,{PHANTOM}_blind", "blind=True")
    gain = paired(lmms, text_only(""), text_only("_blind"))["vision_gain"]
    assert (gain["value"], gain["low"], gain["high"]) == (0.0, 0.0, 0.0)
    assert paired(lmms, text_only(""), text_only("_restored"))["dual_accuracy_traps"]["value"] < 0.4


def test_a_papers_own_words_are_asked_and_signed(lmms: LmmsEval, phantoms: ClosedBenchmark, tmp_path: Path) -> None:
    template = {
        "name": "paper",
        "system": "You read slices.",
        "template": "{question}\n{options}\nSay {letters}.",
        "image": "last",
        "max_new_tokens": 5,
    }
    path = tmp_path / "paper.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    with OpenAIStub(lambda messages, number: "B") as stub:
        done = lmms.run(
            *("lmms-eval", "--tasks", PHANTOM, "--model", "openai", "--limit", "3"),
            *("--model_args", f"model=stub,base_url={stub.base_url},api_key=none"),
            MMNEUROONCO_PROTOCOL=str(path),
        )
    protocol = read_protocol(path)
    assert f"|prompt:{protocol.key}|per:question|gen:greedy-5|" in done.signature
    assert protocol.key.startswith("paper-")
    assert {request.text for request in stub.requests} == {protocol.text(q) for q in phantoms.questions[:3]}
    for request in stub.requests:
        assert request.order == ["text", "image_url"] and request.body["max_tokens"] == 5
        assert request.messages[0]["role"] == "system" and "You read slices." in json.dumps(request.messages[0])


def test_a_thousand_requests_ask_all_released_questions_and_score_as_one_each(
    lmms: LmmsEval, released: Path, tmp_path: Path
) -> None:
    """The stub answers by the text alone, so that a question gets the same letter however it is asked."""
    draw_standins(released / "benchmark" / "mm-neuroonco_benchmark_closed_v1.0.json", tmp_path / "pictures")
    home = LmmsEval(lmms.python, tmp_path / "home")
    prepare(Home(home.home), [released / "benchmark"], [tmp_path / "pictures"])
    benchmark = load_benchmark("closed", home=Home(home.home))

    replies: dict[str, str] = {}
    of_image: dict[int, list[ClosedQuestion]] = {}
    for question in benchmark.questions:
        of_image.setdefault(question.picture.id, []).append(question)
        letters = [*question.options, question.answer, question.answer]
        drawn = sha256(DIRECT.text(question).encode()).digest()[0] % len(letters)
        replies.setdefault(DIRECT.text(question), letters[drawn])
    for own in of_image.values():
        letters = [replies[DIRECT.text(question)] for question in own]
        replies[BATCH.text(*own)] = "\n".join(f"Q{number}: {letter}" for number, letter in enumerate(letters, 1))
    with OpenAIStub(lambda messages, number: replies[text_of(messages)]) as stub:
        home.run(
            *("lmms-eval", "--tasks", "mmneuroonco_closed,mmneuroonco_closed_batch", "--model", "openai"),
            *("--model_args", f"model=stub,base_url={stub.base_url},api_key=none,max_retries=1"),
            *("--output_path", str(tmp_path / "out"), "--log_samples"),
        )
    in_batches = [request for request in stub.requests if request.text.startswith("Answer every one of the ")]
    assert len(in_batches) == 1000 and len(stub.requests) - len(in_batches) == 3190
    direct = read_json(only(tmp_path / "out", "*_mmneuroonco_closed_result.json"))
    batch = read_json(only(tmp_path / "out", "*_mmneuroonco_closed_batch_result.json"))
    assert 0.35 < direct["metrics"]["accuracy"]["value"] < 0.45
    assert batch["counts"]["asked"] == 3190
    assert (batch["signature"]["per"], direct["signature"]["per"]) == ("image", "question")
    alike = [section for section in direct if section not in ("signature", "signature_line", "answers")]
    assert {name: batch[name] for name in alike} == {name: direct[name] for name in alike}
    assert home.score(only(tmp_path / "out", "*_samples_mmneuroonco_closed_batch.jsonl")) == batch
    # Each subset has its own rows of not looking, here as in every closed result.
    assert set(batch["subset_trust_rows"]["uncontested"]) == set(batch["trust_rows"])
    assert set(batch["trust_rows"]) - set(batch["subset_trust_rows"]["image_needed"]) == {"text_only_logistic"}
