"""What people change on AWS in a console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHANGES: Mapping[str, Mapping[str, Any] | None] = {
    "aws:eks/cluster:Cluster": {"enabledClusterLogTypes": ["api"]},
    "aws:cloudwatch/logGroup:LogGroup": {"retentionInDays": 1},
    "aws:budgets/budget:Budget": None,
}
"""Type -> what somebody sets; None: it is deleted."""
