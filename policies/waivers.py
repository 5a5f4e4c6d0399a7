"""Waivers: what they cover, what they may be, and what becomes of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from components.errors import Finding, Level, did_you_mean
from components.records import record
from policies.parameters import ANY, Parameters, Whole, parameter
from policies.rules.base import Violation
from policies.settings import Waiver

State = Literal["active", "expired", "idle", "refused"]

SETTING = "policy-setting"
"""The id of findings about the settings themselves."""


class WaiverLimits(Parameters):
    """What an environment's configuration says of waivers, under `waivers`."""

    max_days: Whole = parameter(90, "days from today within which a waiver must end", tighter="lower")


@record(kw_only=True)
class WaiverState:
    """A waiver and what became of it: it covers something, is over, covers nothing, or was not allowed."""

    waiver: Waiver
    state: State

    def to_dict(self) -> dict[str, str]:
        one = self.waiver
        return {
            "rule": one.rule,
            "path": one.path,
            "resource": one.resource,
            "reason": one.reason,
            "by": one.by,
            "expires": one.expires.isoformat(),
            "state": self.state,
        }


def covers(waiver: Waiver, violation: Violation) -> bool:
    """Whether a waiver's globs name the violation: its path, what stands above it, or its resource.

    A resource that a spec decides has a path, and only that counts: a plan alone does not know its resources' names.
    """
    by_hand = "" if violation.path else violation.resource
    return _names(waiver.path, violation.path, by_hand) and (
        waiver.resource == ANY or (by_hand != "" and _names(waiver.resource, by_hand))
    )


def _names(glob: str, *names: str) -> bool:
    if glob == ANY:
        return True
    return any(name and (fnmatchcase(name, glob) or fnmatchcase(name, f"{glob}.*")) for name in names)


def applied(finding: Finding, waivers: Sequence[Waiver], on: date) -> tuple[Finding, bool]:
    """The finding as waivers leave it, and whether one of them holds on the day."""
    if not waivers:
        return finding, False
    longest = max(waivers, key=lambda waiver: waiver.expires)
    by = f", {longest.by}" if longest.by else ""
    if longest.expires < on:
        message = f"{finding.message} (its waiver expired after {longest.expires}: {longest.reason}{by})"
        return replace(finding, message=message), False
    message = f"waived until {longest.expires} ({longest.reason}{by}): {finding.message}"
    return replace(finding, level=Level.ADVISORY, message=message), True


def unknown(waivers: Sequence[Waiver], rules: Collection[str]) -> Iterable[Finding]:
    """Waivers of rules that do not exist."""
    for waiver in waivers:
        if waiver.rule not in rules:
            yield Finding(
                id=SETTING,
                level=Level.ERROR,
                path=f"policy.waivers.{waiver.number}.rule",
                message=f"there is no rule {waiver.rule!r}",
                hint=did_you_mean(waiver.rule, list(rules)),
            )


def refused(waivers: Sequence[Waiver], locked: Mapping[str, str], limits: WaiverLimits, on: date) -> dict[int, Finding]:
    """The waivers that are not allowed, by number: of a rule that is locked (rule -> by which file), or too long."""
    found: dict[int, Finding] = {}
    for waiver in waivers:
        path = f"policy.waivers.{waiver.number}"
        days = (waiver.expires - on).days
        if waiver.rule in locked:
            message = f"{locked[waiver.rule]} locks {waiver.rule}: it cannot be waived"
            found[waiver.number] = _refusal(f"{path}.rule", message, "keep the rule, or have that file changed")
        elif days > limits.max_days:
            message = f"the waiver of {waiver.rule} ends in {days} days; {limits.max_days} are allowed"
            hint = "choose an earlier day, and renew it then if it is still needed"
            found[waiver.number] = _refusal(f"{path}.expires", message, hint)
    return found


def _refusal(path: str, message: str, hint: str) -> Finding:
    return Finding(id=SETTING, level=Level.MANDATORY, path=path, message=message, hint=hint)


def states(
    waivers: Sequence[Waiver], used: Collection[int], not_allowed: Collection[int], on: date
) -> tuple[WaiverState, ...]:
    """What became of each waiver; `used` and `not_allowed` are numbers."""

    def state(waiver: Waiver) -> State:
        if waiver.number in not_allowed:
            return "refused"
        if waiver.expires < on:
            return "expired"
        return "active" if waiver.number in used else "idle"

    return tuple(WaiverState(waiver=one, state=state(one)) for one in waivers)


def idle(
    waivers: Sequence[Waiver], used: Collection[int], rules: Collection[str], off: Collection[str]
) -> Iterable[Finding]:
    """Waivers that match nothing: worth removing, since they would cover what comes later. `off`: disabled rules."""
    for waiver in waivers:
        if waiver.number in used or waiver.rule not in rules:
            continue
        glob = waiver.path if waiver.resource == ANY else waiver.resource
        why = "the rule is disabled" if waiver.rule in off else f"nothing that {glob!r} matches breaks the rule"
        yield Finding(
            id=SETTING,
            level=Level.ADVISORY,
            path=f"policy.waivers.{waiver.number}",
            message=f"the waiver of {waiver.rule} waives nothing: {why}",
            hint="remove it, or correct its path",
        )
