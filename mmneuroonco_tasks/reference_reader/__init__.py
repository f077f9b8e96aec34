"""The reference reader: classical image processing that knows nothing but the picture and the prompt."""

from .answering import ReferenceReader

__all__ = ["ReferenceReader"]
