"""Specs for tests: a baseline as a user writes it, changes to it by dotted path, and plans without files."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from components.catalog.aws import AwsCatalog
from components.catalog.aws import catalog as aws_catalog
from components.errors import Finding, InputError, Level
from components.plan import planner
from components.plan.aws.model import AwsClusterPlan, AwsPool
from components.plan.dated import dated_findings
from components.spec.loader import LoadedSpec
from components.spec.models import ClusterSpec
from components.spec.problems import findings_of

ADMIN = "arn:aws:iam::123456789012:role/platform"
RESERVATION = {"id": "cr-0123456789abcdef0", "zone_id": "use1-az2", "nodes": 4, "until": "2027-06-30"}
BLOCK = {
    "id": "cr-0f9e8d7c6b5a40312",
    "zone_id": "use1-az6",
    "nodes": 4,
    "start": "2027-02-01T11:30:00Z",
    "end": "2027-02-15T11:30:00Z",
    "upfront_usd": 130000,
}
# A value that removes the key in `changed`.
REMOVED = object()

_BASELINE: dict[str, Any] = {
    "blueprint": "test",
    "cloud": "aws",
    "account": "123456789012",
    "region": "us-east-1",
    "environment": "dev",
    "kubernetes": "1.35",
    "access": {"admins": [ADMIN]},
    "pools": {"train": {"accelerator": "H100:8", "nodes": 2, "fabric": "required"}},
}


def baseline(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Two nodes of 8 x H100 with a fabric, in us-east-1: a spec that plans without an error; with `changes`."""
    return changed(_BASELINE, changes or {})


def changed(value: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with other values at dotted paths (`pools.train.nodes`); maps on the way are made."""
    found = copy.deepcopy(dict(value))
    for path, item in changes.items():
        *above, last = path.split(".")
        here = found
        for step in above:
            here = here.setdefault(step, {})
        if item is REMOVED:
            here.pop(last, None)
        else:
            here[last] = copy.deepcopy(item)
    return found


def load_value(value: Mapping[str, Any], stack: str = "test") -> LoadedSpec:
    """A loaded spec from plain data that is whole in itself: no files, no places. Raises InputError."""
    try:
        spec = ClusterSpec.model_validate(value)
    except ValidationError as error:
        raise InputError(findings_of(error, value, {})) from None
    return LoadedSpec(stack, spec, dict(value), {}, ())


def plan_value(value: Mapping[str, Any], catalog: AwsCatalog | None = None) -> AwsClusterPlan:
    """The plan of plain data. Raises InputError."""
    found = planner.plan(load_value(value), catalog)
    assert isinstance(found, AwsClusterPlan)
    return found


def plan_of(changes: Mapping[str, Any] | None = None, catalog: AwsCatalog | None = None) -> AwsClusterPlan:
    """The plan of the baseline with changes."""
    return plan_value(baseline(changes), catalog)


def pool_of(pool: Mapping[str, Any], catalog: AwsCatalog | None = None, **changes: Any) -> AwsPool:
    """The plan of one pool, `train`, in a cluster that is otherwise the baseline."""
    return plan_of({**changes, "pools.train": dict(pool)}, catalog).pools[0]


def errors_of(changes: Mapping[str, Any], catalog: AwsCatalog | None = None) -> tuple[Finding, ...]:
    """The errors that the baseline with changes is refused with; it must be refused."""
    try:
        plan_of(changes, catalog)
    except InputError as error:
        return tuple(one for one in error.findings if one.level is Level.ERROR)
    raise AssertionError(f"planned, although it must be refused: {changes}")


def the_error(changes: Mapping[str, Any], catalog: AwsCatalog | None = None) -> Finding:
    """The one error that the baseline with changes is refused with."""
    found = errors_of(changes, catalog)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def advice(plan: AwsClusterPlan, id: str) -> Finding:
    """The one advisory finding of a plan with that id."""
    found = [one for one in plan.findings if one.id == id]
    assert len(found) == 1, [str(one) for one in plan.findings]
    assert found[0].level is Level.ADVISORY
    return found[0]


def dated(changes: Mapping[str, Any], on: date) -> tuple[Finding, ...]:
    """What depends on the day about the baseline with changes."""
    return dated_findings(plan_of(changes), aws_catalog(), on)
