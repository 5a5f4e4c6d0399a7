"""What a spec's `policy` says, as rules need it.

The spec's own model fits these protocols as it is; `Settings` is for what has no spec.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Any, Protocol

from components.records import record
from policies.rules.base import RuleLevel


class RuleSettingLike(Protocol):
    """One rule's level (one, or by environment, `*` for all others) and parameters."""

    @property
    def level(self) -> RuleLevel | Mapping[str, RuleLevel] | None: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...


class WaiverLike(Protocol):
    """An exception: the rule, a glob over paths and resources, why, and the last day."""

    @property
    def rule(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def expires(self) -> date: ...


class SettingsLike(Protocol):
    """All of `policy`."""

    @property
    def rules(self) -> Mapping[str, RuleSettingLike]: ...
    @property
    def waivers(self) -> Sequence[WaiverLike]: ...


@record(kw_only=True)
class RuleSettings:
    """`RuleSettingLike` without a spec."""

    level: RuleLevel | Mapping[str, RuleLevel] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])


@record(kw_only=True)
class Waiver:
    """`WaiverLike` without a spec."""

    rule: str
    reason: str
    expires: date
    path: str = "*"


@record(kw_only=True)
class Settings:
    """`SettingsLike` without a spec; empty: every rule as it is."""

    rules: Mapping[str, RuleSettingLike] = field(default_factory=dict[str, RuleSettingLike])
    waivers: Sequence[WaiverLike] = ()


def settings_of(policy: Mapping[str, Any]) -> Settings:
    """The settings of a plan's `policy`, which is a validated spec's as plain values."""
    written: Mapping[str, Mapping[str, Any]] = policy.get("rules") or {}
    rules: dict[str, RuleSettingLike] = {
        name: RuleSettings(level=setting.get("level"), parameters=setting.get("parameters") or {})
        for name, setting in written.items()
    }
    waivers = [
        Waiver(rule=one["rule"], path=one.get("path", "*"), reason=one["reason"], expires=_day(one["expires"]))
        for one in policy.get("waivers") or ()
    ]
    return Settings(rules=rules, waivers=tuple(waivers))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
