"""Every reader of what comes from elsewhere, with whole inputs to begin with: files, names, responses, replies.

Readers that want another package (pyarrow, imagehash, inspect_ai) are listed where it is installed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

from made_up import PATHS, closed_annotations, open_annotations, picture_bytes, pictures_zip, zip_bytes
from made_up_runs import answers_of_letters, letters_of, made_up_benchmark, result_of
from test_inspect_logs import log, sample

from mmneuroonco_tasks.answers import read_answer, read_batch
from mmneuroonco_tasks.benchmark import Picture, images, load_benchmark
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.hub import list_dataset
from mmneuroonco_tasks.benchmark.layouts import ImageIndex
from mmneuroonco_tasks.benchmark.loading import find_annotations
from mmneuroonco_tasks.benchmark.places import place_at
from mmneuroonco_tasks.benchmark.reading import parse_json_bytes, parse_questions
from mmneuroonco_tasks.benchmark.records import OpenQuestion
from mmneuroonco_tasks.benchmark.scopes import read_qids
from mmneuroonco_tasks.frameworks import variants
from mmneuroonco_tasks.frameworks.kept_responses import KeptResponses
from mmneuroonco_tasks.frameworks.token_probabilities import probabilities_told
from mmneuroonco_tasks.instructions.fingerprints import look_at
from mmneuroonco_tasks.instructions.reading import scan
from mmneuroonco_tasks.judge import endpoint
from mmneuroonco_tasks.judge.store import VerdictFile
from mmneuroonco_tasks.judge.verdict import read_verdict
from mmneuroonco_tasks.predictions import read_predictions
from mmneuroonco_tasks.prompts import read_protocol
from mmneuroonco_tasks.released_extractors import (
    RELEASED_BATCH_EXTRACTORS,
    RELEASED_EXTRACTORS,
    read_released,
    read_released_batch,
)
from mmneuroonco_tasks.reports.comparable import answers_of
from mmneuroonco_tasks.reports.formats import TABLE_FORMATS
from mmneuroonco_tasks.reports.leaderboard import leaderboard
from mmneuroonco_tasks.reports.result_tables import result_tables
from mmneuroonco_tasks.reports.shown import shown
from mmneuroonco_tasks.scores import read_result, text_only
from mmneuroonco_tasks.scores.judgement import Judgement
from mmneuroonco_tasks.scores.open_reading import read_open
from mmneuroonco_tasks.scores.overlap import bleu_statistics, rouge_l
from mmneuroonco_tasks.upstream import lmms_eval as lmms_eval_checkout
from mmneuroonco_tasks.upstream import validation
from mmneuroonco_tasks.upstream import vlmevalkit as vlmevalkit_checkout
from mmneuroonco_tasks.upstream.checkout import PlaceNotFound


@dataclass(frozen=True)
class Reader:
    """A reader under test: whole inputs to begin with, and how it is called with an input and a folder of its own."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes, Path], object]


def readers() -> dict[str, Reader]:
    """All of them, by name."""
    return {**_of_the_benchmark(), **_of_predictions(), **_of_results(), **_of_what_is_kept(), **_of_texts()}


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


# Annotations, pictures and what they come in


