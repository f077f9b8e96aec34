"""What a reader looks at first: what ranks models, its parts, and what others publish."""

from __future__ import annotations

#: By task; the first is what models are ranked by.
KEY_METRICS: dict[str, tuple[str, ...]] = {
    "closed": ("h_score", "answerable_accuracy", "trap_accuracy", "rejection_aware_accuracy", "accuracy"),
    "open": (
        "attribute_balanced_accuracy",
        "attribute_accuracy",
        "contradiction_rate",
        "keyword_recall",
        "keyword_f1",
        "rouge_l",
        "judge_score",
    ),
}
