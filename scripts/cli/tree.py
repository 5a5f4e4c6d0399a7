"""Registered resources as a tree: components are its branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from scripts.cli.assess import Resource
from scripts.cli.figures import counted

_BRANCH, _LAST, _DOWN, _GAP = "├─ ", "└─ ", "│  ", "   "


def tree(resources: Sequence[Resource], stack: str) -> Iterator[Text]:
    """A line for each resource. Names are shown without their common prefix `<stack>-`."""
    children: dict[str | None, list[Resource]] = {}
    for one in resources:
        children.setdefault(one["parent"], []).append(one)
    lines = list(_lines(children, None, "", stack))
    width = max((len(indent) + len(name) for indent, name, _ in lines), default=0)
    for indent, name, one in lines:
        is_branch = one["name"] in children
        text = Text.assemble((indent, "dim"), (name, "bold" if is_branch else ""))
        text.pad_right(width - text.cell_len + 2)
        text.append(short(one["type"]), "cyan" if is_branch else "dim")
        if one["protect"]:
            text.append("  protected", "green")
        yield text


def _lines(
    children: dict[str | None, list[Resource]], parent: str | None, indent: str, stack: str
) -> Iterator[tuple[str, str, Resource]]:
    """(indent, shown name, resource) from the top down: leaves before branches, each in the order of registration."""
    here = sorted(children.get(parent, ()), key=lambda one: one["name"] in children)
    for place, one in enumerate(here):
        last = place == len(here) - 1
        own, below = ("", "") if parent is None else (_LAST if last else _BRANCH, _GAP if last else _DOWN)
        yield indent + own, one["name"].removeprefix(f"{stack}-"), one
        yield from _lines(children, one["name"], indent + below, stack)


def short(type_: str) -> str:
    """A type as people say it: `aws:ec2/vpc:Vpc` -> `ec2.Vpc`, `gpu-fleet:aws:Network` -> `Network`."""
    package, module, name = [*type_.split(":"), "", ""][:3]
    if package == "pulumi":
        return f"provider {name}" if module == "providers" else name
    service = module.partition("/")[0]
    return name if package == "gpu-fleet" else f"{service}.{name}"


def count(resources: Sequence[Resource]) -> str:
    """`95 resources: 82 of aws, 12 components, 1 provider; 4 are protected`."""
    kinds: dict[str, int] = {}
    for one in resources:
        package, module, *_ = one["type"].split(":")
        kind = "component" if package == "gpu-fleet" else "provider" if module == "providers" else package
        kinds[kind] = kinds.get(kind, 0) + 1
    own = [counted(kinds[kind], kind) for kind in ("component", "provider") if kind in kinds]
    clouds = [f"{number} of {kind}" for kind, number in kinds.items() if kind not in ("component", "provider")]
    protected = sum(bool(one["protect"]) for one in resources)
    is_are = "is" if protected == 1 else "are"
    tail = f"; {protected} {is_are} protected" if protected else ""
    return f"{counted(len(resources), 'resource')}: {', '.join([*clouds, *own])}{tail}"
