"""Working without Python's search for garbage, where nearly all that is made is kept.

Thousands of records make Python look through everything it holds, again and again. In a framework that is millions of
objects, of PyTorch and its like, and one look takes longer than loading the benchmark.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """No search for garbage in the block, or in the function that this decorates. Objects are freed all the same.

    >>> with without_collecting():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