def _of_the_benchmark() -> dict[str, Reader]:
    annotations = zip_bytes({"x/mm-neuroonco_benchmark_closed_v1.0.json": _json(closed_annotations()[:1])})
    manifest = {
        "schema": "mmneuroonco-manifest/1",
        "files": {"images/0001.png": {"size": 1, "mtime_ns": 2, "sha256": "a"}},
    }
    names = "\n".join([*PATHS.values(), "images/0003.png", "mine/brats2021_90001/T1CE.png", "a (1).PNG"])
    listing = {"id": "x/y", "sha": "c0ffee", "siblings": [{"rfilename": "a.zip", "size": 3, "lfs": {"sha256": "ab"}}]}
    return {
        "closed annotations": Reader(
            (_json(closed_annotations()),), lambda data, _: parse_questions(parse_json_bytes(data, "x"), "closed", "x")
        ),
        "open annotations": Reader(
            (_json(open_annotations()),), lambda data, _: parse_questions(parse_json_bytes(data, "x"), "open", "x")
        ),
        "annotations in a zip": Reader(
            (annotations,), _from_file("annotations.zip", lambda path: find_annotations(path, "closed"))
        ),
        "manifest": Reader((_json(manifest),), _from_file("manifest.json", _manifest)),
        "zip": Reader((pictures_zip(),), _from_file("pictures.zip", _whole_zip)),
        "picture": Reader(
            tuple(picture_bytes(1, suffix) for suffix in (".png", ".jpg", ".bmp")) + _more_pictures(),
            lambda data, _: images.problem_in(data),
        ),
        "names of files": Reader((names.encode(),), lambda data, _: _find(_text(data).split("\n"))),
        "listing of the hub": Reader((_json(listing),), lambda data, _: _listed(data)),
        "list of qids": Reader((b"1_q1\n2_q1\n# all\n",), _from_file("asked.txt", read_qids)),
        "protocol": Reader((_json(_TEMPLATE),), _from_file("template.json", read_protocol)),
        "marker of the phantoms": Reader((b'{"phantom": 1}',), _from_file("phantom.json", variants._drawn_by)),
    }


_TEMPLATE = {"name": "mine", "template": "{question}\n{options}\nAnswer:", "max_new_tokens": 16}


def _manifest(path: Path) -> None:
    home = Home(path.parent)
    home.image_store(home.manifest()).problems([Picture(1, PATHS[1], 1)])


def _whole_zip(path: Path) -> None:
    place = place_at(path)
    for name in place.names():
        place.read(name)


def _more_pictures() -> tuple[bytes, ...]:
    """A GIF, a TIFF, a WebP, and a PNG with a palette and text in it."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    picture, told, written = Image.new("P", (24, 20), 3), PngInfo(), []
    told.add_itxt("made", "up" * 20, zip=True)
    picture.putpalette(bytes(range(256)) * 3)
    for form, more in (("GIF", {}), ("TIFF", {}), ("WEBP", {}), ("PNG", {"pnginfo": told, "transparency": 3})):
        stream = io.BytesIO()
        picture.save(stream, form, **more)  # type: ignore[arg-type]
        written.append(stream.getvalue())
    return tuple(written)


def _find(names: list[str]) -> None:
    index = ImageIndex(names)
    for image_id, path in PATHS.items():
        index.find(Picture(image_id, path, image_id))
        index.find_slice(Picture(image_id, path, image_id))


def _listed(data: bytes) -> None:
    """What the hub answers, given to the hub's client below its connection."""
    from huggingface_hub.hf_api import DatasetInfo

    with patch("huggingface_hub.HfApi.dataset_info", lambda *_, **__: DatasetInfo(**json.loads(data))):
        dataset = list_dataset(lambda _: None)
        dataset.annotations()
        dataset.image_zips()


# Predictions


_SAMPLE = {
    "doc_id": 0,
    "filtered_resps": ["B"],
    "accuracy": {"qid": "1_q1", "task": "mmneuroonco_closed", "outcome": "answered", "letter": "B", "rule": "x"},
}
_RELEASED = {"id": 1, "image_path": "healthy/s1_t2/scan (1).jpg", "q_index": 0, "pred": "B", "raw": "It is B"}
_LIKELY = {"qid": "1_q1", "response": "B", "probabilities": {"A": 0.25, "B": 0.5}}


