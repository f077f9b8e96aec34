"""The phantom benchmark: pictures that may be shared, with questions that only a reader of pixels can answer.

MRI-like slices drawn by this project, in the released schema and folder shape, with the released share of traps, both
formats of closed questions, and open questions. Size, shape, spread and location follow by the released mask rules
(``benchmark.mask_rules``) from the drawn mask; what stands for a diagnosis or a sequence is told in ``drawing``; why
the options give nothing away, in ``closed``. It is a calibration: a model that cannot tell a large lesion from a small
one here is not looking, whatever it scores elsewhere.
"""

from __future__ import annotations

from .writing import MARKER, PHANTOM_VERSION, PhantomPaths, write_phantom

__all__ = ["MARKER", "PHANTOM_VERSION", "PhantomPaths", "write_phantom"]
