"""What `--compare-to` names, and what a stack was there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Protocol

from components.catalog import load as catalog_of
from components.cost.difference import with_prices_of
from components.cost.estimate import report_for
from components.cost.model import CostReport
from components.errors import CatalogError, Finding, InputError, Level
from components.plan.planner import plan as plan_of
from components.records import record
from components.spec.loader import load
from components.spec.project import Project
from scripts.baseline.git import BASELINE, Repository, Tree
from scripts.baseline.past import PastCatalogs, PastProject
from scripts.cli.assess import Planned

MOST_TOLD = 3
"""Problems of an old stack file that are told: they are not the author's of the change."""


@record(kw_only=True)
class Before:
    """What a stack was. `there`: with its cost; `new`: it was not there; `unknown`: nobody can tell, and findings say why.

    `repriced`: what the old spec costs at today's prices; None where those are the same. `other`: it is another stack as
    it is now, so that nothing of it is replaced or deleted by what is done to this one.
    """

    name: str
    state: str
    planned: Planned | None = None
    cost: CostReport | None = None
    repriced: CostReport | None = None
    findings: tuple[Finding, ...] = ()
    other: bool = False


class Source(Protocol):
    """Where stacks are looked up as they were."""

    @property
    def name(self) -> str: ...

    def before(self, stack: str, file: Path, now: CostReport | None, on: date) -> Before:
        """What a stack of this file was; `now` is what it costs."""
        ...

    def close(self) -> None:
        """Let go of processes and files."""
        ...


def source_of(text: str, project: Project) -> Source:
    """What a text names: a saved report (`….json`), a stack file, a git ref, or a stack, in this order.

    Raises InputError with what to do where it names nothing.
    """
    from scripts.baseline.saved import SavedReport

    if text.endswith(".json"):
        return SavedReport(Path(text))
    if text.endswith((".yaml", ".yml")):
        return OtherStack(text, project)
    known = project.stacks()
    try:
        repository = Repository(project.root)
        commit = repository.commit(text)
        if commit is not None:
            return AtRef(text, repository, commit, project)
        missing = repository.missing(text)
    except InputError as error:
        missing = error.findings[0]
    if text in known:
        return OtherStack(text, project)
    raise InputError(missing)


def of_commit(name: str, repository: Repository, commit: str, project: Project) -> AtRef:
    """Stacks as a commit has them, told under a name."""
    return AtRef(name, repository, commit, project)


class AtRef:
    """Stacks, blueprints and the catalogue as a commit has them."""

    def __init__(self, name: str, repository: Repository, commit: str, project: Project) -> None:
        self.name = name
        self.tree = Tree(repository, commit)
        self.project = PastProject(project.root, project.stack_dir, tree=self.tree, name=name)
        self._catalogs = PastCatalogs(self.tree, name)

    def before(self, stack: str, file: Path, now: CostReport | None, on: date) -> Before:
        if self.tree.repository.path(file) is None:
            message = f"{file} is outside of the repository, so {self.name} says nothing of it"
            finding = _advice(message, "compare it with another stack file or a saved report")
            return Before(name=self.name, state="unknown", findings=(finding,))
        if not self.project.has(file):
            return Before(name=self.name, state="new")
        try:
            loaded = load(f"{file.parent}/{file.name}", self.project)
            catalog, said = self._catalogs.of(loaded.spec.cloud)
            plan = plan_of(loaded, catalog)
            cost = report_for(plan, catalog, on)
        except InputError as error:
            return _broken(self.name, f"the stack as it was in {self.name} cannot be planned", error.findings)
        except CatalogError as error:
            message = f"the catalogue of {self.name} is damaged: {error}"
            finding = _advice(message, "nothing is compared for this stack; that it is repaired here is good")
            return Before(name=self.name, state="unknown", findings=(finding,))
        made = Planned(loaded=loaded, plan=plan, catalog=catalog)
        repriced, told = _repriced(made, on, self.name)
        findings = (*said, *told)
        return Before(name=self.name, state="there", planned=made, cost=cost, repriced=repriced, findings=findings)

    def close(self) -> None:
        self.tree.close()
        self._catalogs.close()


class OtherStack:
    """Another stack, as it is now."""

    def __init__(self, stack: str, project: Project) -> None:
        loaded = load(stack, project)
        self.name = loaded.stack
        plan = plan_of(loaded)
        self._planned = Planned(loaded=loaded, plan=plan, catalog=catalog_of(plan.cloud))

    def before(self, stack: str, file: Path, now: CostReport | None, on: date) -> Before:
        made = self._planned
        cost = report_for(made.plan, made.catalog, on)
        return Before(name=self.name, state="there", planned=made, cost=cost, other=True)

    def close(self) -> None:
        """Nothing is held."""


def at_prices_of(old: CostReport, now: CostReport | None) -> CostReport | None:
    """An old report at the prices of the new one; None where that cannot be told, or changes nothing."""
    if now is None:
        return None
    repriced = with_prices_of(old, now)
    return None if repriced == old else repriced


def _repriced(made: Planned, on: date, name: str) -> tuple[CostReport | None, tuple[Finding, ...]]:
    """What an old spec costs with today's catalogue, where that is another one."""
    today = catalog_of(made.plan.cloud)
    if made.catalog is today:
        return None, ()
    try:
        return report_for(plan_of(made.loaded, today), today, on), ()
    except InputError as error:
        message = f"the stack as it was in {name} cannot be planned with today's catalogue: {error.findings[0].message}"
        return None, (_advice(message, "so what prices changed is not told apart from what the author changed"),)


def _broken(name: str, what: str, findings: Iterable[Finding]) -> Before:
    wrong = [finding for finding in findings if finding.level is Level.ERROR]
    more = f" (and {len(wrong) - MOST_TOLD} more)" if len(wrong) > MOST_TOLD else ""
    told = "; ".join(map(str, wrong[:MOST_TOLD]))
    hint = "nothing is compared for this stack; that it is repaired here is good"
    return Before(name=name, state="unknown", findings=(_advice(f"{what}: {told}{more}", hint),))


def _advice(message: str, hint: str) -> Finding:
    return Finding(id=BASELINE, level=Level.ADVISORY, message=message, hint=hint)
