"""What this package costs, as ratios against what nobody can do without, measured in one run on one machine.

python bench/bench.py [--write README.md] [--profile docs/speed.md] [--python lmms-eval=PATH] [--python vlmeval=PATH]

On the released annotations where ``MMNEUROONCO_RELEASED`` names their folder (with stand-in pictures), else on
phantoms. Every time is the median of several whole processes, the two sides of a ratio in turn; frameworks run twice,
and the second run counts.
``--profile`` writes what each step of the same runs takes (``parts``, ``share``).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
PARTS_BEGIN, PARTS_END = "<!-- parts -->", "<!-- /parts -->"
#: Edges in pixels of the pictures that are prepared: a BraTS slice, and what other sources come near.
EDGES = (240, 512)
HERE = Path(__file__).resolve().parent
RUNS = 5
#: What many models say instead of a letter.
SENTENCES = "Looking at the image, I see an area unlike its surroundings. The answer is {letter}: {text}."


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    against: str
    bound: str
    met: bool

    def markdown(self) -> str:
        return f"| {self.what} | {self.measured} | {self.against} | {self.bound} | {'yes' if self.met else '**no**'} |"


@dataclass(frozen=True)
class Process:
    """A process that has ended: wall seconds, processor seconds of all threads, peak memory in MB."""

    seconds: float
    processor: float
    megabytes: float


def run(command: list[str], environment: dict[str, str], folder: Path) -> Process:
    """Run a command whole."""
    begun = time.perf_counter()
    with (folder / "output.log").open("ab") as log:
        started = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        _, status, usage = os.wait4(started.pid, 0)
    seconds = time.perf_counter() - begun
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"bench: {' '.join(command)[:200]} failed; see what it said:\n{_tail(folder / 'output.log')}")
    return Process(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3)


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-3000:]


def in_turn(
    first: list[str], second: list[str], environment: dict[str, str], folder: Path
) -> tuple[Process, Process, float]:
    """Medians of two commands run in turn after a warm-up, and the median of their ratios pair by pair."""
    pairs = [(run(first, environment, folder), run(second, environment, folder)) for _ in range(RUNS + 1)][1:]
    sides = [
        Process(
            statistics.median(each.seconds for each in side),
            statistics.median(each.processor for each in side),
            max(each.megabytes for each in side),
        )
        for side in zip(*pairs, strict=True)
    ]
    return sides[0], sides[1], statistics.median(one.seconds / other.seconds for one, other in pairs)


class Bench:
    """The measurements, in a scratch folder with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: By what is taken to its parts: seconds of processor by part, and of the whole.
        self.parts: dict[str, tuple[dict[str, float], float]] = {}
        # The interpreter's bytecode is part of an installation; a fresh cache would time the compiler.
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self.environment = {
            **kept,
            "MMNEUROONCO_HOME": str(folder / "home"),
            "HF_HUB_OFFLINE": "1",
            "LMUData": str(folder),
        }
        self.annotations, self.pictures = self._benchmark()
        run(self.prepare(self.pictures), self.environment, folder)
        self.count, self.letters = self._predictions("{letter}", "letters.jsonl")
        _, self.sentences = self._predictions(SENTENCES, "sentences.jsonl")
        # The first score of some annotations fits the text-only models, once; their picks are then in the home.
        run([*COMMAND, "score", str(self.letters), "--json"], self.environment, folder)

    def _benchmark(self) -> tuple[Path, Path]:
        """Annotations, and pictures of the size that slices have."""
        pictures = self.folder / "pictures"
        released = os.environ.get("MMNEUROONCO_RELEASED")
        if released:
            annotations = next(Path(released).rglob("*benchmark*closed*.json"))
        else:
            from mmneuroonco_tasks.phantom import write_phantom

            write_phantom(self.folder / "phantom")
            annotations = next((self.folder / "phantom").rglob("*closed*.json"))
        draw_slices(annotations, pictures, EDGES[0])
        return annotations, pictures

    def prepare(self, pictures: Path) -> list[str]:
        return [*COMMAND, "prepare", "--annotations", str(self.annotations), "--images", str(pictures)]

    def _predictions(self, form: str, name: str) -> tuple[int, Path]:
        choose = random.Random(0)
        path = self.folder / name
        lines = []
        for record in json.loads(self.annotations.read_text(encoding="utf-8")):
            for number, pair in enumerate(record["vqa_pairs"], start=1):
                letter = choose.choice(list(pair["options"]))
                response = form.format(letter=letter, text=pair["options"][letter])
                lines.append(json.dumps({"qid": f"{record['id']}_q{number}", "response": response}))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return len(lines), path

    def take_apart(self, what: str, command: list[str], environment: dict[str, str] | None = None) -> None:
        """What the parts of a command of ours take: medians of several processes.

        ``{number}`` in a variable's value is the process's own number.
        """
        told = self.folder / "parts.json"
        script = [sys.executable, str(HERE / "parts.py"), command[0], str(told), *command[1:]]
        runs = []
        for number in range(RUNS):
            own = {name: value.format(number=number) for name, value in (environment or {}).items()}
            # As `score` has it, which `parts` would set too late.
            own["OPENBLAS_NUM_THREADS"] = "1"
            run(script, {**self.environment, **own}, self.folder)
            runs.append(json.loads(told.read_text(encoding="utf-8")))
        parts = {part: statistics.median(each["parts"][part] for each in runs) for part in runs[0]["parts"]}
        self.parts[what] = parts, statistics.median(each["whole"] for each in runs)

    def importing(self) -> Row:
        ours, nothing, _ = in_turn(
            [sys.executable, "-c", "import mmneuroonco_tasks"],
            [sys.executable, "-c", "pass"],
            self.environment,
            self.folder,
        )
        cost = ours.seconds - nothing.seconds
        return Row(
            "`import mmneuroonco_tasks`",
            f"{cost:.3f} s",
            f"Python's own start, {nothing.seconds:.3f} s",
            "≤ 0.3 s",
            cost <= 0.3,
        )

    def scoring(self, predictions: Path) -> Row:
        """A whole ``score`` against a process that only reads the file, and how much of it reads the responses."""
        reading = "import json, sys; [json.loads(line) for line in open(sys.argv[1])]"
        command = [*COMMAND, "score", str(predictions), "--json"]
        ours, read, ratio = in_turn(
            command, [sys.executable, "-c", reading, str(predictions)], self.environment, self.folder
        )
        what = f"`mmneuroonco score`, {self.count} {predictions.stem}"
        self.take_apart(what, ["score", str(predictions), "--json"])
        answers = self.parts[what][0]["reading the responses"]
        return Row(
            f"{what}, every interval, whole process",
            f"{ours.seconds:.2f} s ({ours.processor:.2f} s of processor, {answers:.2f} s to read the responses), "
            f"{ours.megabytes:.0f} MB",
            f"{ratio:.0f} × a process that reads the file ({read.seconds:.3f} s)",
            "≤ 1.0 s, ≤ 300 MB",
            ours.processor <= 1.0 and ours.megabytes <= 300,
        )

    def preparing(self, edge: int) -> list[Row]:
        """A new home against a copy of the same files, and again with nothing to do; the files are in memory for both.

        Nothing is deleted in between: a file system is slow to use anew what was freed just before.
        """
        pictures = self.folder / f"pictures-{edge}"
        draw_slices(self.annotations, pictures, edge)
        command, copying = self.prepare(pictures), "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"
        triples = []
        for number in range(RUNS):
            home = {**self.environment, "MMNEUROONCO_HOME": str(self.folder / f"new-{edge}-{number}")}
            copy = [sys.executable, "-c", copying, str(pictures), str(self.folder / f"copy-{edge}-{number}")]
            first = run(command, home, self.folder)
            triples.append((first, run(copy, self.environment, self.folder), run(command, home, self.folder)))
        sides = list(zip(*triples, strict=True))
        prepared, copied, again = (statistics.median(each.seconds for each in side) for side in sides)
        worked, copy_worked, _ = (statistics.median(each.processor for each in side) for side in sides)
        files = [path for path in pictures.rglob("*") if path.is_file()]
        count, size = len(files), sum(path.stat().st_size for path in files) / 1e6
        what = f"`mmneuroonco prepare`, {count} pictures of {edge} × {edge}, {size:.0f} MB"
        home_of_parts = {"MMNEUROONCO_HOME": str(self.folder / f"parts-{edge}-") + "{number}"}
        self.take_apart(what, command[len(COMMAND) :], home_of_parts)
        parts, _ = self.parts[what]
        start = parts[REST] + parts[IMPORTS]
        for made in self.folder.glob(f"*-{edge}*"):
            shutil.rmtree(made)
        return [
            Row(
                what,
                f"{prepared:.2f} s ({worked:.2f} s of processor: {start:.2f} to start, "
                f"{parts['decoding each once']:.2f} to decode every picture once)",
                f"{prepared / copied:.1f} × copying them ({copied:.2f} s, {copy_worked:.2f} s of processor)",
                "≤ 1.3 ×",
                prepared / copied <= 1.3,
            ),
            Row(
                "the same again, nothing to do",
                f"{again:.2f} s",
                f"{again / prepared:.2f} × the first time",
                "≤ 1 ×",
                again <= prepared,
            ),
        ]

    def checking(self) -> Row:
        """Pictures verified when prepared are told by size and time later; consecutive questions decode one once."""
        os.environ["MMNEUROONCO_HOME"] = self.environment["MMNEUROONCO_HOME"]
        from mmneuroonco_tasks.benchmark import images, load_benchmark

        benchmark = load_benchmark("closed")
        decoded = 0
        decode = images._decoded

        def counting(content: bytes) -> object:
            nonlocal decoded
            decoded += 1
            return decode(content)

        images._decoded = counting  # type: ignore[assignment]
        begun = time.perf_counter()
        benchmark.images.check(benchmark.pictures)
        checked, at_check = time.perf_counter() - begun, decoded
        for question in benchmark.questions:
            benchmark.images.open(question.picture)
        images._decoded = decode
        pictures = len(benchmark.pictures)
        return Row(
            f"Pictures decoded in a run of {len(benchmark)} questions",
            f"{at_check} before the first request ({checked:.3f} s), {decoded - at_check} while asking",
            f"{pictures} pictures",
            "0 and one each",
            at_check == 0 and decoded == pictures,
        )

    def share(self, framework: str, python: str, outputs: str, *arguments: str) -> Row:
        """Our share of a run of a framework with a model that does nothing; ``outputs`` is its flag for a folder."""
        told = self.folder / f"{framework}.json"
        script = [python, str(HERE / "share.py"), framework, str(told)]
        for number in range(2):  # the first time Python compiles the framework
            own = [*script, *arguments, outputs, f"out-{framework}-{number}"]
            run(own, {**self.environment, "OMP_NUM_THREADS": "1"}, self.folder)
        share = json.loads(told.read_text(encoding="utf-8"))
        what = f"Our share of {self.count} questions in {framework}, a model that does nothing"
        parts, whole = share["processor"], share["whole_processor"]
        ours = sum(parts.values())
        self.parts[what] = {name.replace("_", " "): spent for name, spent in parts.items()}, ours
        most = ", ".join(f"{name} {spent:.2f}" for name, spent in sorted(parts.items(), key=lambda s: -s[1])[:4])
        return Row(
            what,
            f"{ours:.2f} s of processor ({most}), +{share['megabytes']:.0f} MB",
            f"{ours / whole:.1%} of {whole:.1f} s of processor ({share['wall']:.1f} s by the clock) "
            f"and {share['peak']:.0f} MB",
            "≤ 1 s, ≤ 5 %, ≤ 100 MB",
            ours <= 1.0 and ours / whole <= 0.05 and share["megabytes"] <= 100,
        )


