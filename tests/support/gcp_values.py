"""Specs of clusters on Google Cloud for tests: a baseline, changes to it by dotted path, and plans without files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from components.catalog.gcp import GcpCatalog
from components.errors import Finding, InputError, Level
from components.plan import planner
from components.plan.gcp.model import GcpClusterPlan
from tests.support.specs import changed, load_value

REGION = "us-central1"
ZONE = "us-central1-a"
ADMIN = "group:platform@example.com"
KEY = f"projects/my-project-1/locations/{REGION}/keyRings/ring/cryptoKeys/disks"
BILLING = "0A1B2C-3D4E5F-6A7B8C"
_BASELINE: dict[str, Any] = {
    "blueprint": "test",
    "cloud": "gcp",
    "account": "my-project-1",
    "region": REGION,
    "environment": "dev",
    "kubernetes": "1.35",
    "access": {"admins": [ADMIN]},
    "budget": {"billing_account": BILLING, "usd_per_month": 200000},
    "pools": {"train": {"accelerator": "H100:8", "nodes": 2, "fabric": "required", "zones": [ZONE]}},
}


def gcp_baseline(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Two nodes of 8 x H100 with a fabric in us-central1: a spec that plans without an error; with `changes`."""
    return changed(_BASELINE, changes or {})


def gcp_plan(changes: Mapping[str, Any] | None = None, catalog: GcpCatalog | None = None) -> GcpClusterPlan:
    """The plan of the baseline with changes. Raises InputError."""
    found = planner.plan(load_value(gcp_baseline(changes)), catalog)
    assert isinstance(found, GcpClusterPlan)
    return found


def gcp_errors(changes: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The errors that the baseline with changes is refused with; it must be refused."""
    try:
        gcp_plan(changes)
    except InputError as error:
        return tuple(one for one in error.findings if one.level is Level.ERROR)
    raise AssertionError(f"planned, although it must be refused: {changes}")


def gcp_error(changes: Mapping[str, Any]) -> Finding:
    """The one error that the baseline with changes is refused with."""
    found = gcp_errors(changes)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def advised(plan: GcpClusterPlan, id: str, path: str = "") -> list[str]:
    """The messages of a plan's advisory findings with that id, at that path or below it."""
    return [one.message for one in plan.findings if one.id == id and one.path.startswith(path)]


def suggested(finding: Finding) -> str:
    """The address range that a finding's hint names."""
    found = re.search(r"\d+(?:\.\d+){3}/\d+", finding.hint)
    assert found, finding.hint
    return found[0]
