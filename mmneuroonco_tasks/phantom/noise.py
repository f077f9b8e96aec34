"""Random numbers and smooth random fields that are the same on every machine.

Only operations that IEEE 754 rounds correctly are used on pixels (+, −, ×, ÷, √, comparisons), with numpy's frozen
``RandomState`` stream underneath: no sine, exponential or FFT, whose last digit depends on the processor and the
library, and no sum or matrix product of fractions, whose order does. So two machines draw the same picture by
construction, not by luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

#: Values of pixels; in single precision, which has half the memory to move and as exact a rule of rounding.
Field = NDArray[np.floating[Any]]
T = TypeVar("T")


class Stream:
    """A stream of random numbers for one purpose, independent of every other purpose's.

    >>> Stream(0, "example").whole(0, 10) == Stream(0, "example").whole(0, 10)
    True
    """

    def __init__(self, *purpose: object) -> None:
        digest = sha256("/".join(map(str, purpose)).encode()).digest()
        self._state = np.random.RandomState(np.frombuffer(digest, dtype=">u4").astype(np.uint32))

    def whole(self, low: int, high: int) -> int:
        """A whole number, ``low`` ≤ n < ``high``."""
        return int(self._state.randint(low, high))

    def between(self, low: float, high: float) -> float:
        """A number from ``low`` to ``high`` in 1,000 equal steps."""
        return low + (high - low) * self.whole(0, 1001) / 1000

    def pick(self, values: Sequence[T]) -> T:
        """One of the values, all equally likely."""
        return values[self.whole(0, len(values))]

    def sample(self, values: Sequence[T], n: int) -> list[T]:
        """``n`` different ones of the values, in random order."""
        return [values[int(i)] for i in self._state.permutation(len(values))[:n]]

    def grain(self, height: int, width: int) -> Field:
        """Noise with mean 0 and standard deviation 1, close to normal: four random bytes added up."""
        total = self._state.randint(0, 256, size=(4, height, width), dtype=np.uint8).sum(axis=0, dtype=np.int32)
        centred: Field = (total - 510).astype(np.float32)
        return centred / GRAIN_DEVIATION

    def smooth(self, height: int, width: int, cell: int) -> Field:
        """A smooth field of shape (height, width), mean about 0 and most values within ±1, with bumps of about
        ``cell`` pixels: a cubic B-spline through a lattice of random numbers."""
        return spline(self.lattice(height // cell + 4, width // cell + 4), height, width, cell)

    def lattice(self, rows: int, columns: int) -> Field:
        """Random numbers from −2 to 2, whole multiples of 1/128."""
        whole: Field = self._state.randint(-256, 257, size=(rows, columns)).astype(np.float32)
        return whole / 128


#: Standard deviation of the sum of four random bytes: 2 √((256² − 1)/12).
GRAIN_DEVIATION = 147.8


def spline(lattice: Field, height: int, width: int, cell: int) -> Field:
    """A smooth field of shape (height, width) through a lattice of numbers ``cell`` pixels apart (cubic B-spline).

    The lattice has at least ``height // cell + 4`` rows and ``width // cell + 4`` columns; more are left aside.
    """
    wide = np.ascontiguousarray(_stretched(np.ascontiguousarray(lattice.T), width, cell).T)
    return _stretched(wide, height, cell)


def _stretched(lattice: Field, n: int, cell: int) -> Field:
    """The spline along the first axis only: from lattice rows to ``n`` pixel rows."""
    cells = n // cell + 1
    rows = sum(weight[None, :, None] * lattice[k : k + cells, None, :] for k, weight in enumerate(_weights(cell)))
    return rows.reshape(cells * cell, -1)[:n]  # type: ignore[union-attr]


@lru_cache(maxsize=64)
def _weights(cell: int) -> tuple[Field, ...]:
    """For each of the four lattice points around a pixel, its weight by the pixel's place in the cell."""
    t = np.arange(cell, dtype=np.float32) / cell
    back = 1 - t
    return (
        back * back * back / 6,
        (4 - 6 * t * t + 3 * t * t * t) / 6,
        (4 - 6 * back * back + 3 * back * back * back) / 6,
        t * t * t / 6,
    )
