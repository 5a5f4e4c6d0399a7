"""The policy pack: the rules, bound to Pulumi's policy SDK.

Each rule is one stack policy, registered as mandatory, that reports what blocks; what is advisory (a rule's level in
this environment, waivers, warnings) is reported by one policy of its own, and what is wrong with the spec by another.

A pack configuration (`--policy-pack-config`) may set for a rule, beside Pulumi's `enforcementLevel`, `level`
(mandatory, advisory, disabled) and the rule's parameters; it wins over the spec. Importing this module costs little
on purpose: the engine waits for the pack before the program starts, so specs, plans and prices are imported when the
first stack is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from components import clock
from components.errors import Finding, InputError, Level
from policies.engine import Verdict, check_settings, idle_waivers, judge
from policies.parameters import declared
from policies.rules import RULES
from policies.rules.base import Rule
from policies.settings import RuleSettings, Settings
from policies.wire import plain

if TYPE_CHECKING:  # a pack's start is waited for
    from policies.case import Case

NAME = "gpu-fleet"
GIVEN = "given"
SPEC = "spec"
ADVICE = "advice"
LEVELS = ("mandatory", "advisory", "disabled")

Source = Callable[[Sequence[Mapping[str, Any]], StackValidationArgs], "Case"]


def serve() -> None:
    """Serve the pack to the engine; does not return."""
    PolicyPack(NAME, policies(), EnforcementLevel.MANDATORY)


def policies(source: Source | None = None) -> list[Policy]:
    """The pack's policies, in the order in which they must run; `source` makes the case, for tests."""
    docket = Docket(source or case_of_stack)
    described = "The spec and its settings are right: what its rules, parameters and waivers name exists."
    noted = "Reports nothing: it notes what the program itself says of each resource, for the others."
    found: list[Policy] = [
        ResourceValidationPolicy(GIVEN, noted, docket.given, EnforcementLevel.ADVISORY),
        StackValidationPolicy(SPEC, described, docket.spec, EnforcementLevel.MANDATORY),
    ]
    found += [
        StackValidationPolicy(
            rule.id, rule.summary, docket.rule(rule), EnforcementLevel.MANDATORY, config_schema=_schema(rule)
        )
        for rule in RULES
    ]
    about = (
        "Worth knowing: what is advisory in this environment, what is waived and until when, what comes near a limit."
    )
    return [*found, StackValidationPolicy(ADVICE, about, docket.advise, EnforcementLevel.ADVISORY)]


def case_of_stack(resources: Sequence[Mapping[str, Any]], args: StackValidationArgs) -> Case:
    """The case of the stack that the engine works on, today; a wrong GPU_FLEET_DATE is a finding in it."""
    from policies.case import case_of

    stack = pulumi.get_stack()
    tags = args.stack_tags
    try:
        on, wrong = clock.today(), ()
    except InputError as error:
        on, wrong = clock.utc(), error.findings
    case = case_of(
        resources,
        stack=stack,
        environment=tags.get("environment") or tags.get("env") or stack,
        config=pulumi.Config(NAME).get("cluster"),
        on=on,
    )
    return replace(case, findings=(*wrong, *case.findings))


class Docket:
    """The case at hand. The SDK runs all policies of a pack over the same resources, one after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._resources: list[dict[str, Any]] | None = None
        self._case: Case | None = None
        self._advice: dict[str, list[Finding]] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._used: set[int] = set()
        self._given: dict[str, frozenset[str]] = {}

    def given(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        """Note the inputs of one resource: the engine asks for each before it makes it, and for the stack at the end."""
        self._given[args.urn] = frozenset(args.props)

    def spec(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """What is wrong with the spec and its settings."""
        case = self._open(args)
        self._tell(SPEC, [*case.findings, *check_settings(case.settings)], report)

    def rule(self, rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
        """The validation of one rule."""

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            case = self._open(args)
            settings, wrong = configured(case.settings, rule, args.get_config())
            verdict, findings = judge(rule, case.subject, settings, self._used)
            self._verdicts[rule.id] = verdict.verdict
            self._tell(rule.id, [*wrong, *findings], report, {one.name: one.urn for one in args.resources})

        return validate

    def advise(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """All that the other policies found and that does not block; rules that did not run are disabled."""
        case = self._open(args)
        verdicts: dict[str, Verdict] = {rule.id: self._verdicts.get(rule.id, "disabled") for rule in RULES}
        idle = idle_waivers(case.settings, RULES, self._used, verdicts)
        urns = {one.name: one.urn for one in args.resources}
        for finding in [*(one for kept in self._advice.values() for one in kept), *idle]:
            report(text(finding), urns.get(finding.path))

    def _open(self, args: StackValidationArgs) -> Case:
        resources = [plain(resource, self._given.get(resource.urn)) for resource in args.resources]
        if self._case is None or resources != self._resources:
            self._case, self._resources = self._source(resources, args), resources
            self._advice, self._verdicts, self._used = {}, {}, set()
        return self._case

    def _tell(
        self, of: str, findings: Sequence[Finding], report: ReportViolation, urns: Mapping[str, str] | None = None
    ) -> None:
        self._advice[of] = [finding for finding in findings if finding.level == Level.ADVISORY]
        for finding in findings:
            if finding.level != Level.ADVISORY:
                report(text(finding), (urns or {}).get(finding.path))


def configured(settings: Settings, rule: Rule, config: Mapping[str, Any]) -> tuple[Settings, list[Finding]]:
    """The settings with what a pack configuration says of one rule, and what is wrong with that."""
    if not config:
        return settings, []
    own = settings.rules.get(rule.id)
    level = config.get("level", own.level if own else None)
    wrong: list[Finding] = []
    if "level" in config and level not in LEVELS:
        message = f"{level!r} is no level"
        hint = f"one of: {', '.join(LEVELS)}"
        wrong.append(
            Finding(id="policy-setting", level=Level.ERROR, path=f"{rule.id}.level", message=message, hint=hint)
        )
        level = own.level if own else None
    parameters = {name: value for name, value in config.items() if name != "level"}
    only = Settings(rules={rule.id: RuleSettings(parameters=parameters)})
    wrong += check_settings(only)
    merged = RuleSettings(level=level, parameters={**(own.parameters if own else {}), **parameters})
    return replace(settings, rules={**settings.rules, rule.id: merged}), wrong


def text(finding: Finding) -> str:
    """A finding as the engine shows it."""
    return f"{finding}\n  hint: {finding.hint}" if finding.hint else str(finding)


def _schema(rule: Rule) -> PolicyConfigSchema:
    parameters = {one.name: one.schema for one in declared(rule.parameters)}
    return PolicyConfigSchema({"level": {"type": "string", "enum": list(LEVELS)}, **parameters})
