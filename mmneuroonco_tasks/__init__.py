"""MM-NeuroOnco inside the evaluation frameworks people already run, with rejection-aware scores."""

from __future__ import annotations

__version__ = "0.1.0"
