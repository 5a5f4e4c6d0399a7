"""Load, plan, check, price and judge a stack: what the verbs share, without a word of output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from components.catalog import Catalog
from components.catalog import load as catalog_of
from components.cost.estimate import report_for
from components.cost.model import CostReport
from components.errors import Finding, InputError, Level
from components.plan.dated import dated_findings
from components.plan.model import ClusterPlan
from components.plan.planner import plan as plan_of
from components.records import record
from components.spec.loader import LoadedSpec, load
from components.spec.project import Project, find_project, find_stack
from policies.engine import Judgement, RuleVerdict, evaluate
from policies.from_plan import subject_of
from policies.resolve import settings_for
from policies.settings import Settings, settings_of
from policies.subject import Baseline, Replacement
from policies.waivers import WaiverState

Resource = Mapping[str, Any]
_LEVELS = list(Level)


@record(kw_only=True)
class Planned:
    """A stack's spec, its plan and the catalogue that both were made with."""

    loaded: LoadedSpec
    plan: ClusterPlan
    catalog: Catalog

    @property
    def stack(self) -> str:
        return self.plan.stack

    def accelerators(self, machine: str) -> int:
        """How many accelerators a machine has; 0 where the catalogue does not know it."""
        found = self.catalog.machine(machine)
        return 0 if found is None else found.accelerator_count


@record(kw_only=True)
class Assessment:
    """A stack on a day: its plan, cost, verdicts, and all findings, each with its place, the gravest first."""

    planned: Planned
    on: date
    cost: CostReport
    rules: tuple[RuleVerdict, ...]
    findings: tuple[Finding, ...]
    waivers: tuple[WaiverState, ...] = ()

    @property
    def plan(self) -> ClusterPlan:
        return self.planned.plan


def name_of(stack: str) -> str:
    """The name of a stack that was given by name or by path; what was given where it gives none."""
    try:
        return find_stack(stack, find_project())[0]
    except InputError:
        return stack


def planned(stack: str, project: Project | None = None) -> Planned:
    """The plan of a stack, by its name or by the path of its file. Raises InputError with every problem."""
    loaded = load(stack, project)
    plan = plan_of(loaded)
    return Planned(loaded=loaded, plan=plan, catalog=catalog_of(plan.cloud))


def assess(stack: str, on: date) -> Assessment:
    """The stack as its plan has it. Raises InputError when there is no plan."""
    made = planned(stack)
    return assess_planned(made, report_for(made.plan, made.catalog, on), on)


def assess_planned(made: Planned, cost: CostReport, on: date, baseline: Baseline | None = None) -> Assessment:
    """A planned and priced stack judged; `baseline`: what it cost before the change that it is part of."""
    subject = subject_of(made.plan, cost, on)
    if baseline is not None:
        subject = replace(subject, baseline=baseline)
    return _assessment(made, on, cost, evaluate(subject, settings(made.plan, on)))


def assess_resources(
    made: Planned,
    resources: Sequence[Resource],
    on: date,
    baseline: Baseline | None = None,
    replacements: tuple[Replacement, ...] | None = None,
) -> Assessment:
    """The stack as its registered resources have it: cost and rules are read from them, not from the plan.

    `baseline` is what it cost before a change, `replacements` what an update would replace or delete; None: nothing was
    compared.
    """
    from policies.readers.program import subject_of_program  # here: a verb that reads a plan alone starts without it

    subject = subject_of_program(resources, made.plan, on, catalog=made.catalog)
    subject = replace(subject, baseline=baseline, replacements=replacements)
    return _assessment(made, on, subject.cost, evaluate(subject, settings(made.plan, on)))


def settings(plan: ClusterPlan, on: date) -> Settings:
    """What a stack is judged by: its own `policy` under its environment's configuration, of the project at hand."""
    return settings_for(
        settings_of(plan.policy),
        environment=plan.environment,
        budget=plan.budget.usd_per_month,
        on=on,
        root=_root(Path.cwd()),
    )


@cache
def _root(folder: Path) -> Path:
    """The root of the project at a folder, found once: many stacks are judged in one run."""
    return find_project(folder).root


def graver_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by level, then by place; each one once."""
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda one: (_LEVELS.index(one.level), one.file or "", one.line or 0, one.path),
        )
    )


def _assessment(made: Planned, on: date, cost: CostReport, judgement: Judgement) -> Assessment:
    dated = dated_findings(made.plan, made.catalog, on)
    located = made.loaded.locate((*dated, *judgement.findings))
    findings = graver_first((*made.plan.findings, *located))
    return Assessment(
        planned=made, on=on, cost=cost, rules=judgement.verdicts, findings=findings, waivers=judgement.waivers
    )
