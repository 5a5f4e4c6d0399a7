"""One stack as reports tell it, whether it could be planned or not."""

from __future__ import annotations

from datetime import date

from components.errors import Finding, Level
from components.records import record
from scripts.cli.assess import Assessment
from scripts.report.review import Difference


@record(kw_only=True)
class Node:
    """A thing in a tree of resources; `details` is text of one property a line."""

    name: str
    kind: str = ""
    marks: tuple[str, ...] = ()
    details: str = ""
    children: tuple[Node, ...] = ()


@record(kw_only=True)
class Tree:
    """The resources of a stack: `registered` by its program, or only what its plan has."""

    registered: bool
    roots: tuple[Node, ...]
    count: str


@record(kw_only=True)
class StackReport:
    """A stack on a day. Without an `assessment` there is no plan, or the stack is gone; the findings say why."""

    name: str
    on: date
    findings: tuple[Finding, ...]
    assessment: Assessment | None = None
    difference: Difference | None = None
    tree: Tree | None = None

    @property
    def planned(self) -> bool:
        return self.assessment is not None

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)

    @property
    def good(self) -> bool:
        """Whether nothing forbids to deploy it."""
        return self.planned and not self.count(Level.ERROR) and not self.count(Level.MANDATORY)


@record(kw_only=True)
class Report:
    """Stacks on a day, and findings that are of none of them. `baseline` names what they are compared with."""

    on: date
    stacks: tuple[StackReport, ...]
    findings: tuple[Finding, ...] = ()
    baseline: str | None = None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return (*self.findings, *(finding for stack in self.stacks for finding in stack.findings))
