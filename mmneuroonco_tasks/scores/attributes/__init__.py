"""The attributes of a lesion in free text, and which of them a question asks for.

``terms.tsv`` holds the words; a text becomes tokens (``tokens``), terms (``terms``) and numbers (``quantities``); cues
of negation turn these into mentions (``mentions``), mentions become evidence (``context``, ``sector``, ``spread``), and
evidence a class (``evidence``, ``classes``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .classes import ATTRIBUTES, MEASUREMENTS

if TYPE_CHECKING:
    from .asked import Asked, asked_of
    from .evidence import Reading
    from .measurements import measured_right, read_measurements
    from .reading import read_attributes

#: Version of the extractor. A change of a rule or of the table is a new version in the signature of open scores.
ATTRIBUTES_VERSION = "1"

__all__ = [
    "ATTRIBUTES",
    "ATTRIBUTES_VERSION",
    "MEASUREMENTS",
    "Asked",
    "Reading",
    "asked_of",
    "measured_right",
    "read_attributes",
    "read_measurements",
]

#: Loaded when first used: closed questions need the names above, and none of the tables.
_HOMES = {
    "Asked": "asked",
    "Reading": "evidence",
    "asked_of": "asked",
    "measured_right": "measurements",
    "read_attributes": "reading",
    "read_measurements": "measurements",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
