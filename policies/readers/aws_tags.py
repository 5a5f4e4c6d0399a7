"""Tags on AWS: of the resources themselves, and of the instances and disks that a template starts."""

from __future__ import annotations

from collections.abc import Iterator

from policies.context import Context
from policies.readers.aws_types import NODE_GROUP, SCALING_GROUP, TEMPLATE, WORDS, named
from policies.readers.common import Tags, layered, path_of, values_of
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, is_unknown, look, rows, switch
from policies.subject import Taggable

STARTED = ("instance", "volume")
"""What a launch template starts and AWS bills; its tags come from the template's tag specifications alone."""


def taggables_of(graph: Graph, context: Context) -> Iterator[Taggable]:
    for resource in graph.of(*(set(WORDS) - {SCALING_GROUP})):
        yield _taggable(resource, graph, context, named(resource), own_tags(resource, graph))
    for template in graph.of(TEMPLATE):
        for kind in STARTED:
            what = f"the {kind}s of {named(template)}"
            yield _taggable(template, graph, context, what, _specified(template, kind))
    for group in graph.of(NODE_GROUP):
        if look(group["inputs"], "launchTemplate") is MISSING:
            yield _taggable(group, graph, context, f"the instances of {named(group)}, which has no launch template", {})
    for group in graph.of(SCALING_GROUP):
        yield _taggable(group, graph, context, f"the instances of {named(group)}", _propagated(group))


def _taggable(resource: Json, graph: Graph, context: Context, what: str, tags: Tags) -> Taggable:
    path = path_of(resource, graph, context, default="tags")
    return Taggable(what=what, path=path, resource=resource["name"], tags=tags)


def own_tags(resource: Json, graph: Graph) -> Tags:
    """What a resource says itself, over its provider's defaults."""
    return layered(graph.default(resource, "defaultTags", "tags"), look(resource["inputs"], "tags"))


def _specified(template: Json, kind: str) -> Tags:
    specifications = rows(template["inputs"], "tagSpecifications")
    if specifications is None:
        return None
    for specification in specifications:
        if look(specification, "resourceType") == kind:
            tags = look(specification, "tags")
            return None if tags is UNKNOWN else {} if tags is MISSING else values_of(tags)
    return {}


def _propagated(group: Json) -> Tags:
    found = rows(group["inputs"], "tags")
    if found is None:
        return None
    kept = [tag for tag in found if switch(tag, "propagateAtLaunch", default=False)]
    return {str(tag.get("key")): None if is_unknown(tag.get("value")) else str(tag.get("value")) for tag in kept}
