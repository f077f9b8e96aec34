"""A made-up benchmark of some size, and runs of made-up models over it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmneuroonco_tasks.answers.outcome import Answer, Outcome
from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.benchmark.records import CLOSED_TYPES, ClosedBenchmark
from mmneuroonco_tasks.scores import Run, closed_result, score_closed, write_result
from mmneuroonco_tasks.scores.signature import Signature

TEXTS = ("amber", "birch", "cedar", "dune", "elm", "fern")
NONE_OF_THE_ABOVE = "None of the above"


def closed_records(images: int = 40, seed: int = 0) -> list[dict[str, Any]]:
    """A closed annotation file's content: three questions an image, one in five a trap, some of two options."""
    chance = random.Random(seed)
    folders = ("glioma/s1_t1", "meningioma/s2_t2", "healthy/s3_flair")
    records = []
    for image in range(1, images + 1):
        kinds = chance.sample(CLOSED_TYPES, 3)
        pairs = []
        for kind in kinds:
            texts = chance.sample(TEXTS, 4)
            if kind == "diagnosis" and image % 5 == 0:
                options = dict(zip("AB", texts, strict=False))
                pairs.append(_pair(kind, options, chance.choice("AB")))
                continue
            options = dict(zip("ABCDE", [*texts, NONE_OF_THE_ABOVE], strict=True))
            pair = _pair(kind, options, chance.choice("ABCDE"))
            if pair["answer"] == "E":
                pair |= {"meta_trap": True, "meta_original_answer": "heather"}
            pairs.append(pair)
        path = f"{folders[image % len(folders)]}/slice{image}.png"
        records.append({"id": image, "image_path": path, "vqa_pairs": pairs})
    return records


def _pair(kind: str, options: Mapping[str, str], answer: str) -> dict[str, Any]:
    return {"question_type": kind, "question": f"Which {kind} is it?", "options": options, "answer": answer}


def write_closed(folder: Path, images: int = 40, seed: int = 0) -> Path:
    """The annotation file, written."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "closed.json"
    path.write_text(json.dumps(closed_records(images, seed)), encoding="utf-8")
    return path


def made_up_benchmark(folder: Path, images: int = 40, seed: int = 0) -> ClosedBenchmark:
    """The questions, loaded."""
    return load_benchmark("closed", annotations=write_closed(folder, images, seed))


def letters_of(benchmark: ClosedBenchmark, skill: float, seed: int) -> dict[str, str]:
    """What a model picks that knows ``skill`` of the answers and guesses the rest."""
    chance = random.Random(seed)
    return {
        question.qid: question.answer if chance.random() < skill else chance.choice(list(question.options))
        for question in benchmark.questions
    }


def answers_of_letters(letters: Mapping[str, str]) -> dict[str, Answer | None]:
    """The same, read."""
    return {qid: Answer.of_letter(letter, "made up") for qid, letter in letters.items()}


def some_failures(answers: Mapping[str, Answer | None], seed: int = 0) -> dict[str, Answer | None]:
    """The same, where every eighth question came to something without a letter."""
    chance = random.Random(seed)
    kinds = [Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.UNPARSED, Outcome.FAILED]
    return {
        qid: answer if chance.random() > 0.125 else chance.choice([None, *(Answer(k, None, "made up") for k in kinds)])
        for qid, answer in answers.items()
    }


def result_of(
    benchmark: ClosedBenchmark,
    answers: Mapping[str, Answer | None],
    model: str = "made-up",
    *,
    prompt: str = "direct-0a1b2c3d",
    **parts: Any,
) -> dict[str, Any]:
    """A result of the answers; ``parts`` are added to it or replace a section."""
    scores = score_closed(benchmark, answers, subsets={"first_half": _first_half(benchmark)}, resamples=200)
    run = Run(prompt=prompt, per="question", gen="greedy-16", via="made-up-1.0", model=model)
    counts = scores.counts
    signature = Signature.of_run(benchmark, run, failed=counts["failed"], missing=counts["missing"])
    return closed_result(scores, signature) | parts


def _first_half(benchmark: ClosedBenchmark) -> list[str]:
    return [question.qid for question in benchmark.questions[: len(benchmark) // 2]]


def store(path: Path, result: Mapping[str, Any]) -> Path:
    """The result, written as the package writes it."""
    write_result(path, result)
    return path


def write_predictions(path: Path, responses: Mapping[str, str | None]) -> Path:
    """Plain JSONL."""
    lines = (json.dumps({"qid": qid, "response": response}) + "\n" for qid, response in responses.items())
    path.write_text("".join(lines), encoding="utf-8")
    return path
