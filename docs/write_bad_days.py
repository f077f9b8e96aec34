"""Writes bad_days.md by having every fault happen on made-up files: `python docs/write_bad_days.py`.

A test compares the page with what the commands say now. The faults are those of the tests.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from warnings import catch_warnings, simplefilter

HERE = Path(__file__).resolve().parent
sys.path[:0] = [path for path in (str(HERE.parent / "tests"), str(HERE.parent)) if path not in sys.path]

import faults  # noqa: E402
from command import run_apart  # noqa: E402
from hub_stub import APPROVED, WAITING, HubStub, Refusal  # noqa: E402
from made_up import PATHS, closed_annotations, picture_bytes, pictures_zip, write_benchmark, write_bytes, write_json  # noqa: E402

from mmneuroonco_tasks.benchmark import BenchmarkError, load_benchmark  # noqa: E402
from mmneuroonco_tasks.benchmark.home import Home  # noqa: E402
from mmneuroonco_tasks.benchmark.images import LARGEST_PICTURE_PIXELS  # noqa: E402
from mmneuroonco_tasks.benchmark.prepare import prepare  # noqa: E402
from mmneuroonco_tasks.cli import main  # noqa: E402
from mmneuroonco_tasks.frameworks.kept_responses import kept_responses  # noqa: E402
from mmneuroonco_tasks.predictions.jsonl import LONGEST_RESPONSE, MOST_CHARACTERS, MOST_RECORDS  # noqa: E402

WRITTEN = "<!-- Written by docs/write_bad_days.py; a test compares. -->"


@dataclass(frozen=True)
class Fault:
    """One bad day: what happened, what the command said and returned, and what then."""

    situation: str
    said: str
    code: int | None
    then: str


class Days:
    """Has faults happen in a folder with the made-up benchmark, predictions for it, and a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = write_benchmark(folder / "mine")
        self.predictions = self.file("predictions.jsonl", b'{"qid": "1_q1", "response": "B"}\n')

    def file(self, name: str, content: bytes) -> Path:
        """A file of this content."""
        return write_bytes(self.folder / name, content)

    def said(self, situation: str, then: str, *arguments: object, line: str = "") -> Fault:
        """What a command says, here in this process: its last line on standard error, or that which holds ``line``."""
        out, err = io.StringIO(), io.StringIO()
        code = 0
        argv = ["mmneuroonco", *map(str, arguments)]
        with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", argv), catch_warnings():
            simplefilter("ignore")
            try:
                main()
            except SystemExit as stop:
                code = int(stop.code or 0)
        lines = (out.getvalue() + err.getvalue()).strip().splitlines()
        told = next((each for each in lines if line and line in each), lines[-1])
        return Fault(situation, self.short(told), code, then)

    def short(self, text: str) -> str:
        """The text without this machine's folder."""
        return text.replace(f"{self.folder}/", "").strip()

    def scored(self, situation: str, then: str, path: Path, *more: object) -> Fault:
        """What ``score`` says of a file."""
        return self.said(situation, then, "score", path, "--annotations", self.made.closed, *more)

    def prepared(self, situation: str, then: str, *, images: Path | None = None, line: str = "") -> Fault:
        """What ``prepare`` says of pictures."""
        call = ("prepare", "--annotations", self.made.closed, "--images", images or self.made.images)
        return self.said(situation, then, *call, line=line)


@contextmanager
def disk_full() -> Iterator[None]:
    """No file can be begun."""

    def full(*_: object, **__: object) -> tuple[int, str]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with patch("tempfile.mkstemp", full):
        yield


AGAIN = "Run the same command again"


