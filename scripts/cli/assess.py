"""Load, plan, check, price and judge a stack: what the verbs share, without a word of output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any

from components.catalog import Catalog
from components.catalog import load as catalog_of
from components.cost.estimate import estimate, report_for
from components.cost.model import CostReport
from components.errors import Finding, InputError, Level
from components.plan.dated import dated_findings
from components.plan.model import ClusterPlan
from components.plan.planner import plan as plan_of
from components.records import record
from components.spec.loader import LoadedSpec, load
from components.spec.project import find_project, find_stack
from policies.engine import Judgement, RuleVerdict, evaluate
from policies.from_plan import subject_of
from policies.settings import settings_of

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


@record(kw_only=True)
class Assessment:
    """A stack on a day: its plan, cost, verdicts, and all findings, each with its place, the gravest first."""

    planned: Planned
    on: date
    cost: CostReport
    rules: tuple[RuleVerdict, ...]
    findings: tuple[Finding, ...]

    @property
    def plan(self) -> ClusterPlan:
        return self.planned.plan


def name_of(stack: str) -> str:
    """The name of a stack that was given by name or by path; what was given where it gives none."""
    try:
        return find_stack(stack, find_project())[0]
    except InputError:
        return stack


def planned(stack: str) -> Planned:
    """The plan of a stack, by its name or by the path of its file. Raises InputError with every problem."""
    loaded = load(stack)
    plan = plan_of(loaded)
    return Planned(loaded=loaded, plan=plan, catalog=catalog_of(plan.cloud))


def assess(stack: str, on: date) -> Assessment:
    """The stack as its plan has it. Raises InputError when there is no plan."""
    made = planned(stack)
    cost = report_for(made.plan, made.catalog, on)
    judgement = evaluate(subject_of(made.plan, cost, on), settings_of(made.plan.policy))
    return _assessment(made, on, cost, judgement)


def assess_resources(made: Planned, resources: Sequence[Resource], on: date) -> Assessment:
    """The stack as its registered resources have it: cost and rules are read from them, not from the plan."""
    cloud = made.plan.cloud
    reader = import_module(f"components.cost.readers.{cloud}")
    terms = import_module("components.cost.readers.terms").Terms.of(made.plan)
    items, not_included = reader.items_from_resources(resources, terms, made.catalog, on)
    cost = estimate(items, made.catalog, not_included=not_included)
    judged = import_module(f"policies.readers.{cloud}")
    subject = judged.subject_from_resources(resources, judged.context_of(made.plan), cost, on)
    return _assessment(made, on, cost, evaluate(subject, settings_of(made.plan.policy)))


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
    return Assessment(planned=made, on=on, cost=cost, rules=judgement.verdicts, findings=findings)
