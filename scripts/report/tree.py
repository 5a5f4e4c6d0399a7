"""Resources as a tree, and their properties as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from components.plan.document import to_document
from components.plan.model import ClusterPlan
from scripts.cli.assess import Resource
from scripts.cli.figures import counted
from scripts.cli.tree import count, short
from scripts.report.model import Node, Tree

# What a plan's document says of the cluster as a whole stands in the report's other sections.
_PARTS = ("network", "system", "pools", "storage", "addons", "access", "tags")


def registered_tree(resources: Sequence[Resource], stack: str) -> Tree:
    """The tree of registered resources; names are without their common prefix `<stack>-`."""
    children: dict[str | None, list[Resource]] = {}
    for one in resources:
        children.setdefault(one["parent"], []).append(one)
    return Tree(registered=True, roots=tuple(_nodes(children, None, f"{stack}-")), count=count(resources))


def _nodes(children: Mapping[str | None, Sequence[Resource]], parent: str | None, prefix: str) -> Iterator[Node]:
    for one in sorted(children.get(parent, ()), key=lambda one: one["name"] in children):
        marks = [mark for mark, held in (("protected", one["protect"]), ("retained", one["retain_on_delete"])) if held]
        yield Node(
            name=one["name"].removeprefix(prefix),
            kind=short(one["type"]),
            marks=tuple(marks),
            details="\n".join(lines_of(one["inputs"])),
            children=tuple(_nodes(children, one["name"], prefix)),
        )


def planned_tree(plan: ClusterPlan) -> Tree:
    """The tree of what a plan has: what it decided, without the resources that only the program registers."""
    document = to_document(plan)
    roots = tuple(_part(name, document[name]) for name in _PARTS if document.get(name))
    things = sum(len(root.children) for root in roots)
    return Tree(registered=False, roots=roots, count=f"{counted(things, 'part')} of the plan")


def _part(name: str, value: Any, kind: str = "") -> Node:
    """A part of a document: what has names in it becomes branches, all else lines."""
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        branches = {key: one for key, one in mapping.items() if _named(one)}
        rest = {key: one for key, one in mapping.items() if key not in branches}
        children = [_item(one, key) for key, many in branches.items() for one in many]
        return Node(name=name, kind=kind, details="\n".join(lines_of(rest)), children=tuple(children))
    if _named(value):
        return Node(name=name, kind=kind, children=tuple(_item(one, "") for one in value))
    return Node(name=name, kind=kind, details="\n".join(lines_of(value)))


def _item(value: Mapping[str, Any], kind: str) -> Node:
    name = value.get("name") or value.get("service")
    said = str(value.get("kind") or value.get("role") or value.get("type") or value.get("machine") or kind)
    return _part(str(name), {key: one for key, one in value.items() if key != "name"}, said)


def _named(value: Any) -> bool:
    """Whether it is a list of things with names."""
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return bool(items) and all(isinstance(one, Mapping) and ("name" in one or "service" in one) for one in items)


def lines_of(value: Any, path: str = "") -> Iterator[str]:
    """`path: value` for everything that is set; what only the cloud can tell is `<name>.<output>` in brackets."""
    if value is None or value == {} or value == []:
        return
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        told = _told(mapping)
        if told is not None:
            yield f"{path}: {told}"
            return
        for key, one in mapping.items():
            yield from lines_of(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        if all(isinstance(one, str | int) for one in items):
            yield f"{path}: {', '.join(map(str, items))}"
            return
        for place, one in enumerate(items):
            yield from lines_of(one, f"{path}[{place}]")
    else:
        said = str(value).lower() if isinstance(value, bool) else str(value)
        yield f"{path}: {said}" if "\n" not in said else f"{path}:\n    " + "\n    ".join(said.splitlines())


def _told(value: Mapping[str, Any]) -> str | None:
    """What a wire value says that the cloud decides, or that is secret."""
    if len(value) != 1:
        return None
    ((key, said),) = value.items()
    if key == "ref":
        return f"[{said}]"
    if key == "secret":
        return "[secret]"
    if key == "join" and isinstance(said, list):
        pieces = cast("list[Any]", said)
        return "".join((_told(one) or "") if isinstance(one, Mapping) else str(one) for one in pieces)  # pyright: ignore[reportUnknownArgumentType]
    return None
