"""Pools of nodes on AWS: the capacity they run on, and whether they work as a gang."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policies.context import Context
from policies.readers.aws_types import NODE_GROUP, SCALING_GROUP, named, template_of
from policies.readers.common import path_of
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, look, number, rows
from policies.subject import Pool

FABRIC = frozenset({"efa", "efa-only"})
ALL_ON_DEMAND = 100


def pools_of(graph: Graph, context: Context) -> Iterator[Pool]:
    """The spec's pools with the capacity of their groups, then the groups that no spec knows."""
    of_spec: dict[str, list[str | None]] = {pool.path: [] for pool in context.pools}
    for group in graph.of(NODE_GROUP, SCALING_GROUP):
        template = template_of(group, graph)
        path = path_of(group, graph, context, "pools.")
        capacity = capacity_of(group, template)
        if path in of_spec:
            of_spec[path].append(capacity)
        else:
            yield Pool(
                what=named(group),
                path=path,
                resource=group["name"],
                name=group["name"],
                accelerator="",
                gang=_gang(group, template),
                capacity_types=(capacity,),
            )
    for pool in context.pools:
        yield replace(pool, capacity_types=tuple(of_spec[pool.path]))


def capacity_of(group: Json, template: Json | None) -> str | None:
    """`spot`, `other`, or None where the cloud decides it."""
    answers = [look(group["inputs"], "capacityType"), look(group["inputs"], "instanceMarketOptions", "marketType")]
    if template is not None:
        answers.append(look(template["inputs"], "instanceMarketOptions", "marketType"))
    mixed = look(group["inputs"], "mixedInstancesPolicy", "instancesDistribution")
    share = look(mixed, "onDemandPercentageAboveBaseCapacity")
    if mixed is not MISSING and share != MISSING and share != ALL_ON_DEMAND:
        answers.append(UNKNOWN if share is UNKNOWN else "spot")
    if any(isinstance(answer, str) and answer.lower() == "spot" for answer in answers):
        return "spot"
    return None if UNKNOWN in answers else "other"


def _gang(group: Json, template: Json | None) -> bool | None:
    """Several nodes with a fabric; without a template of this program there is no fabric that one could see."""
    scaling = look(group["inputs"], "scalingConfig")
    most = number(group["inputs"], "maxSize") if scaling is MISSING else number(scaling, "maxSize")
    if most is not None and most <= 1:
        return False
    if template is None:
        return False if look(group["inputs"], "launchTemplate") is MISSING else None
    interfaces = rows(template["inputs"], "networkInterfaces")
    types = None if interfaces is None else [look(interface, "interfaceType") for interface in interfaces]
    if types is None or (UNKNOWN in types and not FABRIC.intersection(map(str, types))):
        return None
    if not FABRIC.intersection(map(str, types)):
        return False
    return True if most is not None else None