def disks_and_company(days: Days) -> Iterator[Fault]:
    """Faults of the machine."""
    kept = "What was placed before stays whole. " + AGAIN + " when there is room."
    with disk_full():
        yield days.prepared("The disk is full while `prepare` places files", kept)
        yield days.scored(
            "… while `score` writes the result",
            "An older result stays as it was.",
            days.predictions,
            "-o",
            days.folder / "result.json",
        )
    with patch.dict(os.environ, MMNEUROONCO_HOME=str(days.file("a-file", b"") / "home")):
        yield days.prepared(
            "The home cannot be written",
            "`score` and every framework work from a home that is read-only once it is prepared.",
        )
    with kept_responses(days.folder / "home/responses/run.jsonl"):
        try:
            with kept_responses(days.folder / "home/responses/run.jsonl"):
                pass
        except ValueError as error:
            yield Fault(
                "The same `mmneuroonco run lmms-eval` is started twice at once",
                days.short(f"mmneuroonco: {error}"),
                1,
                "Different runs share a home without harm.",
            )
    yield two_prepares(days)


def two_prepares(days: Days) -> Fault:
    """What the second of two says while the first is at work."""
    home, said = Home(days.folder / "home"), []
    first = ExitStack()
    first.enter_context(home.written_by_one(lambda: None))

    def tell(sentence: str) -> None:
        said.append(sentence)
        first.close()  # the first is done

    prepare(home, [days.made.closed], [days.made.images], tell=tell)
    then = "The second waits, then places what is still missing. A `prepare` that was killed holds up nobody."
    return Fault("Two `prepare` at once", *map(days.short, said), 0, then)


def of_the_hub(days: Days) -> Iterator[Fault]:
    """Faults on the way from the hub."""
    files = {
        "Benchmark/Benchmark_VQA_Closed.json": json.dumps(closed_annotations()).encode(),
        "images/Benchmark_Images.zip": pictures_zip(),
    }

    def asked(situation: str, then: str, token: str | None = APPROVED, **settings: str) -> Fault:
        home = {"MMNEUROONCO_HOME": str(days.folder / "new-home"), **settings}
        environment = stub.environment(days.folder, token=token, **home)
        done = run_apart("prepare", environment=environment, before="import time; time.sleep = lambda seconds: None")
        told = re.sub(r"failed \(.*?\); check", "failed (…); check", done.sentence)
        told = re.sub(r"is not [0-9a-f]{8}…", "is not 0a1b2c3d…", told)  # a zip's digest tells the time
        return Fault(situation, days.short(told.replace(stub.url, "https://huggingface.co")), done.code, then)

    with HubStub(files) as stub:
        yield asked("You are not logged in", AGAIN + " after that.", token=None)
        yield asked("Access is not granted yet", AGAIN + " after that.", token=WAITING)
        stub.refuse_files = Refusal(429, (("Retry-After", "7"),))
        yield asked("The hub asks you to wait", "What has arrived is not fetched again.")
        stub.refuse_files, stub.cuts = None, [50] * 100
        yield asked(
            "The connection breaks, and breaks again",
            "One that breaks and comes back is taken up where it broke, at any byte; nothing is said of it.",
        )
        stub.cuts.clear()
        stub.damaged = {"images/Benchmark_Images.zip"}
        yield asked("A file arrives damaged", AGAIN + ": that file is fetched anew.")


def of_predictions(days: Days) -> Iterator[Fault]:
    """Files of responses."""
    remedy = "Repair the file and run again; nothing was written."
    long = b'{"qid": "1_q1", "response": "' + b"A" * 200_000_000 + b'"}\n'
    yield days.scored("A line of 200 MB", remedy, days.file("long.jsonl", long))
    (days.folder / "long.jsonl").unlink()
    long = b'[{"index": 1, "qid": "1_q1", "prediction": "' + b"A" * 5_000_000 + b'"}]'
    yield days.scored("A response of five million characters", remedy, days.file("m_MMNeuroOnco.json", long))
    yield days.scored("A million nested brackets", remedy, days.file("nested.jsonl", faults.nested()))
    yield days.scored("A line that was cut", remedy, days.file("cut.jsonl", b'{"qid": "1_q1", "respo'))
    yield days.scored(
        "A workbook of 90 kB that unpacks to 24 MB of rows",
        remedy,
        faults.workbook(days.folder / "rows.xlsx", b"<worksheet>" + b"<row/>" * 4_000_000),
    )
    yield days.scored(
        "A Parquet file of 2 kB that repeats one text of 50 MB",
        remedy,
        faults.parquet(days.folder / "same.parquet", 900, "A" * 50_000_000),
    )
    yield days.scored(
        "A question that is answered twice",
        remedy,
        days.file("twice.jsonl", b'{"qid": "1_q1", "response": "A"}\n{"qid": "1_q1", "response": "B"}\n'),
    )
    yield days.said(
        "A result file that was edited",
        "Score again: a result tells what made it.",
        "report",
        days.file("result.json", b'{"schema": "mmneuroonco-result/1", "metrics": {}}'),
        "-o",
        days.folder / "page.html",
    )


