"""What the tests of the reader of Google Cloud ask: resources written by hand, and what they cost."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

from components.cost.estimate import estimate
from components.cost.model import CostLine, CostReport
from components.cost.readers.gcp import items_from_resources
from components.cost.readers.terms import Terms
from tests.unit.cost_gcp.gcp_clusters import CATALOG, ON

Resource = dict[str, Any]
L4, SMALL = "g2-standard-8", "e2-standard-4"
L4_MONTH = D("623.145520")  # 0.853624 x 730


def resource(type_: str, name: str, /, **inputs: Any) -> Resource:
    return {"type": f"gcp:{type_}", "name": name, "parent": None, "provider": "mine", "inputs": inputs}


PROVIDER = {"type": "pulumi:providers:gcp", "name": "mine", "parent": None, "inputs": {"region": "us-central1"}}
CLUSTER = resource(
    "container/cluster:Cluster",
    "mine-cluster",
    location="us-central1",
    minMasterVersion="1.35.1-gke.1000000",
    removeDefaultNodePool=True,
    initialNodeCount=1,
)


def node_pool(name: str = "mine", **inputs: Any) -> Resource:
    given = {
        "cluster": {"ref": "mine-cluster.id"},
        "nodeLocations": ["us-central1-a"],
        "nodeCount": 2,
        "nodeConfig": {"machineType": L4, "diskType": "pd-balanced", "diskSizeGb": 100},
    }
    return resource("container/nodePool:NodePool", name, **given | inputs)


def cost(*found: Resource, terms: Terms | None = None) -> CostReport:
    items, left_out = items_from_resources([PROVIDER, *found], terms or Terms(), CATALOG, ON)
    return estimate(items, CATALOG, not_included=left_out)


def machine(*found: Resource, terms: Terms | None = None) -> CostLine:
    (one,) = [line for line in cost(*found, terms=terms).lines if line.kind == "machine"]
    return one


def nodes(*found: Resource) -> tuple[D, D, D]:
    quantity = machine(*found).quantity
    return (quantity.min / 730, quantity.desired / 730, quantity.max / 730)


def unpriced(*found: Resource) -> list[tuple[str, str]]:
    return [(line.item, line.hint) for line in cost(*found).unpriced]
