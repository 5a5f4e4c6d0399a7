"""Reports for tests: of plain data, without files, and the elements of the page that is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

from components.catalog import load
from components.cost.estimate import report_for
from components.plan.planner import plan
from scripts.cli.assess import Planned, assess_planned
from scripts.report.html.page import page
from scripts.report.model import Report, StackReport
from scripts.report.tree import planned_tree
from tests.support.specs import baseline, load_value

DAY = date(2026, 11, 23)
VOID = {"meta", "link", "input", "br", "hr", "col"}


@dataclass
class Element:
    """An element with its attributes, the text in it, and its children."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        return [one for one in self.content if isinstance(one, Element)]

    def find(self, name: str, **attributes: str) -> list[Element]:
        """Every element below with a name and these attributes."""
        return [
            one
            for one in self.walk()
            if one.name == name
            and all(one.attributes.get(key.strip("_")) == value for key, value in attributes.items())
        ]

    def walk(self) -> Iterable[Element]:
        for child in self.children:
            yield child
            yield from child.walk()

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.content)

    def rows(self) -> list[list[str]]:
        """A table's rows as texts."""
        return [[" ".join(cell.text.split()) for cell in row.children] for row in self.find("tr")]


class _Tree(HTMLParser):
    """Builds elements, and refuses what is not closed in the order in which it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute twice: {tag} {attrs}"
        element = Element(tag, dict(attrs))
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def parsed(text: str) -> Element:
    """The elements of a page or a part of one; it must be well formed."""
    tree = _Tree()
    tree.feed(text)
    tree.close()
    assert tree.open == [tree.root], f"not closed: {[one.name for one in tree.open[1:]]}"
    return tree.root


def stack_report(changes: Mapping[str, Any] | None = None, name: str = "test", on: date = DAY) -> StackReport:
    """The report of the baseline with changes."""
    loaded = load_value(baseline(changes), name)
    made = Planned(loaded=loaded, plan=plan(loaded), catalog=load("aws"))
    found = assess_planned(made, report_for(made.plan, made.catalog, on), on)
    return StackReport(name=name, on=on, findings=found.findings, assessment=found, tree=planned_tree(made.plan))


def page_of(*stacks: StackReport) -> str:
    return page(Report(on=DAY, stacks=stacks or (stack_report(),)))


def many_pools(count: int) -> dict[str, Any]:
    """Changes that make `count` pools of several kinds, in a network that exists and has room for them."""
    kinds = (
        {"accelerator": "L4:1", "nodes": "0..6", "fabric": "none", "capacity": ["spot", "on-demand"]},
        {"accelerator": "H100:8", "nodes": 4, "fabric": "required"},
        {"accelerator": "A10G:1", "nodes": 1, "fabric": "none"},
        {"accelerator": "H200:8", "nodes": "0..64", "fabric": "required"},
    )
    subnets = {f"use1-az{zone}": [f"subnet-0123456789abcde0{zone}"] for zone in (1, 2, 4, 5, 6)}
    return {
        "pools": {f"pool-{place:02d}": dict(kinds[place % len(kinds)]) for place in range(count)},
        "network": {"existing": {"vpc": "vpc-0123456789abcdef0", "subnets": subnets}},
    }
