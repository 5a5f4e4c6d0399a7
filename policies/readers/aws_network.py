"""Public addresses and endpoints on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.context import Context
from policies.readers.aws_types import (
    ADDRESS,
    CLUSTER,
    INSTANCE,
    NODE_GROUP,
    SCALING_GROUP,
    SUBNET,
    TEMPLATE,
    named,
    template_of,
)
from policies.readers.common import path_of
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, is_unknown, look, references, rows, switch
from policies.subject import Address, Endpoint

WORLD = ("0.0.0.0/0",)
"""What EKS lets in when a public endpoint names no ranges; public is its default too."""


def endpoints_of(graph: Graph, context: Context) -> Iterator[Endpoint]:
    for cluster in graph.of(CLUSTER):
        block = look(cluster["inputs"], "vpcConfig")
        found = rows(block, "publicAccessCidrs")
        cidrs = None if found is None or any(map(is_unknown, found)) else tuple(map(str, found)) or WORLD
        public = None if block is UNKNOWN else switch(block, "endpointPublicAccess", default=True)
        yield Endpoint(
            what=f"the API endpoint of {named(cluster)}",
            path=path_of(cluster, graph, context, default="access.endpoint"),
            resource=cluster["name"],
            public=public,
            cidrs=cidrs,
        )


def addresses_of(graph: Graph, context: Context) -> Iterator[Address]:
    """Of each group of nodes and each instance: what its template or it says, else what its subnets do."""
    for group in graph.of(NODE_GROUP, SCALING_GROUP):
        template = template_of(group, graph)
        said = _said(template["inputs"]) if template is not None else MISSING
        field = "subnetIds" if group["type"] == NODE_GROUP else "vpcZoneIdentifiers"
        yield _address(group, graph, context, said, field)
    for instance in graph.of(INSTANCE):
        yield _address(instance, graph, context, _said(instance["inputs"]), "subnetId")
    for template in graph.of(TEMPLATE):  # whoever starts instances from it, also outside this program
        if _said(template["inputs"]) is True:
            yield _address(template, graph, context, True, "")
    for address in graph.of(ADDRESS):
        if look(address["inputs"], "instance") is not MISSING:
            yield _address(address, graph, context, True, "")


def _address(resource: Json, graph: Graph, context: Context, said: Any, field: str) -> Address:
    public = said if isinstance(said, bool) else _by_subnets(resource, graph, context, field)
    path = path_of(resource, graph, context, "pools.", "system")
    return Address(what=named(resource), path=path, resource=resource["name"], public=public)


def _said(inputs: Any) -> Any:
    """True, False, or MISSING where neither the resource nor its interfaces say anything that can be known."""
    found: list[Any] = [switch(inputs, "associatePublicIpAddress", default=None)]
    for interface in rows(inputs, "networkInterfaces") or ():
        found.append(switch(interface, "associatePublicIpAddress", default=None))
    if True in found:
        return True
    said = [one for one in found if one is not None]
    interfaces = max(len(found) - 1, 1)
    return False if len(said) >= interfaces else MISSING


def _by_subnets(resource: Json, graph: Graph, context: Context, field: str) -> bool | None:
    value = look(resource["inputs"], field)
    if value is UNKNOWN:
        value = resource["inputs"][field]
    if value is MISSING:
        return None
    answers: list[bool | None] = []
    values: list[Any] = list(value) if isinstance(value, list | tuple) else [value]  # pyright: ignore[reportUnknownArgumentType]
    for one in values:
        answers += _subnet(one, graph, context)
    return True if True in answers else None if None in answers or not answers else False


def _subnet(value: Any, graph: Graph, context: Context) -> Iterator[bool | None]:
    if isinstance(value, str) and value in context.private_subnets:
        yield False
        return
    names = references(value)
    found = graph.named(names, SUBNET)
    if not found:
        one = graph.target(value, SUBNET, "id")
        found = [one] if one is not None else []
    if len(found) < max(len(names), 1):
        yield None
    for subnet in found:
        yield switch(subnet["inputs"], "mapPublicIpOnLaunch", default=False)
