"""The resources of a stack as a tree with a field to search it."""

from __future__ import annotations

from scripts.cli.figures import counted
from scripts.report.html.markup import Markup, join, tag
from scripts.report.html.parts import badge
from scripts.report.model import Node, Tree

_PLANNED = (
    "These are the parts of the plan. Which resources the program registers for them, `gpufleet preview` shows, and a "
    "report with `--resources registered`."
)
_OPEN_DEPTH = 1


def section(tree: Tree, identity: str, stack: str) -> Markup:
    """The search field, the count and the tree."""
    field = f"{identity}-search"
    search = tag(
        "div",
        tag("label", "Search name, type or property", for_=field),
        tag("input", type="search", id=field, autocomplete="off", spellcheck="false", data_tree=f"{identity}-tree"),
        tag("button", "Open all", type="button", data_open=f"{identity}-tree"),
        tag("button", "Close all", type="button", data_close=f"{identity}-tree"),
        tag("p", tree.count, cls="found", role="status", data_all=tree.count),
        cls="search",
        role="search",
        aria_label=f"Resources of {stack}",
        hidden=True,
    )
    about = tag("p", _with_code(_PLANNED), cls="note") if not tree.registered else None
    count = tag("p", tree.count, cls="counted")
    return join(
        (about, count, search, tag("ul", *(_node(one, 0) for one in tree.roots), cls="tree", id=f"{identity}-tree"))
    )


def _node(node: Node, depth: int) -> Markup:
    marks = [join((" ", badge(mark, "good"))) for mark in node.marks]
    head = join((tag("span", node.name, cls="name"), " ", tag("span", node.kind, cls="kind"), *marks))
    inside: list[Markup] = []
    if node.details:
        inside.append(tag("pre", node.details))
    if node.children:
        inside.append(tag("ul", *(_node(child, depth + 1) for child in node.children)))
    if not inside:
        return tag("li", tag("div", head, cls="leaf"))
    below = f" ({counted(len(node.children), 'part')})" if node.children else ""
    summary = tag("summary", head, tag("span", below, cls="below"))
    return tag("li", tag("details", summary, *inside, open=bool(node.children) and depth < _OPEN_DEPTH))


def _with_code(words: str) -> Markup:
    """Words in which what stands between backticks is code."""
    return join(tag("code", part) if place % 2 else part for place, part in enumerate(words.split("`")))
