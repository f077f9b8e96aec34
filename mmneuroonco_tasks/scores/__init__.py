"""Scores: metrics, intervals, signatures and result files. Everything here is a pure function of its input."""

from __future__ import annotations

from .closed import ClosedScores, score_closed
from .registry import BREAKDOWN_METRICS, CLOSED_METRICS, METRICS, TABLE_METRICS, Metric
from .result import ResultError, closed_result, read_result, write_result
from .signature import COMPARABILITY, Run, Signature, SignatureError, differences
from .uncertainty import ClusterCounts, Estimate

__all__ = [
    "BREAKDOWN_METRICS",
    "CLOSED_METRICS",
    "COMPARABILITY",
    "METRICS",
    "TABLE_METRICS",
    "ClosedScores",
    "ClusterCounts",
    "Estimate",
    "Metric",
    "ResultError",
    "Run",
    "Signature",
    "SignatureError",
    "closed_result",
    "differences",
    "read_result",
    "score_closed",
    "write_result",
]
