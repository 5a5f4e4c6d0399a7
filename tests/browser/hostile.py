"""Stacks whose words try to be more than words, and one that has no plan."""

from __future__ import annotations

from dataclasses import replace

from components.errors import Finding, Level
from scripts.report.model import Node, StackReport, Tree
from tests.support.reports import DAY, stack_report

WORDS = "</script></title></style><img src=x onerror=alert(1)>\"' javascript:alert(1)"


def hostile() -> StackReport:
    """Hostile words wherever a report has words of a user: names, sources, findings, resources."""
    price = {"usd_per_hour": "1.5", "source": WORDS, "as_of": "2026-01-01"}
    report = stack_report({"pools.train.price": price, "tags": {"owner": WORDS}}, "hostile")
    finding = Finding(id="x", level=Level.ADVISORY, message=WORDS, path=WORDS, hint=WORDS, file=WORDS, line=1)
    tree = Tree(registered=True, count=WORDS, roots=(Node(name=WORDS, kind=WORDS, marks=(WORDS,), details=WORDS),))
    return replace(report, name=WORDS, findings=(*report.findings, finding), tree=tree)


def broken() -> StackReport:
    finding = Finding(id="x", level=Level.ERROR, message="there is no such machine", path="pools.train.machine",
                      file="stacks/Pulumi.broken.yaml", line=7, hint="write another")  # fmt: skip
    return StackReport(name="broken", on=DAY, findings=(finding,))