def _of_predictions() -> dict[str, Reader]:
    def read(path: Path) -> object:
        return read_predictions(path, image_ids=lambda: {"healthy/s1_t2/scan (1).jpg": 1})

    of_image = {**_SAMPLE, "accuracy": [_SAMPLE["accuracy"], {"qid": "1_q2", "run": {"model": "m"}}]}
    whole_image = log(
        sample("1_q1", "Q1: A"), metadata={"mmneuroonco_prompt": "batch-1a2b3c4d", "mmneuroonco_per": "image"}
    )
    whole_image["samples"][0]["scores"] = {"s": {"metadata": {"answers": {"1_q1": {}, "1_q2": {}}}}}
    sheet = [{"index": 1, "qid": "1_q1", "prediction": "B"}]
    by_column = {"columns": ["index", "qid", "prediction"], "data": [[1, "1_q1", "B"]]}
    found = {
        "predictions jsonl": Reader(
            (
                _lines({"qid": "1_q1", "response": "B"}, {"qid": "2_q1", "response": None}),
                *(_lines(_SAMPLE), _lines(of_image), _lines(_RELEASED), _lines(_LIKELY)),
            ),
            _from_file("predictions.jsonl", read),
        ),
        "predictions csv": Reader(
            (_sheet(",", "n", "qid", "response"), _sheet(",", "index", "qid", "prediction")),
            _from_file("predictions.csv", read),
        ),
        "predictions tsv": Reader(
            (_sheet("\t", "n", "qid", "response"), _sheet("\t", "index", "qid", "prediction")),
            _from_file("m_MMNeuroOnco.tsv", read),
        ),
        "predictions json": Reader(
            (_json(sheet), _json(by_column), _json({"eval": {"task": "x"}, "samples": []})),
            _from_file("m_MMNeuroOnco.json", read),
        ),
        "predictions xlsx": Reader((_excel(),), _from_file("predictions.xlsx", read)),
        "parts of an xlsx": Reader(_excel_parts(), lambda data, folder: read(_repacked(data, folder))),
        "inspect_ai log": Reader(
            (_json(log(sample("1_q1", "B"), sample("1_q2", "x", error=True))), _json(whole_image)),
            _from_file("2026-11-21T03-17-15_mmneuroonco-closed_x.json", read),
        ),
    }
    if find_spec("pyarrow"):
        found["predictions parquet"] = Reader(_parquets(), _from_file("predictions.parquet", read))
    if find_spec("inspect_ai"):
        found["inspect_ai eval"] = Reader((_eval_log(),), _from_file("x.eval", read))
    return found


def _sheet(delimiter: str, *header: str) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([header, ["1", "1_q1", 'It is B, not "A"'], ["2", "2_q1", "Sorry,\nI cannot tell."]])
    return stream.getvalue().encode()


@cache
def _excel() -> bytes:
    from openpyxl import Workbook

    book, stream = Workbook(), io.BytesIO()
    for row in (("index", "qid", "prediction"), (1, "1_q1", "B"), (2, "2_q1", "=1+1")):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def _excel_parts() -> tuple[bytes, ...]:
    """The workbook's parts, each below a line with its name."""
    with ZipFile(io.BytesIO(_excel())) as packed:
        return tuple(name.encode() + b"\n" + packed.read(name) for name in packed.namelist() if "xml" in name)


def _repacked(data: bytes, folder: Path) -> Path:
    """The workbook with another part, under right checksums: what a mutated zip never gets to."""
    path, (changed, _, content) = folder / "parts.xlsx", data.partition(b"\n")
    with ZipFile(io.BytesIO(_excel())) as packed, ZipFile(path, "w") as written:
        for name in packed.namelist():
            written.writestr(name, content if name.encode() == changed else packed.read(name))
    return path


def _parquets() -> tuple[bytes, ...]:
    from pyarrow import Table
    from pyarrow.parquet import write_table

    rows = {"qid": ["1_q1", "2_q1"], "response": ["B", None]}
    written = []
    for columns, compression in ((rows, "none"), ({**rows, "probabilities": [{"A": 0.5}, None]}, "snappy")):
        stream = io.BytesIO()
        write_table(Table.from_pydict(columns), stream, compression=compression)
        written.append(stream.getvalue())
    return tuple(written)


def _eval_log() -> bytes:
    """A short log, as inspect_ai itself stores it."""
    from inspect_ai.log import EvalLog, write_eval_log

    told = {
        "created": "2026-11-21T03:17:15+00:00",
        "task": "mmneuroonco_tasks/mmneuroonco_closed",
        "dataset": {"sample_ids": ["1_q1"]},
        "model": "openai/x",
        "config": {},
        "metadata": {"mmneuroonco_prompt": "direct-1a2b3c4d", "mmneuroonco_per": "question"},
    }
    answer = {"model": "x", "choices": [{"message": {"role": "assistant", "content": "B"}, "stop_reason": "stop"}]}
    asked = {"id": "1_q1", "epoch": 1, "input": "Which?", "target": "B", "output": answer}
    whole = EvalLog.model_validate({"version": 2, "status": "success", "eval": told, "samples": [asked]})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.eval"
        write_eval_log(whole, str(path))
        return path.read_bytes()


