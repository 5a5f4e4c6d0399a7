"""What people change on Google Cloud in a console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHANGES: Mapping[str, Mapping[str, Any] | None] = {
    "gcp:container/cluster:Cluster": {"monitoringConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]}},
    "gcp:storage/bucket:Bucket": {"publicAccessPrevention": "inherited"},
    "gcp:billing/budget:Budget": None,
}
"""Type -> what somebody sets; None: it is deleted."""
