"""The policy pack: the rules, bound to Pulumi's policy SDK.

Each rule is one stack policy that reports what blocks; what is advisory (a rule's level in this environment, waivers,
warnings) is reported by one policy of its own, and what is wrong with the spec, its settings or its waivers by others.

A pack configuration (`--policy-pack-config`) has the form of `policies/config.<environment>.json` and wins over that
file; a stack may tighten it, never loosen it. Rules are registered as `remediate`, which for a policy of a whole stack
is mandatory, so that a level which somebody configured can be told from none.

Importing this module costs little on purpose: the engine waits for the pack before the program starts, so specs, plans
and prices are imported when the first stack is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2
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
from pulumi_policy import policy as sdk

from components import clock
from components.errors import Finding, InputError, Level
from policies.config import LEVEL, LOCKED, WAIVERS
from policies.engine import Verdict, idle_waivers, judge
from policies.parameters import Parameters, declared
from policies.rules import RULES
from policies.rules.base import Rule
from policies.waivers import WaiverLimits
from policies.wire import plain

if TYPE_CHECKING:  # a pack's start is waited for
    from policies.case import Case

NAME = "gpu-fleet"
GIVEN = "given"
SPEC = "spec"
ADVICE = "advice"
_URN = "urn:pulumi:"
_PROTO: Any = analyzer_pb2
# What the engine configures -> its word; what is missing here is what nobody set.
_LEVELS: Mapping[int, str] = {
    _PROTO.ADVISORY: "advisory",
    _PROTO.MANDATORY: "mandatory",
    _PROTO.DISABLED: "disabled",
}

Config = Mapping[str, Mapping[str, Any]]
Source = Callable[[Sequence[Mapping[str, Any]], StackValidationArgs, Config], "Case"]


def serve() -> None:
    """Serve the pack to the engine; does not return."""
    docket = Docket(case_of_stack)
    listen(docket, sdk._PolicyAnalyzerServicer)  # pyright: ignore[reportPrivateUsage]
    PolicyPack(NAME, policies(docket), EnforcementLevel.MANDATORY)


def listen(docket: Docket, servicer: Any) -> None:
    """Have the SDK's service tell the docket what the engine configures: levels are told to no policy.

    The level of each finding is decided here, so every rule's own policy blocks, and advice never does.
    """
    take = servicer.Configure

    def configure(self: Any, request: Any, context: Any) -> Any:
        config: dict[str, dict[str, Any]] = {}
        for name, one in request.policyConfig.items():
            level = _LEVELS.get(one.enforcementLevel)
            config[name] = MessageToDict(one.properties) | ({LEVEL: level} if level else {})
            one.enforcementLevel = _PROTO.ADVISORY if name in (ADVICE, GIVEN) else _PROTO.MANDATORY
        docket.configure(config)
        return take(self, request, context)

    servicer.Configure = configure


def policies(docket: Docket) -> list[Policy]:
    """The pack's policies, in the order in which they must run."""
    noted = "Reports nothing: it notes what the program itself says of each resource, for the others."
    described = "The spec and its settings are right: what its rules, parameters and waivers name exists."
    limited = "Waivers are allowed, and end in time."
    advised = (
        "Worth knowing: what is advisory in this environment, what is waived and until when, what comes near a limit."
    )
    mandatory = EnforcementLevel.MANDATORY
    return [
        ResourceValidationPolicy(GIVEN, noted, docket.given, EnforcementLevel.ADVISORY),
        StackValidationPolicy(SPEC, described, docket.spec, mandatory),
        StackValidationPolicy(WAIVERS, limited, docket.waivers, mandatory, config_schema=_schema(WaiverLimits)),
        *(_policy(rule, docket) for rule in RULES),
        StackValidationPolicy(ADVICE, advised, docket.advise, EnforcementLevel.ADVISORY),
    ]


def case_of_stack(resources: Sequence[Mapping[str, Any]], args: StackValidationArgs, config: Config) -> Case:
    """The case of the stack that the engine works on, today; a wrong GPU_FLEET_DATE is a finding in it."""
    from policies.case import case_of

    stack = _stack_of(args)
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
        pack=config,
    )
    return replace(case, findings=(*wrong, *case.findings))


def _stack_of(args: StackValidationArgs) -> str:
    """The stack that resources are of, as their URNs have it: who analyzes an exported state may have selected none."""
    for one in args.resources:
        if one.urn.startswith(_URN) and "::" in one.urn:
            return one.urn.removeprefix(_URN).partition("::")[0]
    return pulumi.get_stack()


class Docket:
    """The case at hand. The SDK runs all policies of a pack over the same resources, one after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._config: Config = {}
        self._resources: list[dict[str, Any]] | None = None
        self._case: Case | None = None
        self._advice: dict[str, list[Finding]] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._used: set[int] = set()
        self._given: dict[str, frozenset[str]] = {}

    def configure(self, config: Config) -> None:
        """Take what the engine configures: policy -> properties, with `enforcementLevel` where one was set."""
        self._config = {name: one for name, one in config.items() if one and name not in (GIVEN, SPEC, ADVICE)}
        self._case = None

    def given(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        """Note the inputs of one resource: the engine asks for each before it makes it, and for the stack at the end."""
        self._given[args.urn] = frozenset(args.props)

    def spec(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """What is wrong with the spec and its settings."""
        self._tell(SPEC, [one for one in self._open(args).findings if not _of_waivers(one)], report)

    def waivers(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """Waivers that are not allowed."""
        self._tell(WAIVERS, [one for one in self._open(args).findings if _of_waivers(one)], report)

    def rule(self, rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
        """The validation of one rule."""

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            case = self._open(args)
            verdict, findings = judge(rule, case.subject, case.settings, self._used)
            self._verdicts[rule.id] = verdict.verdict
            self._tell(rule.id, findings, report, {one.name: one.urn for one in args.resources})

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
            self._case, self._resources = self._source(resources, args, self._config), resources
            self._advice, self._verdicts, self._used = {}, {}, set()
        return self._case

    def _tell(
        self, of: str, findings: Sequence[Finding], report: ReportViolation, urns: Mapping[str, str] | None = None
    ) -> None:
        self._advice[of] = [finding for finding in findings if finding.level == Level.ADVISORY]
        for finding in findings:
            if finding.level != Level.ADVISORY:
                report(text(finding), (urns or {}).get(finding.path))


def text(finding: Finding) -> str:
    """A finding as the engine shows it."""
    return f"{finding}\n  hint: {finding.hint}" if finding.hint else str(finding)


def _of_waivers(finding: Finding) -> bool:
    return finding.path.startswith("policy.waivers.")


def _policy(rule: Rule, docket: Docket) -> StackValidationPolicy:
    locked = {LOCKED: {"type": "boolean", "description": "true: what the rule forbids cannot be waived"}}
    return StackValidationPolicy(
        rule.id,
        rule.summary,
        docket.rule(rule),
        EnforcementLevel.REMEDIATE,
        config_schema=_schema(rule.parameters, locked),
        url=rule.page,
    )


def _schema(model: type[Parameters], more: Mapping[str, Any] | None = None) -> PolicyConfigSchema:
    return PolicyConfigSchema({**{one.name: one.schema for one in declared(model)}, **(more or {})})