# Results and what lies beside them


def _of_results() -> dict[str, Reader]:
    beside = {"results": {"mmneuroonco_closed": {"accuracy,none": 0.5}}, "model_name": "m"}
    return {
        "result": Reader(_results(), _from_file("result.json", read_result)),
        "result in tables": Reader(_results(), _from_file("result.json", _tables)),
        "result beside samples": Reader(_results(), lambda data, folder: _beside(data, folder)),
        "results of a checkout": Reader(
            (_json(beside),),
            lambda data, folder: (
                (folder / "x_results.json").write_bytes(data),
                validation._theirs(folder / "x_samples_mmneuroonco_closed.jsonl"),
            ),
        ),
        "files of a checkout": Reader((_CODE,), lambda data, _: _edited(_text(data))),
    }


@cache
def _results() -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        benchmark = made_up_benchmark(Path(folder), images=2)
        result = result_of(benchmark, answers_of_letters(letters_of(benchmark, 0.5, 1)))
    part = {name: estimate for name, estimate in result["metrics"].items() if name in ("accuracy", "h_score")}
    least = {"schema": result["schema"], "task": "closed", "signature": {}, "signature_line": "", "metrics": {}}
    keys = ("schema", "task", "signature", "signature_line", "counts", "confusion", "letters", "answers")
    small = {**{key: result[key] for key in keys if key in result}, "metrics": part}
    return _json(result), _json(small), _json(least)


def _tables(path: Path) -> None:
    result = read_result(path)
    answers_of(result, str(path))
    runs = shown([result, result])
    for table in (*result_tables(runs), *leaderboard(runs)):
        for written in TABLE_FORMATS.values():
            written(table)


def _beside(data: bytes, folder: Path) -> None:
    (folder / "x_mmneuroonco_closed_result.json").write_bytes(data)
    (folder / "x_samples_mmneuroonco_closed.jsonl").write_bytes(_lines(_SAMPLE))
    read_predictions(folder / "x_samples_mmneuroonco_closed.jsonl")
    (folder / "m_MMNeuroOnco_result.json").write_bytes(data)
    (folder / "m_MMNeuroOnco.json").write_bytes(_json([{"index": 1, "qid": "1_q1", "prediction": "B"}]))
    read_predictions(folder / "m_MMNeuroOnco.json")


_CODE = b"""# Title
## News
- [Ant](x)
- [Cat](x)
from .image_base import ImageBase
from .video import Video
IMAGE_DATASET = [
    Ant, Cat,
]
"""


def _edited(text: str) -> None:
    for edits in (lmms_eval_checkout.edits("2026-11-21"), vlmevalkit_checkout.edits("2026-11-21")):
        for edit in edits.values():
            with suppress(PlaceNotFound):  # told as an edit to be made by hand
                edit.apply(text)


# What runs have kept


def _of_what_is_kept() -> dict[str, Reader]:
    verdict = {
        "key": "k",
        "correctness": 3,
        "contradicts_reference": False,
        "unsupported_findings": False,
        "refused": False,
    }
    return {
        "kept responses": Reader(
            (_lines({"qid": "1_q1", "response": "B", "request": "q"}, {**_LIKELY, "request": "p"}),),
            _from_file("kept.jsonl", _kept),
        ),
        "kept verdicts": Reader((_lines(verdict, verdict),), _from_file("verdicts.jsonl", _kept_verdicts)),
        "kept picks": Reader((_picks(),), _from_file("picks.json", lambda path: text_only._read_picks(path, _asked()))),
        "instruction samples": Reader(
            (_lines(_INSTRUCTION, _INSTRUCTION),), _from_file("samples.jsonl", lambda path: list(scan(path)))
        ),
        "held-out samples": Reader(
            (_lines(_INSTRUCTION, _TOLD),),
            _from_file("held-out.jsonl", lambda path: load_benchmark("closed", annotations=path)),
        ),
        **(
            {"look of a picture": Reader((picture_bytes(2), picture_bytes(1)), _from_file("x.png", look_at))}
            if find_spec("imagehash")
            else {}
        ),
    }


