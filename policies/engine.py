"""Judges a subject by rules: levels, parameters, waivers, verdicts. Pure.

A rule's level is its own, unless the settings say otherwise for this environment. A waiver covers what its globs
match, or what stands below that, until the end of its last day; it never hides anything: what it covers is reported as
advisory, with reason and day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from components.errors import Finding, Level, did_you_mean
from components.records import record
from policies.parameters import Parameters, read
from policies.rules import RULES
from policies.rules.base import Advice, Rule, RuleLevel, Violation, at
from policies.settings import Settings, Waiver
from policies.subject import Subject
from policies.waivers import SETTING, WaiverState, applied, covers, idle, states, unknown

Verdict = Literal["pass", "fail", "waived", "disabled", "needs-plan", "not-compared"]

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
    """One verdict a rule, in the order of the rules, what is wrong, and what became of each waiver."""

    verdicts: tuple[RuleVerdict, ...]
    findings: tuple[Finding, ...]
    waivers: tuple[WaiverState, ...] = ()


def evaluate(subject: Subject, policy: Settings = DEFAULTS, *, rules: Sequence[Rule] = RULES) -> Judgement:
    """Judge `subject` by every rule. Wrong settings are findings of level error, and the rule runs with its default."""
    subject = judged_as(subject, policy)
    findings = [*policy.findings, *check_settings(policy, rules)]
    used: set[int] = set()
    verdicts: list[RuleVerdict] = []
    for rule in rules:
        verdict, found = judge(rule, subject, policy, used)
        verdicts.append(verdict)
        findings += found
    findings += idle_waivers(policy, rules, used, {verdict.id: verdict.verdict for verdict in verdicts})
    return Judgement(verdicts=tuple(verdicts), findings=tuple(findings), waivers=states_of(policy, used, subject))


def judged_as(subject: Subject, policy: Settings) -> Subject:
    """The subject under the environment that it is judged as."""
    return replace(subject, environment=policy.judged_as) if policy.judged_as else subject


def states_of(policy: Settings, used: set[int], subject: Subject) -> tuple[WaiverState, ...]:
    """What became of each waiver of the settings, in their order."""
    all_ = sorted((*policy.waivers, *policy.refused), key=lambda one: one.number)
    return states(all_, used, {one.number for one in policy.refused}, subject.on)


def judge(rule: Rule, subject: Subject, policy: Settings, used: set[int]) -> tuple[RuleVerdict, list[Finding]]:
    """One rule's verdict and findings. The numbers of the waivers that match something are added to `used`."""
    level = level_of(rule, policy, subject.environment)
    if level == "disabled":
        return RuleVerdict(id=rule.id, level=level, verdict="disabled"), []
    if rule.needs_plan and not subject.planned:
        message = f"{rule.id} was not judged: it needs the plan of a gpufleet spec, and here are resources alone"
        hint = "judge the stack whose spec it is, or set the rule's level to disabled"
        unjudged = Finding(id=rule.id, level=Level.ADVISORY, message=message, hint=hint)
        return RuleVerdict(id=rule.id, level=level, verdict="needs-plan"), [unjudged]
    if rule.compared is not None and not rule.compared(subject):
        return RuleVerdict(id=rule.id, level=level, verdict="not-compared"), []
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
        finding, waived = applied(finding, _matching(rule, outcome, policy, used), subject.on)
        findings.append(finding)
        verdict = "fail" if not waived or verdict == "fail" else "waived"
    return RuleVerdict(id=rule.id, level=level, verdict=verdict), findings


def level_of(rule: Rule, policy: Settings, environment: str) -> RuleLevel:
    """The level that holds for a rule in an environment."""
    setting = policy.rules.get(rule.id)
    own = own_level(setting.level, environment) if setting is not None else None
    return rule.level_in(environment) if own is None else own


def own_level(asked: RuleLevel | Mapping[str, RuleLevel] | None, environment: str) -> RuleLevel | None:
    """The level that a setting has for an environment; None where it says nothing of it."""
    if isinstance(asked, Mapping):
        return at(asked, environment)
    return asked


def parameters_of(rule: Rule, policy: Settings) -> Parameters:
    """The rule's parameters: as set where that can be read, else the default."""
    setting = policy.rules.get(rule.id)
    return read(rule.parameters, setting.parameters if setting is not None else {})[0]


def check_settings(policy: Settings, rules: Sequence[Rule] = RULES) -> Iterable[Finding]:
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
    yield from unknown(policy.waivers, by_id)


def idle_waivers(
    policy: Settings, rules: Sequence[Rule], used: set[int], verdicts: Mapping[str, Verdict]
) -> Iterable[Finding]:
    """Waivers that match nothing. Of a rule on a change, where nothing was compared, nobody can tell."""
    off = {name for name, verdict in verdicts.items() if verdict == "disabled"}
    judged = [one for one in policy.waivers if verdicts.get(one.rule) != "not-compared"]
    return idle(judged, used, {rule.id for rule in rules}, off)


def _error(path: str, message: str, hint: str) -> Finding:
    return Finding(id=SETTING, level=Level.ERROR, path=path, message=message, hint=hint)


def _matching(rule: Rule, violation: Violation, policy: Settings, used: set[int]) -> list[Waiver]:
    found = [waiver for waiver in policy.waivers if waiver.rule == rule.id and covers(waiver, violation)]
    used.update(waiver.number for waiver in found)
    return found
