"""Judges a subject by rules: levels, parameters, waivers, verdicts. Pure.

A rule's level is its own, unless the spec's `policy.rules.<id>.level` says otherwise for this environment. A waiver
covers what its glob matches, or what stands below that, until the end of its last day; it never hides anything: what
it covers is reported as advisory, with reason and day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal, cast

from components.errors import Finding, Level, did_you_mean
from components.records import record
from policies.parameters import Parameters, read
from policies.rules import RULES
from policies.rules.base import ANY, Advice, Rule, RuleLevel, Violation
from policies.settings import Settings, SettingsLike, WaiverLike
from policies.subject import Subject

Verdict = Literal["pass", "fail", "waived", "disabled", "needs-plan"]

SETTING = "policy-setting"
"""The id of findings about the settings themselves."""

DEFAULTS = Settings()


@record(kw_only=True)
class RuleVerdict:
    """What became of one rule; `level` is the one that held."""

    id: str
    level: RuleLevel
    verdict: Verdict

    def to_dict(self) -> dict[str, str]:
        return {"id": self.id, "level": self.level, "verdict": self.verdict}


@record(kw_only=True)
class Judgement:
    """One verdict a rule, in the order of the rules, and what is wrong."""

    verdicts: tuple[RuleVerdict, ...]
    findings: tuple[Finding, ...]


def evaluate(subject: Subject, policy: SettingsLike = DEFAULTS, *, rules: Sequence[Rule] = RULES) -> Judgement:
    """Judge `subject` by every rule. Wrong settings are findings of level error, and the rule runs with its default."""
    findings = list(check_settings(policy, rules))
    used: set[int] = set()
    verdicts: list[RuleVerdict] = []
    for rule in rules:
        verdict, found = judge(rule, subject, policy, used)
        verdicts.append(verdict)
        findings += found
    findings += idle_waivers(policy, rules, used, {verdict.id: verdict.verdict for verdict in verdicts})
    return Judgement(verdicts=tuple(verdicts), findings=tuple(findings))


def judge(rule: Rule, subject: Subject, policy: SettingsLike, used: set[int]) -> tuple[RuleVerdict, list[Finding]]:
    """One rule's verdict and findings. The numbers of the waivers that match something are added to `used`."""
    level = level_of(rule, policy, subject.environment)
    if level == "disabled":
        return RuleVerdict(id=rule.id, level=level, verdict="disabled"), []
    if rule.needs_plan and not subject.planned:
        message = f"{rule.id} was not judged: it needs the plan of a gpufleet spec, and here are resources alone"
        hint = "judge the stack whose spec it is, or set the rule's level to disabled"
        unjudged = Finding(id=rule.id, level=Level.ADVISORY, message=message, hint=hint)
        return RuleVerdict(id=rule.id, level=level, verdict="needs-plan"), [unjudged]
    findings: list[Finding] = []
    verdict: Verdict = "pass"
    for outcome in rule.judge(subject, parameters_of(rule, policy)):
        hint = outcome.hint or rule.remedy
        finding = Finding(id=rule.id, level=Level(level), message=outcome.message, path=outcome.path, hint=hint)
        if isinstance(outcome, Advice):
            findings.append(replace(finding, level=Level.ADVISORY))
            continue
        if not outcome.path and outcome.resource:
            finding = replace(finding, path=outcome.resource)
        finding, waived = _waive(finding, _matching(rule, outcome, policy, used), subject.on)
        findings.append(finding)
        verdict = "fail" if not waived or verdict == "fail" else "waived"
    return RuleVerdict(id=rule.id, level=level, verdict=verdict), findings


def level_of(rule: Rule, policy: SettingsLike, environment: str) -> RuleLevel:
    """The level that holds for a rule in an environment."""
    setting = policy.rules.get(rule.id)
    asked = setting.level if setting is not None else None
    by_environment = {ANY: asked} if asked is None or isinstance(asked, str) else asked
    found = cast("RuleLevel | None", by_environment.get(environment, by_environment.get(ANY)))
    return rule.level_in(environment) if found is None else found


def parameters_of(rule: Rule, policy: SettingsLike) -> Parameters:
    """The rule's parameters: as set where that can be read, else the default."""
    setting = policy.rules.get(rule.id)
    return read(rule.parameters, setting.parameters if setting is not None else {})[0]


def check_settings(policy: SettingsLike, rules: Sequence[Rule] = RULES) -> Iterable[Finding]:
    """What is wrong with the settings: unknown rules and parameters, values of the wrong kind."""
    by_id = {rule.id: rule for rule in rules}
    for rule_id, setting in policy.rules.items():
        path = f"policy.rules.{rule_id}"
        if rule_id not in by_id:
            yield _error(path, f"there is no rule {rule_id!r}", did_you_mean(rule_id, list(by_id)))
            continue
        for problem in read(by_id[rule_id].parameters, setting.parameters)[1]:
            message = problem.message or f"the rule {rule_id} has no parameter {problem.name!r}"
            yield _error(f"{path}.parameters.{problem.name}".rstrip("."), message, problem.hint)
    for number, waiver in enumerate(policy.waivers):
        if waiver.rule not in by_id:
            hint = did_you_mean(waiver.rule, list(by_id))
            yield _error(f"policy.waivers.{number}.rule", f"there is no rule {waiver.rule!r}", hint)


def idle_waivers(
    policy: SettingsLike, rules: Sequence[Rule], used: set[int], verdicts: Mapping[str, Verdict]
) -> Iterable[Finding]:
    """Waivers that match nothing: worth removing, since they would cover what comes later."""
    known = {rule.id for rule in rules}
    for number, waiver in enumerate(policy.waivers):
        if number in used or waiver.rule not in known:
            continue
        why = (
            "the rule is disabled"
            if verdicts.get(waiver.rule) == "disabled"
            else f"nothing that {waiver.path!r} matches breaks the rule"
        )
        yield Finding(
            id=SETTING,
            level=Level.ADVISORY,
            path=f"policy.waivers.{number}",
            message=f"the waiver of {waiver.rule} waives nothing: {why}",
            hint="remove it, or correct its path",
        )


def _error(path: str, message: str, hint: str) -> Finding:
    return Finding(id=SETTING, level=Level.ERROR, path=path, message=message, hint=hint)


def _matching(rule: Rule, violation: Violation, policy: SettingsLike, used: set[int]) -> list[WaiverLike]:
    found: list[WaiverLike] = []
    for number, waiver in enumerate(policy.waivers):
        if waiver.rule == rule.id and covers(waiver.path, violation):
            used.add(number)
            found.append(waiver)
    return found


def covers(glob: str, violation: Violation) -> bool:
    """Whether a waiver's glob names the violation's path, what stands above it, or its resource."""
    if glob == ANY:
        return True
    names = [name for name in (violation.path, violation.resource) if name]
    return any(fnmatchcase(name, glob) or fnmatchcase(name, f"{glob}.*") for name in names)


def _waive(finding: Finding, waivers: Sequence[WaiverLike], on: date) -> tuple[Finding, bool]:
    """The finding as waivers leave it, and whether one of them holds on the day."""
    if not waivers:
        return finding, False
    longest = max(waivers, key=lambda waiver: waiver.expires)
    if longest.expires < on:
        message = f"{finding.message} (its waiver expired after {longest.expires}: {longest.reason})"
        return replace(finding, message=message), False
    message = f"waived until {longest.expires} ({longest.reason}): {finding.message}"
    return replace(finding, level=Level.ADVISORY, message=message), True
