"""Mutates files that our readers know and hands them over: each must be read, or refused by an error meant for users.

python tests/fuzz/fuzz_readers.py --seconds 60 [--seed 0] [--reader NAME] [--found FOLDER]

What a reader fails on otherwise, or takes more than ``SLOW`` seconds for, is written to the folder, to become a test
in ``test_fuzz_found.py``. ``make test`` runs a few hundred inputs of each reader, always the same ones.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from made_up import closed_annotations, open_annotations, picture_bytes, pictures_zip  # noqa: E402

from mmneuroonco_tasks.answers import read_answer, read_batch  # noqa: E402
from mmneuroonco_tasks.benchmark import images  # noqa: E402
from mmneuroonco_tasks.benchmark.home import Home  # noqa: E402
from mmneuroonco_tasks.benchmark.places import place_at  # noqa: E402
from mmneuroonco_tasks.benchmark.reading import parse_json_bytes, parse_questions  # noqa: E402
from mmneuroonco_tasks.benchmark.scopes import read_qids  # noqa: E402
from mmneuroonco_tasks.frameworks.kept_responses import KeptResponses  # noqa: E402
from mmneuroonco_tasks.instructions.reading import scan  # noqa: E402
from mmneuroonco_tasks.judge.verdict import read_verdict  # noqa: E402
from mmneuroonco_tasks.predictions import read_predictions  # noqa: E402
from mmneuroonco_tasks.prompts import read_protocol  # noqa: E402
from mmneuroonco_tasks.scores import read_result  # noqa: E402

#: No input of a few kilobytes may take longer.
SLOW = 5.0


@dataclass(frozen=True)
class Reader:
    """A reader under test: whole inputs to begin with, and how it is called."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes, Path], object]


def is_for_users(error: Exception) -> bool:
    """Whether an error is one of ours, whose message is a sentence for users."""
    return isinstance(error, ValueError) and type(error).__module__.startswith("mmneuroonco_tasks.")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _lines(*records: Any) -> bytes:
    return b"".join(_json(record) + b"\n" for record in records)


def _from_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    def written(content: bytes, folder: Path) -> object:
        path = folder / name
        path.write_bytes(content)
        return read(path)

    return written


def _whole_zip(path: Path) -> None:
    place = place_at(path)
    for name in place.names():
        place.read(name)


def _kept(path: Path) -> None:
    KeptResponses(path).add([("r", "1_q1", "B")])
    if KeptResponses(path).get("r") != "B":
        raise AssertionError("a response that was kept is gone")


def _sheet(delimiter: str, *header: str) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([header, ["1", "1_q1", 'It is B, not "A"'], ["2", "2_q1", "Sorry,\nI cannot tell."]])
    return stream.getvalue().encode()


def _excel() -> bytes:
    from openpyxl import Workbook

    book, stream = Workbook(), io.BytesIO()
    for row in (("index", "qid", "prediction"), (1, "1_q1", "B"), (2, "2_q1", "=1+1")):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


OPTIONS = {"A": "T1_CE", "B": "Round/Oval", "C": "No lesion", "D": "Cannot be determined", "E": "None of the above"}
_SAMPLE = {
    "doc_id": 0,
    "filtered_resps": ["B"],
    "accuracy": {"qid": "1_q1", "task": "mmneuroonco_closed", "outcome": "answered", "letter": "B", "rule": "x"},
}
_RELEASED = {"id": 1, "image_path": "healthy/s1_t2/scan (1).jpg", "q_index": 0, "pred": "B", "raw": "It is B"}
_MARKS = b'"correctness": 3, "contradicts_reference": false, "unsupported_findings": [], "refused": false'
_TEMPLATE = {"name": "mine", "template": "{question}\n{options}\nAnswer:", "max_new_tokens": 16}
_RESULT = {"schema": "mmneuroonco-result/1", "task": "closed", "signature": {}, "signature_line": "", "metrics": {}}
_INSTRUCTION = {"image_path": "a/b/c.png", "conversations": [{"from": "human", "value": "Which?\nA. x\nB. y"}]}
_TALK = (
    b"I think the answer is **B** (Round/Oval), not A.",
    b"<think>maybe C</think>\n\\boxed{E}",
    b'```json\n{"answer": "A"}\n```',
    "Q1: A\nQ2) None of these\n3. 答案是C".encode(),
    b"I'm sorry, I cannot determine that from the image, but if pressed: D",
)


