"""Audit: label defects of a file in the benchmark's schema, found by rule."""

from .findings import AuditReport, Finding, Measure
from .report import audit_closed, print_audit

__all__ = ["AuditReport", "Finding", "Measure", "audit_closed", "print_audit"]
