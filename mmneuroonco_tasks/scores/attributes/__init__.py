"""The attributes of a lesion in free text, and which of them a question asks for.

``terms.tsv`` holds the words; a text becomes tokens (``tokens``), terms (``terms``) and numbers (``quantities``); cues
of negation turn these into mentions (``mentions``), mentions become evidence (``context``, ``sector``, ``spread``), and
evidence a class (``evidence``, ``classes``).
"""

from __future__ import annotations

from .asked import Asked, asked_of
from .classes import ATTRIBUTES
from .evidence import Reading
from .measurements import MEASUREMENTS, measured_right, read_measurements
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