def of_annotations(days: Days) -> Iterator[Fault]:
    """Annotation files and zips."""
    untouched = "Nothing is placed; what was prepared before stays."

    def annotated(situation: str, path: Path) -> Fault:
        return days.said(situation, untouched, "prepare", "--annotations", path, "--images", days.made.images)

    yield annotated("Annotations of a million nested brackets", days.file("nested.json", faults.nested()))
    records = closed_annotations()
    records[0]["image_path"] = "../../secret.png"
    yield annotated("A path that leaves the folder", write_json(days.folder / "paths.json", records))
    yield annotated(
        "A zip that unpacks to 300 MB of annotations",
        faults.zipped(
            days.folder / "mm-neuroonco_benchmark_closed.zip",
            ("mm-neuroonco_benchmark_closed_v1.0.json", bytes(300 << 20)),
        ),
    )
    picture = picture_bytes(2)
    yield days.prepared(
        "A picture's zip that unpacks without end",
        untouched,
        images=faults.zipped(days.folder / "bomb.zip", (PATHS[2], bytes(300 << 20))),
    )
    yield days.prepared(
        "An entry called `../…`", untouched, images=faults.zipped(days.folder / "up.zip", (f"../{PATHS[2]}", picture))
    )
    yield days.prepared(
        "Entries that overlap",
        untouched,
        images=faults.overlapping(days.folder / "overlap.zip", f"a/{PATHS[3]}", PATHS[2], picture),
    )
    yield days.prepared("A zip that was cut", untouched, images=days.file("cut.zip", pictures_zip()[:900]))