def readers() -> dict[str, Reader]:
    """Every reader of files, responses and replies that come from elsewhere."""
    predictions = lambda path: read_predictions(path, image_ids=lambda: {"healthy/s1_t2/scan (1).jpg": 1})  # noqa: E731
    manifest = {
        "schema": "mmneuroonco-manifest/1",
        "files": {"images/0001.png": {"size": 1, "mtime_ns": 2, "sha256": "a"}},
    }
    return {
        "closed annotations": Reader(
            (_json(closed_annotations()),), lambda data, _: parse_questions(parse_json_bytes(data, "x"), "closed", "x")
        ),
        "open annotations": Reader(
            (_json(open_annotations()),), lambda data, _: parse_questions(parse_json_bytes(data, "x"), "open", "x")
        ),
        "manifest": Reader(
            (_json(manifest),),
            lambda data, folder: (
                (folder / "manifest.json").write_bytes(data),
                Home(folder).image_files(Home(folder).manifest()),
            ),
        ),
        "zip": Reader((pictures_zip(),), _from_file("pictures.zip", _whole_zip)),
        "picture": Reader(
            tuple(picture_bytes(1, suffix) for suffix in (".png", ".jpg", ".bmp")),
            lambda data, _: images.problem_in(data),
        ),
        "list of qids": Reader((b"1_q1\n2_q1\n# all\n",), _from_file("asked.txt", read_qids)),
        "protocol": Reader((_json(_TEMPLATE),), _from_file("template.json", read_protocol)),
        "predictions jsonl": Reader(
            (
                _lines({"qid": "1_q1", "response": "B"}, {"qid": "2_q1", "response": None}),
                _lines(_SAMPLE),
                _lines(_RELEASED),
            ),
            _from_file("predictions.jsonl", predictions),
        ),
        "predictions csv": Reader(
            (_sheet(",", "n", "qid", "response"), _sheet(",", "index", "qid", "prediction")),
            _from_file("predictions.csv", predictions),
        ),
        "predictions json": Reader(
            (_json([{"index": 1, "qid": "1_q1", "prediction": "B"}]), _json({"eval": {"task": "x"}, "samples": []})),
            _from_file("predictions.json", predictions),
        ),
        "predictions xlsx": Reader((_excel(),), _from_file("predictions.xlsx", predictions)),
        "result": Reader((_json(_RESULT),), _from_file("result.json", read_result)),
        "instruction samples": Reader(
            (_lines(_INSTRUCTION, _INSTRUCTION),), _from_file("samples.jsonl", lambda path: list(scan(path)))
        ),
        "kept responses": Reader(
            (_lines({"qid": "1_q1", "response": "B", "request": "q"}),), _from_file("kept.jsonl", _kept)
        ),
        "verdict of a judge": Reader(
            (b"{" + _MARKS + b"}", b'Well: {"item": "i", ' + _MARKS + b"}"),
            lambda data, _: read_verdict(_text(data), "It is small.", "i"),
        ),
        "answer": Reader(_TALK, lambda data, _: read_answer(data.decode("utf-8", "replace"), OPTIONS)),
        "answers of an image": Reader(
            _TALK, lambda data, _: read_batch(data.decode("utf-8", "replace"), [OPTIONS] * 3)
        ),
    }


#: Put in at random: what parsers stumble over.
TOKENS = [
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80"),
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"9" * 400, b"-1", b"0.5", b'""', b"\\ud800", b"\\u0000"),
    *(b"../", b"/etc/x", b"C:\\", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80", b"=1+1", b"[" * 2000, b"A" * 3000, b" " * 500),
    *(
        b"E",
        b" not ",
        b"None of the above",
        b"**",
        b"```",
        b"<think>",
        b"</think>",
        b"\\boxed{",
        b"option ",
        b"cannot ",
    ),
]


def mutated(content: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:
    """The content after a few random changes."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        place = chance.randrange(len(data) + 1)
        end = min(len(data), place + chance.choice((1, 1, 4, 30, 300)))
        kind = chance.randrange(7)
        if kind == 0 and place < len(data):
            data[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[place:end]
        elif kind == 2:
            data[place:place] = chance.choice(TOKENS)
        elif kind == 3:
            data[place:end] = chance.choice(TOKENS)
        elif kind == 4:
            data[place:place] = data[place:end] * chance.choice((1, 2, 20))
        elif kind == 5:
            other = chance.choice(others)
            data[place:end] = other[chance.randrange(len(other)) :][: chance.choice((5, 50, 500))]
        else:
            del data[place + chance.choice((0, 0, 100)) :]
    return bytes(data[:20_000])


def complaint(reader: Reader, content: bytes, folder: Path) -> str | None:
    """What is wrong with how a reader takes an input, or ``None``."""
    begun = time.process_time()
    try:
        reader.read(content, folder)
    except Exception as error:
        if not is_for_users(error):
            return f"{type(error).__name__}: {error!s:.200}"
        if "\n" in str(error):
            return f"more than a line: {error!s:.200}"
    spent = time.process_time() - begun
    return f"took {spent:.1f} s" if spent > SLOW else None


def fuzz(name: str, reader: Reader, count: int, seed: int, found: Callable[[bytes, str], None]) -> None:
    """Hand ``count`` inputs to a reader. Equal seeds give equal inputs."""
    chance = random.Random(f"{name} {seed}")
    # In memory where there is such a folder: files come and go by the thousand.
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with TemporaryDirectory(prefix="fuzz-", dir=memory) as folder:
        for _ in range(count):
            content = mutated(chance.choice(reader.seeds), chance, reader.seeds)
            problem = complaint(reader, content, Path(folder))
            if problem is not None:
                found(content, problem)


def main() -> None:
    """Fuzz all readers in turn until the time is up; exit code 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", action="append", help="only these")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    options = parser.parse_args()
    chosen = {name: reader for name, reader in readers().items() if not options.reader or name in options.reader}
    counts: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    end, number = time.monotonic() + options.seconds, options.seed
    while time.monotonic() < end:
        for name, reader in chosen.items():

            def found(content: bytes, problem: str, name: str = name) -> None:
                failed[f"{name}: {problem[:90]}"] += 1
                options.found.mkdir(parents=True, exist_ok=True)
                path = options.found / f"{name.replace(' ', '-')}-{sha256(content).hexdigest()[:12]}"
                path.write_bytes(content)

            # Most readers take a quarter of a millisecond; slow ones get fewer inputs of each seed.
            count = 1000 if spent[name] <= counts[name] * 1e-3 else 200
            begun = time.monotonic()
            fuzz(name, reader, count, number, found)
            counts[name] += count
            spent[name] += time.monotonic() - begun
        number += 1
    for name, count in counts.items():
        print(f"{name:22s} {count:9,d} inputs, {spent[name] / count * 1e3:6.2f} ms each")
    print(f"{sum(counts.values()):,d} inputs in all, seeds {options.seed} to {number - 1}")
    for problem, times in failed.most_common():
        print(f"FAILED {times} ×  {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
