"""Audit: label defects of a file in the benchmark's schema, found by rule."""

from .findings import AuditReport, Finding, Measure
from .report import audit_closed, audit_open, print_audit

__all__ = ["AuditReport", "Finding", "Measure", "audit_closed", "audit_open", "print_audit"]
