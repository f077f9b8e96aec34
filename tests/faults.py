"""What makes a day bad: kills, a full disk, little memory, harmful files. For the tests and for the documentation."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from command import Finished, run_apart

#: Python that makes the process kill itself, as a power cut does, at its nth call that changes the disk.
DIE_AT_DISK_CALL = """
import os, pathlib, signal
calls = []
def dying(function):
    def call(*arguments, **named):
        calls.append(function)
        if len(calls) == {number}:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)
    return call
for name in ("replace", "rename", "unlink", "fsync", "write", "chmod", "mkdir"):
    setattr(os, name, dying(getattr(os, name)))
"""
#: Python that leaves the process this much memory and this many seconds of processor.
LITTLE = """
import resource
resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20, {megabytes} << 20))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
"""
#: Python that lets no file grow beyond this many bytes, as on a disk that is full.
FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))
"""


def told(done: Finished) -> str:
    """The one sentence of a command that could not do its work."""
    assert done.code == 1, (done.code, done.out, done.err[-2000:])
    assert "Traceback" not in done.err and done.err.strip().count("\n") == 0, done.err[-2000:]
    assert done.sentence.startswith("mmneuroonco: ")
    return done.sentence


def limited(*arguments: object, megabytes: int = 900) -> Finished:
    """The command in a process with little memory."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return run_apart(*arguments, environment=environment, before=LITTLE.format(megabytes=megabytes))


def nested(depth: int = 1_000_000) -> bytes:
    """JSON that is nested without end."""
    return b"[" * depth + b"]" * depth


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, size: tuple[int, int] = (24, 20), bits: int = 8, colours: int = 1, rows: bytes = b"") -> bytes:
    """A PNG that claims this size, with more chunks in it; black rows unless others are given."""
    header = struct.pack(">IIBBBBB", *size, bits, 2 if colours == 3 else 0, 0, 0, 0)
    rows = rows or bytes((size[0] * colours * bits // 8 + 1) * size[1])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunks)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def bomb(width: int, height: int) -> bytes:
    """A small PNG that claims to be this large and unpacks to no more than a few rows."""
    return png(size=(width, height), colours=3, rows=bytes(10_000_000))


def packed_text(kind: bytes, megabytes: int = 300) -> bytes:
    """A chunk of text or of a colour profile that unpacks to this much."""
    head = {b"iTXt": b"a\0\1\0\0\0"}.get(kind, b"a\0\0")
    return chunk(kind, head + zlib.compress(bytes(megabytes << 20), 9))


def zipped(path: Path, *entries: tuple[str | ZipInfo, bytes]) -> Path:
    """A zip with these entries, whatever they are called."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, ZIP_DEFLATED)
    return path


def link_entry(name: str, target: str) -> tuple[ZipInfo, bytes]:
    """A zip's entry that is a symbolic link."""
    entry = ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry, target.encode()


def overlapping(path: Path, first: str, second: str, content: bytes) -> Path:
    """A zip whose second entry claims the first one's bytes, as in a bomb that overlaps itself."""
    zipped(path, (first, content), (second, content))
    packed = bytearray(path.read_bytes())
    at = packed.rfind(b"PK\x01\x02")
    packed[at + 42 : at + 46] = struct.pack("<I", 0)
    path.write_bytes(packed)
    return path


def workbook(path: Path, cells: bytes) -> Path:
    """An xlsx file whose only sheet holds these bytes."""
    from openpyxl import Workbook

    made = io.BytesIO()
    Workbook().save(made)
    with ZipFile(made) as own, ZipFile(path, "w", ZIP_DEFLATED) as written:
        for name in own.namelist():
            written.writestr(name, cells if name == "xl/worksheets/sheet1.xml" else own.read(name))
    return path


def parquet(path: Path, rows: int, text: str) -> Path:
    """A small Parquet file in which every row holds the same long text."""
    from pyarrow import DictionaryArray, array, int32, table
    from pyarrow.parquet import write_table

    same = DictionaryArray.from_arrays(array([0] * rows, int32()), array([text]))
    qids = array(["1_q1"]) if rows > 1000 else array([f"{number}_q1" for number in range(rows)])
    qids = DictionaryArray.from_arrays(array([0] * rows, int32()), qids) if rows > 1000 else qids
    write_table(table({"qid": qids, "response": same}), path, compression="zstd")
    return path
