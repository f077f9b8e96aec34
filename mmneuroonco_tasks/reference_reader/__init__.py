"""The reference reader: classical image processing, no weights; it knows the phantoms' vocabulary of options."""

from .answering import ReferenceReader

__all__ = ["ReferenceReader"]
