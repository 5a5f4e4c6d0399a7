"""The edits of a stack's spec that follow from what its rules found, where no person has to choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from components.errors import Finding, Level
from components.records import record
from policies.engine import judged_as, level_of, parameters_of
from policies.rules import RULES
from policies.rules.base import Edit, Rule, Violation
from policies.settings import Settings
from policies.subject import Subject
from policies.waivers import SETTING, covers


@record(kw_only=True)
class Proposal:
    """An edit, and what it is for."""

    rule: str
    message: str
    edit: Edit


def proposals(subject: Subject, settings: Settings, rules: Sequence[Rule] = RULES) -> tuple[Proposal, ...]:
    """Every edit that satisfies a rule, or takes out a setting that loosens one; the first for each path.

    What is waived stays as it is.
    """
    subject = judged_as(subject, settings)
    found = [*_of_settings(settings.findings), *(one for rule in rules for one in _of_rule(rule, subject, settings))]
    by_path: dict[str, Proposal] = {}
    for one in found:
        by_path.setdefault(one.edit.path, one)
    return tuple(by_path.values())


def _of_rule(rule: Rule, subject: Subject, settings: Settings) -> Iterable[Proposal]:
    if rule.fix is None or level_of(rule, settings, subject.environment) == "disabled":
        return
    if rule.needs_plan and not subject.planned:
        return
    waivers = [one for one in settings.waivers if one.rule == rule.id and one.expires >= subject.on]
    for outcome in rule.judge(subject, parameters_of(rule, settings)):
        if isinstance(outcome, Violation) and not any(covers(one, outcome) for one in waivers):
            for edit in rule.fix(subject, outcome):
                yield Proposal(rule=rule.id, message=outcome.message, edit=edit)


def _of_settings(findings: Iterable[Finding]) -> Iterable[Proposal]:
    for one in findings:
        if one.id == SETTING and one.level is Level.MANDATORY and one.path.startswith("policy.rules."):
            yield Proposal(rule=SETTING, message=one.message, edit=Edit(path=one.path, value=None))
