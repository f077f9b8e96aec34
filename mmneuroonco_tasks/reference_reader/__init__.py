"""A reader of phantoms that knows nothing but the picture and the question: image processing and English, no weights.

Of how phantoms are made it uses nothing; ``seeing`` has the conventions that it was told, ``reading`` its words.
"""

from .answering import ReferenceReader

__all__ = ["ReferenceReader"]