_INSTRUCTION = {"image_path": "a/b/c.png", "conversations": [{"from": "human", "value": "Which?\nA. x\nB. y"}]}
_TOLD = {
    "image_path": "a/b/c.png",
    "conversations": [{"from": "human", "value": "<image>\nWhich is it?\nA. x\nB. y"}, {"from": "gpt", "value": "A"}],
}


def _kept(path: Path) -> None:
    KeptResponses(path).add([("r", "1_q1", "B")])
    if KeptResponses(path).get("r") != "B":
        raise AssertionError("a response that was kept is gone")


def _kept_verdicts(path: Path) -> None:
    mine = Judgement(2, False, True, False)
    VerdictFile(path).put("mine", mine)
    if VerdictFile(path).get("mine") != mine:
        raise AssertionError("a verdict that was kept is gone")


@cache
def _asked() -> Any:
    with TemporaryDirectory() as folder:
        return made_up_benchmark(Path(folder), images=2).questions


def _picks() -> bytes:
    seed = "A" * len(_asked())
    return _json({name: [seed] * len(text_only.SEEDS) for name in text_only.MODELS})


# What models and judges say


_TALK = (
    b"I think the answer is **B** (Round/Oval), not A.",
    b"<think>maybe C</think>\n\\boxed{E}",
    b'```json\n{"answer": "A"}\n```',
    "Q1: A\nQ2) None of these\n3. 答案是C".encode(),
    b"I'm sorry, I cannot determine that from the image, but if pressed: D",
)
_OPEN_TALK = (
    b"A solitary, lobulated lesion of 6.2 % at the lower right, hyperintense, with oedema; no satellites.",
    b"I cannot interpret medical images. However, it may be 12.5% and irregular, not round.",
)
OPTIONS = {"A": "T1_CE", "B": "Round/Oval", "C": "No lesion", "D": "Cannot be determined", "E": "None of the above"}
_MARKS = b'"correctness": 3, "contradicts_reference": false, "unsupported_findings": [], "refused": false'


def _of_texts() -> dict[str, Reader]:
    likely = {"token": "B", "top_logprobs": [{"token": "B", "logprob": -0.1}, {"token": " E", "logprob": -3}]}
    return {
        "answer": Reader(_TALK, lambda data, _: read_answer(_text(data), OPTIONS)),
        "answers of an image": Reader(_TALK, lambda data, _: read_batch(_text(data), [OPTIONS] * 3)),
        "answer as released": Reader(_TALK, lambda data, _: _as_released(_text(data))),
        "open answer": Reader((*_OPEN_TALK, *_TALK), lambda data, _: _open(_text(data))),
        "verdict of a judge": Reader(
            (b"{" + _MARKS + b"}", b'Well: {"item": "i", ' + _MARKS + b"}"),
            lambda data, _: read_verdict(_text(data), "It is small.", "i"),
        ),
        "reply of an endpoint": Reader(
            (
                _json({"choices": [{"message": {"content": "B"}}]}),
                _json({"choices": [{"message": {"content": [{"text": "B"}]}}]}),
            ),
            lambda data, _: endpoint._text(data),
        ),
        "log-probabilities": Reader(
            (_json({"content": [likely, likely]}),),
            lambda data, _: probabilities_told(_parsed(data)),
        ),
    }


def _as_released(text: str) -> None:
    for name in RELEASED_EXTRACTORS:
        read_released(name, text, OPTIONS)
    for name in RELEASED_BATCH_EXTRACTORS:
        read_released_batch(name, text, [OPTIONS] * 3)


_REFERENCE = "A large, lobulated one of 6.2 % of the picture, at the lower right."


def _open(text: str) -> None:
    question = "Describe size, shape, location and spread of the lesion."
    read_open(
        OpenQuestion("1_q1", Picture(1, "a/b/c.png", 1), "Detail", question, _REFERENCE, ("large", "right")), text
    )
    bleu_statistics(text, _REFERENCE)
    rouge_l(text, _REFERENCE)


def _parsed(data: bytes) -> Any:
    """What a client makes of a reply: attributes, unchecked; nothing of what is no JSON."""
    try:
        return json.loads(data, object_hook=lambda values: SimpleNamespace(**values))
    except (ValueError, RecursionError):
        return None
