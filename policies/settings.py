"""What rules are judged by: the stack's own `policy` section, or that and its environment's configuration together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Any

from components.errors import Finding
from components.records import record
from policies.rules.base import RuleLevel


@record(kw_only=True)
class RuleSettings:
    """One rule's level (one, or by environment, `*` for all others) and parameters, as somebody wrote them."""

    level: RuleLevel | Mapping[str, RuleLevel] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])


@record(kw_only=True)
class Waiver:
    """An exception: from which rule, for what (globs), why, until which day, and who answers for it.

    `path` names a spec path or a resource, `resource` only resources that no spec decides. `number` is its place in
    the spec's list.
    """

    rule: str
    reason: str
    expires: date
    by: str = ""
    path: str = "*"
    resource: str = "*"
    number: int = 0


@record(kw_only=True)
class Settings:
    """Levels, parameters and waivers; empty: every rule as it is.

    `judged_as` is the environment whose levels and limits hold, where that is not the cluster's own. `refused` are
    waivers that hold for nothing. `findings` are what is wrong with the settings themselves.
    """

    rules: Mapping[str, RuleSettings] = field(default_factory=dict[str, RuleSettings])
    waivers: Sequence[Waiver] = ()
    refused: Sequence[Waiver] = ()
    judged_as: str = ""
    findings: tuple[Finding, ...] = ()


def settings_of(policy: Mapping[str, Any]) -> Settings:
    """The settings of a plan's `policy`, which is a validated spec's as plain values."""
    written: Mapping[str, Mapping[str, Any]] = policy.get("rules") or {}
    rules = {
        name: RuleSettings(level=setting.get("level"), parameters=setting.get("parameters") or {})
        for name, setting in written.items()
    }
    return Settings(rules=rules, waivers=tuple(map(_waiver, enumerate(policy.get("waivers") or ()))))


def _waiver(numbered: tuple[int, Mapping[str, Any]]) -> Waiver:
    number, one = numbered
    return Waiver(
        rule=one["rule"],
        path=one.get("path", "*"),
        resource=one.get("resource", "*"),
        reason=one["reason"],
        expires=_day(one["expires"]),
        by=one.get("by", ""),
        number=number,
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
