"""Mutates files that our readers know and hands them over: each must be read, or refused by an error meant for users.

python tests/fuzz/fuzz_readers.py --seconds 60 [--seed 0] [--reader NAME] [--found FOLDER]

What a reader fails on otherwise, or takes more than ``SLOW`` seconds for, is written to the folder, to become a test
in ``test_fuzz_found.py``. ``make test`` runs a few hundred inputs of each reader, always the same ones.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]

from foreign_files import Reader, readers  # noqa: E402

#: No input of a few kilobytes may take longer.
SLOW = 5.0
#: Nor more memory, in bytes.
LARGEST = 4 << 30


def is_for_users(error: Exception) -> bool:
    """Whether an error is one of ours, whose message is a sentence for users."""
    return isinstance(error, ValueError) and type(error).__module__.startswith("mmneuroonco_tasks.")


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
        kind = chance.randrange(8)
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
        elif kind == 6:
            del data[place + chance.choice((0, 0, 100)) :]
        else:
            data = bytearray(with_another_value(bytes(data), chance))
    return bytes(data[: max(20_000, 2 * len(content))])


#: Put in place of a value: what a well-formed file may hold all the same.
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 3, 10**30, 0.5, 1e308, "", "x", "1_q1", "E", "../x", "two\nlines", "\0", "\ud800", "é" * 300),
    *([], {}, [[]], [None], {"": None}, {"a": {"b": []}}, [1, 2], ["1_q1"], {"qid": "1_q1"}),
)


def with_another_value(content: bytes, chance: random.Random) -> bytes:
    """JSON, or a line of JSON Lines, with one value replaced, removed or doubled; anything else as it is."""
    lines = content.split(b"\n")
    number = chance.randrange(len(lines)) if content[:1] == b"{" and content.count(b"\n{") else None
    try:
        whole = json.loads(content if number is None else lines[number])
    except (ValueError, RecursionError):
        return content
    holders = [each for each in _nested(whole) if each]
    if not holders:
        return json.dumps(chance.choice(VALUES)).encode()
    holder = chance.choice(holders)
    key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    change = chance.randrange(4)
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(holder, list):
        holder.append(holder[key])
    elif change == 1:
        holder[chance.choice(("qid", "x", "id", "1_q1"))] = holder[key]
    else:
        holder[key] = chance.choice(VALUES)
    # Escaped, since half a surrogate pair can only be written so.
    told = json.dumps(whole).encode()
    return told if number is None else b"\n".join([*lines[:number], told, *lines[number + 1 :]])


def _nested(value: Any) -> list[Any]:
    """Every object and list in a value, the outermost first."""
    found = [value] if isinstance(value, dict | list) else []
    for holder in found:
        found += [
            each for each in (holder.values() if isinstance(holder, dict) else holder) if isinstance(each, dict | list)
        ]
    return found


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
    # An input that would fill the memory fails instead; what a damaged picture is warned of is not asked here.
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))
    warnings.simplefilter("ignore")
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
