"""Groups of nodes on AWS and what was bought for them, read from registered resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from components.catalog import load
from components.cost.aws_facts import AwsFacts
from components.cost.facts import Pool, Rung
from components.cost.readers import aws_karpenter
from components.plan.model import NodeCount
from policies import groups
from policies.context import Context
from policies.groups import day
from policies.readers.aws_pools import FABRIC, capacity_of
from policies.readers.aws_types import (
    BLOCK,
    INSTANCE,
    NODE_GROUP,
    RESERVATION,
    SCALING_GROUP,
    SCHEDULE,
    TEMPLATE,
    named,
    template_of,
)
from policies.readers.common import path_of
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, look, number, references, rows
from policies.subject import Group, Purchase

Found = tuple[Rung, Group]
_NONE = NodeCount(min=0, desired=0, max=0)


def groups_of(facts: Iterable[AwsFacts], graph: Graph, context: Context) -> list[Found]:
    """Every group of nodes that the cost of these resources counts, then templates that none of them uses."""
    stopped = _stopped(graph)
    found = [
        (rung, _group(pool, rung, region.region, graph, context, stopped))
        for region in facts
        for pool in region.pools
        for rung in pool.rungs
    ]
    regions = {region.region for region in facts}
    return [*found, *_templates(graph, regions.pop() if len(regions) == 1 else "")]


def _group(pool: Pool, rung: Rung, region: str, graph: Graph, context: Context, stopped: set[str]) -> Group:
    made = groups.group(pool, rung, region, fabric=False, stops=rung.name in stopped)
    resource = _resource(rung, graph)
    if resource is None:
        return _of_karpenter(replace(made, resource=rung.name, fabric=None), graph)
    template = template_of(resource, graph)
    capacity = capacity_of(resource, template)
    return replace(
        made,
        what=named(resource),
        path=path_of(resource, graph, context, "pools.", "system"),
        resource=resource["name"],
        # The cost takes what it cannot read for on-demand, which is the dearest.
        capacity_type=made.capacity_type if capacity == "other" or rung.is_bought else capacity,
        fabric=_fabric(resource, template),
    )


def _of_karpenter(made: Group, graph: Graph) -> Group:
    """A NodePool with every machine that it may start; its cost counts the dearest alone."""
    for one in graph.resources:
        if one["name"] == made.resource and aws_karpenter.NODE_POOL.fullmatch(one["type"]):
            return replace(made, what=f"NodePool {one['name']}", machines=aws_karpenter.machines_of(one, load("aws")))
    return made


def _resource(rung: Rung, graph: Graph) -> Json | None:
    for kind in (NODE_GROUP, SCALING_GROUP, INSTANCE, RESERVATION):
        found = graph.named([rung.name], kind)
        if found:
            return found[0]
    return None


def _fabric(resource: Json, template: Json | None) -> bool | None:
    """Without a template of this program there is no fabric that one could see; with one of another's, who knows."""
    if template is None:
        return False if look(resource["inputs"], "launchTemplate") is MISSING else None
    interfaces = rows(template["inputs"], "networkInterfaces")
    if interfaces is None:
        return None
    types = [look(interface, "interfaceType") for interface in interfaces]
    if FABRIC.intersection(map(str, types)):
        return True
    return None if UNKNOWN in types else False


def _stopped(graph: Graph) -> set[str]:
    """Names of the groups that a recurring schedule takes to zero."""
    found: set[str] = set()
    for schedule in graph.of(SCHEDULE):
        given = schedule["inputs"]
        sizes = (number(given, "maxSize"), number(given, "desiredCapacity"))
        if look(given, "recurrence") is not MISSING and 0 in sizes:
            target = given.get("autoscalingGroupName")
            found |= _groups_in(references(target), graph) or {str(target)}
    return found


def _groups_in(names: set[str], graph: Graph) -> set[str]:
    """A reference to a part of a group's output (`name.resources[0].…`) names the group too."""
    known = {one["name"] for one in graph.of(NODE_GROUP, SCALING_GROUP)}
    parts = {
        name[:place] for name in names for place in range(len(name) + 1) if place == len(name) or name[place] == "."
    }
    return known & parts


def _templates(graph: Graph, region: str) -> Iterator[Found]:
    """Templates that no group of this program uses: whoever starts instances from them, does so outside of it."""
    users = graph.of(NODE_GROUP, SCALING_GROUP, INSTANCE)
    used = {template["name"] for user in users if (template := template_of(user, graph)) is not None}
    for template in graph.of(TEMPLATE):
        machine = look(template["inputs"], "instanceType")
        if template["name"] in used or machine is MISSING:
            continue
        capacity = capacity_of(template, None)
        rung = Rung(
            name=template["name"],
            capacity_type="on-demand" if capacity == "other" else capacity or "",
            nodes=_NONE,
            machines=(machine,) if isinstance(machine, str) else (),
            disk=None,
        )
        pool = Pool(name=template["name"], path="", rungs=(rung,), rest=0, price=None)
        made = groups.group(pool, rung, region, fabric=_fabric(template, template))
        yield (
            rung,
            replace(made, what=named(template), resource=template["name"], capacity_type=rung.capacity_type or None),
        )


def purchases_of(found: Iterable[Found], graph: Graph) -> Iterator[Purchase]:
    """What was bought: by id in the spec, as a reservation of this program, or as a block of it."""
    for one in groups.purchases(found):
        made = graph.named([one.id], RESERVATION)
        yield _reserved(one, made[0]) if made else one
    for block in graph.of(BLOCK):
        ends, _ = _end(block)
        yield Purchase(
            what=named(block),
            resource=block["name"],
            id=block["name"],
            kind="block",
            nodes=number(block["inputs"], "instanceCount"),
            used=None,
            ends=ends,
            open_ended=False,
            starts=day(str(look(block["inputs"], "startDate"))),
        )


def _reserved(one: Purchase, reservation: Json) -> Purchase:
    ends, open_ended = _end(reservation)
    return replace(one, what=named(reservation), resource=reservation["name"], ends=ends, open_ended=open_ended)


def _end(resource: Json) -> tuple[date | None, bool | None]:
    """The last day, and whether there is none: EC2's default is a reservation without end."""
    said: Any = look(resource["inputs"], "endDate")
    if said is UNKNOWN:
        return None, None
    return (None, True) if said is MISSING else (day(str(said)), False)
