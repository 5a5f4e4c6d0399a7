"""What the tests of the reader ask: a cluster's plan, and the cost of its resources."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

from components.catalog import load
from components.cost.estimate import estimate
from components.cost.model import CostLine, CostReport
from components.cost.readers.aws import items_from_resources
from components.cost.readers.terms import Terms
from components.plan.aws.model import AwsClusterPlan, Bucket
from tests.unit.cost.clusters import ON, cluster, lustre, pool, reservation, rung
from tests.unit.cost.wires import Resource

CATALOG = load("aws")


def planned(**changes: Any) -> AwsClusterPlan:
    """The plan that the resources came from."""
    train = pool((8, 8, 12), rung("reservation", (8, 8, 8), bought=reservation(8)), rung("on-demand", (0, 0, 4)))
    data = Bucket(name="data", kind="object", asked_gib=D(1000), given_gib=1000, price=None)
    return cluster(train, storage=(lustre(), data), **changes)


def cost(found: list[Resource], terms: Terms | None = None, on: date = ON) -> CostReport:
    items, left_out = items_from_resources(found, Terms.of(planned()) if terms is None else terms, CATALOG, on)
    return estimate(items, CATALOG, not_included=left_out)


def unpriced(report: CostReport) -> list[tuple[str, str]]:
    return [(line.item, line.hint) for line in report.unpriced]


def line(report: CostReport, item: str) -> CostLine:
    (one,) = [each for each in report.lines if each.item == item]
    return one
