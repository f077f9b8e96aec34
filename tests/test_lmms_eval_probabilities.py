"""The first token's probabilities, from an OpenAI-compatible endpoint through the real lmms-eval to the score."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from math import exp, log
from pathlib import Path

import pytest
from frameworks import LmmsEval, only, python_of, read_json
from openai_stub import Failure, Messages, OpenAIStub, Told, images_of, text_of
from PIL import Image

from mmneuroonco_tasks.benchmark import ClosedBenchmark, ClosedQuestion, load_benchmark
from mmneuroonco_tasks.frameworks.variants import phantom_home
from mmneuroonco_tasks.prompts import DIRECT

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
            (_pixels(benchmark.images.open(question.picture)), DIRECT.text(question)): question
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
        with Image.open(BytesIO(bytes(images_of(messages)[0]))) as image:  # type: ignore[arg-type]
            question = self.question_of[_pixels(image.convert("RGB")), text_of(messages)]
        kind, pick, probabilities = self.drawn(question)
        if kind == 9:
            return Failure(500)
        # Each letter in two spellings, as tokenisers have them, and something that is no letter.
        spelt = {f"{space}{letter}": log(p / 2) for letter, p in probabilities.items() for space in ("", " ")}
        if kind == 8:
            return Told((("The", {"The": log(0.9), **spelt}), (" answer is ", {}), (pick, spelt)))
        return Told(((pick, {**spelt, "The": log(0.001)}), (".", {".": 0.0})))


def _pixels(picture: Image.Image) -> str:
    return sha256(picture.tobytes()).hexdigest()


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
    assert exp(log(0.001)) < 1  # the token that is no letter is in no probability
