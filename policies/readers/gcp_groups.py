"""Groups of nodes on Google Cloud, pools, and what was bought for them, read from registered resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from components.catalog import load
from components.catalog.gcp import GcpCatalog
from components.cost.facts import ClusterFacts, Pool, Rung
from components.cost.readers.gcp_machines import machine_name
from components.cost.readers.gcp_types import (
    CLUSTER,
    FROM_TEMPLATE,
    INSTANCE,
    MANAGERS,
    NODE_POOL,
    RESERVATION,
    TEMPLATES,
    TPU,
)
from components.plan.model import NodeCount
from policies import groups
from policies.context import Context
from policies.groups import day
from policies.readers.common import path_of
from policies.readers.gcp_types import FUTURE, named, template_of
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, look, number, rows, switch
from policies.subject import Group, Purchase
from policies.subject import Pool as JudgedPool

Found = tuple[Rung, Group]
_NONE = NodeCount(min=0, desired=0, max=0)


def groups_of(facts: Iterable[ClusterFacts], graph: Graph, context: Context) -> list[Found]:
    """Every group of nodes that the cost of these resources counts, then templates that none of them uses."""
    regions = list(facts)
    found = [
        (rung, _group(pool, rung, region.region, graph, context))
        for region in regions
        for pool in region.pools
        for rung in pool.rungs
    ]
    known = {one.region for one in regions}
    return [*found, *_templates(graph, known.pop() if len(known) == 1 else "")]


def _group(pool: Pool, rung: Rung, region: str, graph: Graph, context: Context) -> Group:
    made = groups.group(pool, rung, region, fabric=None)
    resource = _resource(rung, graph)
    if resource is None:
        return _own_pool(rung, made, graph, context)
    given = _configuration(resource, graph)
    capacity = capacity_of(given)
    return replace(
        made,
        what=named(resource),
        path=path_of(resource, graph, context, "pools.", "system"),
        resource=resource["name"],
        machines=() if _may_have_more(given, rung.machines) else rung.machines,
        # The cost takes what it cannot read for on-demand, which is the dearest.
        capacity_type=made.capacity_type if capacity == "other" or rung.is_bought else capacity,
        fabric=_fabric(resource, given, rung.machines),
    )


def _own_pool(rung: Rung, made: Group, graph: Graph, context: Context) -> Group:
    """A pool that a cluster makes itself, which the cost calls by both (`main: default pool`); it has no fabric."""
    name, _, pool = rung.name.partition(": ")
    found = graph.named([name], CLUSTER)
    if not found:
        return replace(made, resource=rung.name)
    path = path_of(found[0], graph, context, default="system")
    return replace(made, what=f"the {pool} of {named(found[0])}", path=path, resource=name, fabric=False)


def _resource(rung: Rung, graph: Graph) -> Json | None:
    for kind in (NODE_POOL, INSTANCE, FROM_TEMPLATE, *MANAGERS, TPU, RESERVATION):
        found = graph.named([rung.name], kind)
        if found:
            return found[0]
    return None


def _configuration(resource: Json, graph: Graph) -> Any:
    """What says how a node is made: inputs, those of a template, or why there are none."""
    if resource["type"] == NODE_POOL:
        return look(resource["inputs"], "nodeConfig")
    if resource["type"] in (FROM_TEMPLATE, *MANAGERS):
        template = template_of(resource, graph)
        return UNKNOWN if template is None else {**template["inputs"], **resource["inputs"]}
    return resource["inputs"]


def _may_have_more(given: Any, machines: Sequence[str]) -> bool:
    """Whether accelerators may be attached to a machine that has none of its own, and nobody knows which."""
    catalog = load("gcp")
    known = [catalog.machine(name) for name in machines]
    plain = any(machine is None or machine.accelerator is None for machine in known)
    return plain and look(given, "guestAccelerators") is UNKNOWN


def capacity_of(given: Any) -> str | None:
    """`spot`, `flex`, `other`, or None where the cloud decides it, of what says how a node is made."""
    if given is UNKNOWN:
        return None
    scheduling = look(given, "scheduling")
    model = look(scheduling, "provisioningModel")
    spot = [switch(given, "spot", default=False), switch(given, "preemptible", default=False)]
    spot.append(switch(scheduling, "preemptible", default=False))
    flex = switch(given, "flexStart", default=False)
    if True in spot or model == "SPOT":
        return "spot"
    if flex or model == "FLEX_START":
        return "flex"
    return None if None in (*spot, flex) or UNKNOWN in (scheduling, model) else "other"


def _fabric(resource: Json, given: Any, machines: Sequence[str]) -> bool | None:
    """Whether nodes have every interface of their accelerators, or are parts of one slice."""
    if resource["type"] != NODE_POOL:
        interfaces = rows(given, "networkInterfaces")  # the first one is the host's
        return None if interfaces is None else _enough(len(interfaces) - 1, machines)
    given = resource["inputs"]
    answers = [look(given, "placementPolicy", "tpuTopology"), look(given, "networkConfig", "acceleratorNetworkProfile")]
    if any(isinstance(one, str) for one in answers):
        return True
    more = rows(given, "networkConfig", "additionalNodeNetworkConfigs")
    return None if more is None or UNKNOWN in answers else _enough(len(more), machines)


def _enough(interfaces: int, machines: Sequence[str]) -> bool:
    """With one interface too few, an accelerator has none of its own and the fabric is not what was paid for."""
    catalog = load("gcp")
    assert isinstance(catalog, GcpCatalog)
    known = [machine for name in machines if (machine := catalog.machine(name)) is not None]
    return any(machine.gpu_nics and interfaces >= machine.gvnic_networks + machine.gpu_nics for machine in known)


def _templates(graph: Graph, region: str) -> Iterator[Found]:
    """Templates that nothing of this program uses: whoever starts instances from them, does so outside of it."""
    used = [template_of(user, graph) for user in graph.of(FROM_TEMPLATE, *MANAGERS)]
    names = {template["name"] for template in used if template is not None}
    for template in graph.of(*TEMPLATES):
        if template["name"] not in names:
            yield _template(template, region)


def _template(template: Json, region: str) -> Found:
    given = template["inputs"]
    machine = machine_name(look(given, "machineType"), given.get("guestAccelerators"), load("gcp"))
    machines = (machine,) if machine and not _may_have_more(given, (machine,)) else ()
    capacity = capacity_of(given)
    rung = Rung(
        name=template["name"],
        capacity_type="on-demand" if capacity == "other" else capacity or "",
        nodes=_NONE,
        machines=machines,
        disk=None,
    )
    pool = Pool(name=template["name"], path="", rungs=(rung,), rest=0, price=None)
    made = groups.group(pool, rung, region, fabric=_fabric(template, given, machines))
    return rung, replace(
        made, what=named(template), resource=template["name"], capacity_type=rung.capacity_type or None
    )


def pools_of(found: Iterable[Found], graph: Graph, context: Context) -> Iterator[JudgedPool]:
    """The spec's pools with the capacity of their node pools, then the node pools that no spec knows."""
    of_spec: dict[str, list[str | None]] = {pool.path: [] for pool in context.pools}
    for _, made in found:
        if not graph.named([made.resource], NODE_POOL):
            continue
        if made.path in of_spec:
            of_spec[made.path].append(made.capacity_type)
        elif not made.path:
            single = made.nodes is not None and made.nodes.max <= 1
            yield JudgedPool(
                what=made.what,
                resource=made.resource,
                name=made.resource,
                accelerator="",
                gang=False if single else None if made.fabric and made.nodes is None else made.fabric,
                capacity_types=(made.capacity_type,),
            )
    for pool in context.pools:
        yield replace(pool, capacity_types=tuple(of_spec[pool.path]))