def of_pictures(days: Days) -> Iterator[Fault]:
    """Pictures among good ones."""
    rest = "The other pictures are placed. Get this one again and run `prepare` once more."
    cases: tuple[tuple[str, bytes], ...] = (
        ("A PNG that claims 60,000 × 60,000 pixels", faults.bomb(60_000, 60_000)),
        ("A PNG with a text of 300 MB in it", faults.png(faults.packed_text(b"iTXt"))),
        ("A PNG that was cut", picture_bytes(2)[:60]),
        ("A PNG of 16 bits", faults.png(bits=16)),
        ("Something else called .png", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    )
    for number, (situation, content) in enumerate(cases):
        days.made.picture(2).write_bytes(content)
        with new_home(days, f"home-{number}"):
            yield days.prepared(situation, rest, line="cannot be used")
    link = faults.zipped(days.folder / "link.zip", faults.link_entry(PATHS[2], "/etc/hostname"))
    with new_home(days, "home-of-links"):
        yield days.prepared("A link in a zip", "It is not followed.", images=link, line="cannot be used")
    days.made.picture(2).write_bytes(picture_bytes(2))


def new_home(days: Days, name: str) -> AbstractContextManager[object]:
    """A home in which nothing was prepared: where a good picture is, a bad one does not replace it."""
    return patch.dict(os.environ, MMNEUROONCO_HOME=str(days.folder / name))


SECTIONS: dict[str, Callable[[Days], Iterator[Fault]]] = {
    "The machine": disks_and_company,
    "The hub": of_the_hub,
    "Annotations and zips": of_annotations,
    "Pictures": of_pictures,
    "Predictions and results": of_predictions,
}


def table(days: Days, happen: Callable[[Days], Iterator[Fault]]) -> list[str]:
    """The faults of a section, a row each."""
    rows = ["| what happens | what you see (exit code) | what then |", "|---|---|---|"]
    for fault in happen(days):
        said = fault.said.replace("|", "\\|").replace("`", "")
        rows.append(f"| {fault.situation} | `{said}` ({fault.code}) | {fault.then} |")
    return rows


def without_data(days: Days) -> str:
    """The line with which every adapter ends a run where nothing was prepared."""
    try:
        load_benchmark("closed", home=Home(days.folder / "never-prepared"))
    except BenchmarkError as error:
        return days.short(f"mmneuroonco: {error}")
    raise AssertionError("there was something")


def bad_days_page() -> str:
    """The whole page."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, MMNEUROONCO_HOME=f"{folder}/home", COLUMNS="80"):
        days = Days(Path(folder).resolve())
        sections = [("", f"## {title}", "", *table(days, happen)) for title, happen in SECTIONS.items()]
        before = BEFORE.replace("NO DATA", without_data(days))
    return "\n".join([WRITTEN, *before.splitlines(), *chain(*sections), "", *AFTER.splitlines(), ""])


BEFORE = f"""\
# Bad days

Whatever goes wrong, nothing that was whole is lost, the next run comes to the same number, and you read one sentence
that names the file and what to do. Each row below happened when this page was written: the sentence is what the
command printed, its folders shortened.

## Kills

Every file is written beside its place and renamed into it, so a kill, a crash or a power cut leaves the old file or the
new one. Tests kill each of these with SIGKILL and compare the number of the next run with that of one that was not
killed.

| what is killed | what to do | what is lost |
|---|---|---|
| `prepare`, at any change of the disk | run it again | nothing that was placed; what lies half-written is removed |
| `score`, `report` while they write | run it again | nothing: the old file stays |
| `mmneuroonco run lmms-eval`, of one rank or several | the same command again | at most ten seconds of answers |
| `mmneuroonco run vlmeval … --reuse` | the same command again | the requests that were under way |
| `inspect eval` | `inspect eval-retry LOG` | what was not in the log yet; with `--log-buffer 1`, what was under way |
| `lm_eval … --use_cache FILE` | the same command again | at most ten seconds of answers |

So it looks in lmms-eval; pasted from a run of 60 questions that was killed at the thirty-first request and started
again (21 responses were on disk; one of them was a failure, which is asked again):

```
mmneuroonco: mmneuroonco_phantom_closed: 20 of 60 responses are kept in …/responses/mmneuroonco_phantom_closed-….jsonl
mmneuroonco: mmneuroonco_phantom_closed: 1 of 40 answered and kept, about 3 s left
mmneuroonco: mmneuroonco_phantom_closed: 5 of 40 answered and kept, about 2 s left
mmneuroonco: mmneuroonco_phantom_closed: 21 of 40 answered and kept, about 1 s left
mmneuroonco: mmneuroonco_phantom_closed: 40 of 40 answered and kept, about 0 s left
```

In every framework a run without data ends before its first request, with exit code 1 and one line:

```
NO DATA
```

## Harmful files

Files are never trusted, and none takes your memory or your afternoon: the tests read them in a process of 900 MB of
addresses and 60 seconds of processor (Parquet 4 GB, since its library reserves addresses that it does not use). A line
may have 16 MB, a response {LONGEST_RESPONSE:,} characters, a file of predictions {MOST_RECORDS:,} records and
{MOST_CHARACTERS:,} characters; annotations 64 MB, an entry of a zip 256 MB, a picture {LARGEST_PICTURE_PIXELS:,}
pixels, a workbook 256 MB unpacked. The benchmark comes nowhere near any of these. Every reader was given mutated
files by `tests/fuzz/fuzz_readers.py`, 1.9 million of them in one run; what one of them failed on is a test now."""

AFTER = """\
## Clocks, locales, names

A clock that jumped makes pictures be looked at again, and nothing else. The number is the same in every locale and
time zone. Folders and files may be called anything: blanks, quotation marks, other scripts, `C:\\Users\\…`; zips that
Windows packed are read."""

PAGES = {"bad_days.md": bad_days_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
