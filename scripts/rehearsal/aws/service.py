"""AWS, as far as this project's stacks know it: a behaviour for each type of resource, found by its token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from components.catalog.tables import Table
from scripts.rehearsal.aws import (
    account,
    capacity,
    compute,
    eks,
    gateways,
    groups,
    hosting,
    iam,
    limits,
    lookup,
    lustre,
    network,
    nodes,
    storage,
)
from scripts.rehearsal.aws.behaviour import ACCOUNT, REGION, Behaviour, Call
from scripts.rehearsal.model import CloudError, Effects, Existing, Failure, Resource, Values
from scripts.rehearsal.values import copied

BEHAVIOURS: dict[str, Behaviour] = {
    type: behaviour
    for part in (network, gateways, groups, compute, eks, nodes, iam, storage, lustre, account)
    for type, behaviour in part.BEHAVIOURS.items()
}

SETS: dict[str, tuple[str, ...]] = {type: behaviour.sets for type, behaviour in BEHAVIOURS.items() if behaviour.sets}
"""By type: the paths whose order means nothing, and is not kept."""

OWNED: dict[str, tuple[str, ...]] = {type: behaviour.owned for type, behaviour in BEHAVIOURS.items() if behaviour.owned}
"""By type: the inputs that AWS moves by itself."""

_TIMED = ("create", "delete")


class Aws:
    """Settings `account` and `region` say on whose behalf, and where, a call is made."""

    retries = 25
    """How often the provider tries again when AWS says that there were too many requests (terraform-provider-aws,
    documentation of `max_retries`)."""
    patience = 120.0
    """Seconds for which the provider looks for what it has just made (terraform-provider-aws, RetryWhenNewResourceNotFound
    with the shortest of its limits: `propagationTimeout` of internal/service/iam)."""

    @cached_property
    def latency(self) -> Mapping[str, Mapping[str, float]]:
        """Type -> call -> seconds that it took in logs that people published; what no log tells is not there."""
        rows = Table(Path(__file__).with_name("latency.csv"), ("type", *_TIMED, "source", "as_of"), 1).rows()
        return {row.text("type"): {call: row.number(call) for call in _TIMED if row.text(call)} for row in rows}

    def check(self, type: str, inputs: Values, existing: Existing) -> Iterable[Failure]:
        _behaviour(type)
        return limits.failures(type, inputs)

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        behaviour, call = _behaviour(type), _call(type, name, inputs, existing)
        behaviour.verify(call)
        id = behaviour.identify(call)
        return id, behaviour.outputs(call, id)

    def update(self, resource: Resource, inputs: Values, existing: Existing) -> dict[str, Any]:
        behaviour, call = _behaviour(resource.type), _of(resource, inputs, existing)
        behaviour.verify(call)
        return behaviour.outputs(call, resource.id)

    def read(self, resource: Resource, existing: Existing) -> dict[str, Any]:
        behaviour, call = _behaviour(resource.type), _of(resource, resource.inputs, existing)
        now: dict[str, Any] = copied(resource.outputs)
        return now | behaviour.told(call, resource)

    def delete(self, resource: Resource, existing: Existing) -> None:
        _behaviour(resource.type).release(_of(resource, resource.inputs, existing), resource)

    def gone(self, resource: Resource, existing: Existing) -> Effects:
        """Interfaces that the VPC CNI attached stay when nodes go and it does not run any more to free them."""
        if resource.type != lookup.NODES:
            return Effects()
        homes = existing.all(lookup.CLUSTER)
        home = next((one for one in homes if one.id == resource.inputs.get("clusterName")), None)
        if home is None or hosting.has_cni(home, existing) or not capacity.running(resource):
            return Effects()
        name = resource.outputs.get("nodeGroupName")
        return Effects(made=hosting.interfaces(home, f"VPC CNI network interface of node group {name}"))


def service() -> Aws:
    """How AWS answers. It keeps nothing: all that exists is in `Existing`."""
    return Aws()


def _behaviour(type: str) -> Behaviour:
    found = BEHAVIOURS.get(type)
    if found is None:
        raise CloudError(
            "UnknownResourceType", f"the rehearsed AWS does not know {type}; add it to scripts/rehearsal/aws"
        )
    return found


def _call(type: str, name: str, inputs: Values, existing: Existing) -> Call:
    account = str(existing.setting("account", ACCOUNT))
    # A resource may say its own region since version 7 of the provider.
    region = str(inputs.get("region") or existing.setting("region", REGION))
    return Call(type=type, name=name, inputs=inputs, existing=existing, account=account, region=region)


def _of(resource: Resource, inputs: Values, existing: Existing) -> Call:
    return Call(
        type=resource.type,
        name=resource.urn.rpartition("::")[2],
        inputs=inputs,
        existing=existing,
        account=resource.account,
        region=resource.region,
        was=resource,
    )