def purchases_of(found: Iterable[Found], graph: Graph) -> Iterator[Purchase]:
    """What was bought: by name in the spec, as a reservation of this program, or as one of its future reservations."""
    for one in groups.purchases(found):
        made = graph.named([one.id], RESERVATION)
        yield _reserved(one, made[0]) if made else one
    for future in graph.of(FUTURE):
        window = look(future["inputs"], "timeWindow")
        calendar = look(future["inputs"], "reservationMode") == "CALENDAR"
        yield Purchase(
            what=named(future),
            resource=future["name"],
            id=future["name"],
            kind="block" if calendar else "reservation",
            nodes=number(future["inputs"], "specificSkuProperties", "totalCount"),
            used=None,
            ends=_end_of(window),
            open_ended=False,
            starts=day(str(look(window, "startTime"))),
        )


def _reserved(one: Purchase, reservation: Json) -> Purchase:
    """A reservation lasts until somebody deletes it, unless it says when it is deleted."""
    given = reservation["inputs"]
    said, after = look(given, "deleteAtTime"), look(given, "deleteAfterDuration")
    ends = day(said) if isinstance(said, str) else None
    open_ended = None if UNKNOWN in (said, after) else said is MISSING and after is MISSING
    return replace(one, what=named(reservation), resource=reservation["name"], ends=ends, open_ended=open_ended)


def _end_of(window: Any) -> date | None:
    """The last day of a window, by its end or by its length in seconds."""
    if (said := look(window, "endTime")) is not MISSING:
        return day(str(said))
    first, seconds = day(str(look(window, "startTime"))), str(look(window, "duration", "seconds"))
    return first + timedelta(seconds=int(seconds)) if first is not None and seconds.isdigit() else None
