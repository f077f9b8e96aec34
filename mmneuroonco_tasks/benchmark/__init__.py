"""The benchmark: records, files on disk, scopes and pictures."""

from .loading import load_benchmark, with_usable_pictures
from .records import (
    CLOSED_TYPES,
    LETTERS,
    OPEN_TYPES,
    REJECTION_LETTER,
    Benchmark,
    BenchmarkError,
    ClosedBenchmark,
    ClosedQuestion,
    OpenBenchmark,
    OpenQuestion,
    Picture,
    Task,
    make_qid,
)

__all__ = [
    "CLOSED_TYPES",
    "LETTERS",
    "OPEN_TYPES",
    "REJECTION_LETTER",
    "Benchmark",
    "BenchmarkError",
    "ClosedBenchmark",
    "ClosedQuestion",
    "OpenBenchmark",
    "OpenQuestion",
    "Picture",
    "Task",
    "load_benchmark",
    "make_qid",
    "with_usable_pictures",
]