#: As ``parts`` calls them.
IMPORTS, REST = "imports", "Python's start, and the rest"
COMMAND = [sys.executable, "-c", "from mmneuroonco_tasks.cli import main; main()"]


def draw_slices(annotations: Path, folder: Path, edge: int) -> None:
    """Grey noise, which a PNG packs worse than any slice, for every image of an annotation file."""
    import numpy as np
    from PIL import Image

    noise = np.random.RandomState(0)
    for record in json.loads(annotations.read_text(encoding="utf-8")):
        path = folder / record["image_path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.normal(90, 12, (edge, edge)).clip(0, 255).astype("uint8")).save(path, "PNG")


def table(rows: list[Row], on: str) -> str:
    """The rows as Markdown, with what they were measured on."""
    head = ["| what | measured | against | bound | met |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(row.markdown() for row in rows), "", on])


def parts_tables(parts: dict[str, tuple[dict[str, float], float]], on: str) -> str:
    """What was taken to its parts, a Markdown table each."""
    tables = []
    for what, (seconds, whole) in parts.items():
        rows = [f"| {part} | {spent:.3f} | {spent / whole:.0%} |" for part, spent in seconds.items()]
        head = [f"**{what}**", "", "| part | seconds of processor | share |", "|---|---:|---:|"]
        tables.append("\n".join([*head, *rows, f"| *together* | {whole:.3f} | |"]))
    return "\n\n".join([*tables, on])


def put_between(path: Path, begin: str, text: str, end: str) -> None:
    """Replace what stands between two marks of a file."""
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print the table, and put it between the markers of a Markdown file where one is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="the Markdown file to put the table into")
    parser.add_argument("--profile", type=Path, help="the Markdown file to put the tables of the parts into")
    parser.add_argument("--python", action="append", default=[], help="framework=interpreter of its environment")
    options = parser.parse_args()
    pythons = dict(each.split("=", 1) for each in options.python)
    with TemporaryDirectory(prefix="mmneuroonco-bench-") as scratch:
        bench = Bench(Path(scratch))
        measures: list[Callable[[], list[Row]]] = []
        if "lmms-eval" in pythons:
            run_of = ("--tasks", "mmneuroonco_closed", "--model", "dummy", "--log_samples")
            measures.append(lambda: [bench.share("lmms-eval", pythons["lmms-eval"], "--output_path", *run_of)])
        if "vlmeval" in pythons:
            asked = ("--data", "MMNeuroOnco", "--model", "mmneuroonco_always_e")
            measures.append(lambda: [bench.share("vlmeval", pythons["vlmeval"], "--work-dir", *asked)])
        measures += [
            lambda: [bench.importing()],
            lambda: [bench.scoring(bench.letters)],
            lambda: [bench.scoring(bench.sentences)],
            *(partial(bench.preparing, edge) for edge in EDGES),
            lambda: [bench.checking()],
        ]
        rows = []
        for measure in measures:
            rows += measure()
            print(rows[-1].markdown(), file=sys.stderr, flush=True)
        parts = bench.parts
    data = "the released annotations and stand-in pictures" if os.environ.get("MMNEUROONCO_RELEASED") else "phantoms"
    machine = f"on {data}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    told = table(
        rows,
        f"Measured by `make bench` {machine}. Our share and `score` are judged by seconds of processor: on a busy "
        "machine the clock counts others' work too. `prepare` is judged by the clock, files in memory on both sides.",
    )
    print(told)
    if options.write:
        put_between(options.write, BEGIN, told, END)
    if options.profile:
        apart = parts_tables(parts, f"Measured by `make bench` {machine}, in the same run as the README's table.")
        put_between(options.profile, PARTS_BEGIN, apart, PARTS_END)


if __name__ == "__main__":
    main()
