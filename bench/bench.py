"""What this package costs, as ratios against what nobody can do without, measured in one run on one machine.

python bench/bench.py [--write README.md] [--python lmms-eval=PATH] [--python vlmeval=PATH]

On the released annotations where ``MMNEUROONCO_RELEASED`` names their folder (with stand-in pictures), else on
phantoms. Every time is the median of several whole processes, the two sides of a ratio in turn; frameworks run once.
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
from pathlib import Path
from tempfile import TemporaryDirectory

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
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
        # The interpreter's bytecode is part of an installation; a fresh cache would time the compiler.
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self.environment = {
            **kept,
            "MMNEUROONCO_HOME": str(folder / "home"),
            "HF_HUB_OFFLINE": "1",
            "LMUData": str(folder),
        }
        self.annotations, self.pictures = self._benchmark()
        self.prepare(Path(self.environment["MMNEUROONCO_HOME"]))
        self.count, self.letters = self._predictions("{letter}", "letters.jsonl")
        _, self.sentences = self._predictions(SENTENCES, "sentences.jsonl")

    def _benchmark(self) -> tuple[Path, Path]:
        """Annotations, and pictures of the size that slices have."""
        pictures = self.folder / "pictures"
        released = os.environ.get("MMNEUROONCO_RELEASED")
        if released:
            annotations = next(Path(released).rglob("*closed*.json"))
        else:
            from mmneuroonco_tasks.phantom import write_phantom

            write_phantom(self.folder / "phantom")
            annotations = next((self.folder / "phantom").rglob("*closed*.json"))
        draw_slices(annotations, pictures)
        return annotations, pictures

    def prepare(self, home: Path) -> list[str]:
        command = [*COMMAND, "prepare", "--annotations", str(self.annotations), "--images", str(self.pictures)]
        run(command, {**self.environment, "MMNEUROONCO_HOME": str(home)}, self.folder)
        return command

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
        # Text-only models are fitted once for some annotations; their picks are then in the home.
        ours, read, ratio = in_turn(
            command, [sys.executable, "-c", reading, str(predictions)], self.environment, self.folder
        )
        answers = self._reading(predictions)
        return Row(
            f"`mmneuroonco score`, {self.count} {predictions.stem}, every interval, whole process",
            f"{ours.seconds:.2f} s ({ours.processor:.2f} s of processor, {answers:.2f} s to read the responses), "
            f"{ours.megabytes:.0f} MB",
            f"{ratio:.0f} × a process that reads the file ({read.seconds:.3f} s)",
            "≤ 1.0 s, ≤ 300 MB",
            ours.processor <= 1.0 and ours.megabytes <= 300,
        )

    def _reading(self, predictions: Path) -> float:
        """Seconds of processor in which the answer reader reads the file's responses, its tables' compilation too."""
        code = (
            "import sys, time\n"
            "from pathlib import Path\n"
            "from mmneuroonco_tasks.benchmark import load_benchmark\n"
            "from mmneuroonco_tasks.predictions import read_predictions\n"
            "benchmark, read = load_benchmark('closed'), read_predictions(Path(sys.argv[1]))\n"
            "begun = time.process_time()\n"
            "from mmneuroonco_tasks.predictions.answers import read_answers\n"
            "read_answers(benchmark, read)\n"
            "print(time.process_time() - begun)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(predictions)], env=self.environment, stdout=subprocess.PIPE, check=True
        )
        return float(done.stdout)

    def preparing(self) -> list[Row]:
        """A new home against a copy of the same files, and again with nothing to do."""
        copying = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2])"
        pairs = []
        for number in range(RUNS):
            target, copy = self.folder / f"new-{number}", self.folder / f"copy-{number}"
            begun = time.perf_counter()
            self.prepare(target)
            prepared = time.perf_counter() - begun
            copied = run([sys.executable, "-c", copying, str(self.pictures), str(copy)], self.environment, self.folder)
            begun = time.perf_counter()
            self.prepare(target)
            pairs.append((prepared, copied.seconds, time.perf_counter() - begun))
            shutil.rmtree(target)
            shutil.rmtree(copy)
        prepared, copied, again = (statistics.median(side) for side in zip(*pairs, strict=True))
        decoding = self._decoding()
        size = sum(path.stat().st_size for path in self.pictures.rglob("*.png")) / 1e6
        return [
            Row(
                f"`mmneuroonco prepare`, {size:.0f} MB of pictures",
                f"{prepared:.2f} s, of it {decoding:.2f} s to decode every picture once",
                f"{prepared / copied:.1f} × copying them ({copied:.2f} s)",
                "≤ 1.3 ×",
                prepared / copied <= 1.3,
            ),
            Row(
                "`prepare` again, nothing to do",
                f"{again:.2f} s",
                f"{again / prepared:.2f} × the first time",
                "≤ 1 ×",
                again <= prepared,
            ),
        ]

    def _decoding(self) -> float:
        from mmneuroonco_tasks.benchmark.images import problem_in

        contents = [path.read_bytes() for path in self.pictures.rglob("*.png")]
        begun = time.perf_counter()
        for content in contents:
            problem_in(content)
        return time.perf_counter() - begun

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

    def share(self, framework: str, python: str, *arguments: str) -> Row:
        """Our share of a whole run of a framework with a model that does nothing."""
        told = self.folder / f"{framework}.json"
        script = [python, str(HERE / "share.py"), framework, str(told)]
        run([*script, *arguments], {**self.environment, "OMP_NUM_THREADS": "1"}, self.folder)
        share = json.loads(told.read_text(encoding="utf-8"))
        parts = ", ".join(
            f"{name} {spent:.2f}" for name, spent in sorted(share["seconds"].items(), key=lambda s: -s[1])[:4]
        )
        ours, part = share["ours"], share["ours"] / share["wall"]
        return Row(
            f"Our share of {self.count} questions in {framework}, a model that does nothing",
            f"{ours:.2f} s ({parts}), +{share['megabytes']:.0f} MB",
            f"{part:.1%} of {share['wall']:.1f} s and {share['peak']:.0f} MB",
            "≤ 1 s, ≤ 5 %, ≤ 100 MB",
            ours <= 1.0 and part <= 0.05 and share["megabytes"] <= 100,
        )


COMMAND = [sys.executable, "-c", "from mmneuroonco_tasks.cli import main; main()"]


def draw_slices(annotations: Path, folder: Path) -> None:
    """Grey noise of 240 × 240 pixels, the size of a BraTS slice, for every image of an annotation file."""
    import numpy as np
    from PIL import Image

    noise = np.random.RandomState(0)
    for record in json.loads(annotations.read_text(encoding="utf-8")):
        path = (folder / record["image_path"]).with_suffix(".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.normal(90, 12, (240, 240)).clip(0, 255).astype("uint8")).save(path)


def table(rows: list[Row], on: str) -> str:
    """The rows as Markdown, with what they were measured on."""
    head = ["| what | measured | against | bound | met |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(row.markdown() for row in rows), "", on])


def main() -> None:
    """Measure, print the table, and put it between the markers of a Markdown file where one is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="the Markdown file to put the table into")
    parser.add_argument("--python", action="append", default=[], help="framework=interpreter of its environment")
    options = parser.parse_args()
    pythons = dict(each.split("=", 1) for each in options.python)
    with TemporaryDirectory(prefix="mmneuroonco-bench-") as scratch:
        bench = Bench(Path(scratch))
        measures: list[Callable[[], list[Row]]] = []
        if "lmms-eval" in pythons:
            run_of = ("--tasks", "mmneuroonco_closed", "--model", "dummy", "--output_path", "out", "--log_samples")
            measures.append(lambda: [bench.share("lmms-eval", pythons["lmms-eval"], *run_of)])
        if "vlmeval" in pythons:
            asked = ("--data", "MMNeuroOnco", "--model", "mmneuroonco_always_e", "--work-dir", "out_vlmeval")
            measures.append(lambda: [bench.share("vlmeval", pythons["vlmeval"], *asked)])
        measures += [
            lambda: [bench.importing()],
            lambda: [bench.scoring(bench.letters)],
            lambda: [bench.scoring(bench.sentences)],
            bench.preparing,
            lambda: [bench.checking()],
        ]
        rows = []
        for measure in measures:
            rows += measure()
            print(rows[-1].markdown(), file=sys.stderr, flush=True)
    data = "the released annotations and stand-in pictures" if os.environ.get("MMNEUROONCO_RELEASED") else "phantoms"
    on = (
        f"Measured by `make bench` on {data}, {os.cpu_count()} cores, Python {sys.version.split()[0]}. Whether `score` "
        "is quick enough is judged by seconds of processor: on a busy machine the clock counts others' work too."
    )
    told = table(rows, on)
    print(told)
    if options.write:
        text = options.write.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        options.write.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
