"""What the pack judges: registered resources, with the plan of their stack where there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from components.catalog import load
from components.cost.estimate import estimate
from components.cost.readers.aws import items_from_resources
from components.cost.readers.terms import Terms
from components.errors import Finding, InputError, Level
from components.plan.aws.model import AwsClusterPlan
from components.plan.planner import plan
from components.spec.loader import LoadedSpec, load_config
from components.spec.models import ClusterSpec
from policies.context import Context
from policies.readers.aws import context_of, subject_from_resources
from policies.settings import Settings, settings_of
from policies.subject import Subject

Json = Mapping[str, Any]
STACK = "pulumi:pulumi:Stack"
SPEC_OUTPUT = "spec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A subject with its settings, and what was found while its spec was read."""

    subject: Subject
    settings: Settings
    findings: tuple[Finding, ...] = ()


def case_of(resources: Sequence[Json], *, stack: str, environment: str, config: str | None, on: date) -> Case:
    """The case of a program's resources.

    `config` is the stack's `gpu-fleet:cluster` as JSON. Without it the stack's exported spec is taken; a program that
    has neither is judged with the rules' own settings, in `environment`. A spec that cannot be read is a finding.
    """
    planned, findings = _planned(resources, stack, config)
    context = context_of(planned) if planned else Context(stack=stack, environment=environment)
    catalog = load("aws")
    terms = Terms.of(planned) if planned else Terms()
    items, not_included = items_from_resources(resources, terms, catalog, on)
    cost = estimate(items, catalog, not_included=not_included)
    return Case(
        subject=subject_from_resources(resources, context, cost, on),
        settings=settings_of(planned.policy) if planned else Settings(),
        findings=findings,
    )


def _planned(
    resources: Sequence[Json], stack: str, config: str | None
) -> tuple[AwsClusterPlan | None, tuple[Finding, ...]]:
    try:
        loaded = load_config(config, stack) if config is not None else _exported(resources, stack)
        if loaded is None:
            return None, ()
        made = plan(loaded)
    except InputError as error:
        return None, error.findings
    if isinstance(made, AwsClusterPlan):
        return made, made.findings
    message = f"the pack cannot judge a cluster on {made.cloud!r} yet"
    return None, (Finding(id="cloud", level=Level.ERROR, path="cloud", message=message),)


def _exported(resources: Sequence[Json], stack: str) -> LoadedSpec | None:
    """The canonical spec that the program exports, so that a state can be judged without its config."""
    for resource in resources:
        value = resource["inputs"].get(SPEC_OUTPUT) if resource["type"] == STACK else None
        if isinstance(value, str):
            value = json.loads(value)
        if isinstance(value, Mapping):
            written = cast("Mapping[str, Any]", value)
            return LoadedSpec(stack, ClusterSpec.model_validate(written), written, {}, ())
    return None
