"""The stack's own `policy` under its environment's configuration: a stack may tighten what that sets, never loosen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from components.errors import Finding, Level
from policies.config import PRODUCTION, Config, RuleConfig, find, load
from policies.engine import check_settings, own_level
from policies.parameters import ANY, Parameter, declared, read
from policies.rules import RULES
from policies.rules.base import Rule, RuleLevel, at
from policies.settings import RuleSettings, Settings
from policies.waivers import SETTING, refused

_STRENGTH: Mapping[RuleLevel, int] = {"disabled": 0, "advisory": 1, "mandatory": 2}
_BUDGET = ("monthly-budget-ceiling", "usd_per_month")


def settings_for(
    own: Settings,
    *,
    environment: str,
    budget: object,
    on: date,
    root: Path | None,
    pack: Mapping[str, Any] | None = None,
    rules: Sequence[Rule] = RULES,
) -> Settings:
    """The settings that hold for a stack of an environment.

    `budget` is what the stack's spec allows a month (None: nothing), `root` the project's folder, `pack` what a run of
    the policy pack was configured with. An environment that no configuration knows, and a stack without a budget, are
    judged as production, and told so.
    """
    config, judged_as, told = _config(environment, budget is not None, root, pack or {}, rules)
    findings = [*told, *config.findings, *check_settings(own, rules)]
    merged: dict[str, RuleSettings] = {}
    for rule in rules:
        mine, set_ = own.rules.get(rule.id), config.rules.get(rule.id)
        if mine is not None or set_ is not None:
            tightest = Tightest(rule, mine or RuleSettings(), set_ or RuleConfig(), config.file, judged_as)
            merged[rule.id] = tightest.settings()
            findings += tightest.findings
    locked = {name: config.file for name, one in config.rules.items() if one.locked}
    not_allowed = refused(own.waivers, locked, config.waivers, on)
    return Settings(
        rules=merged,
        waivers=tuple(one for one in own.waivers if one.number not in not_allowed),
        refused=tuple(one for one in own.waivers if one.number in not_allowed),
        judged_as=judged_as,
        findings=(*findings, *not_allowed.values()),
    )


def _config(
    environment: str, budgeted: bool, root: Path | None, pack: Mapping[str, Any], rules: Sequence[Rule]
) -> tuple[Config, str, list[Finding]]:
    """The configuration that holds, of which environment it is, and why where that is another."""
    config = _loaded(environment, root, pack, rules)
    if config is None:
        message = f"no configuration knows the environment {environment!r}, so it is judged as {PRODUCTION}"
        hint = f"write policies/config.{environment}.json"
    elif budgeted or environment == PRODUCTION or _ceiling(config, environment):
        return config, environment, []
    else:
        message = f"no monthly budget is set, so {environment} is judged as {PRODUCTION}"
        hint = f"set budget.usd_per_month, or {_BUDGET[1]} of {_BUDGET[0]} in policies/config.{environment}.json"
    told = Finding(id=SETTING, level=Level.ADVISORY, path="environment", message=message, hint=hint)
    return _loaded(PRODUCTION, root, pack, rules) or Config(), PRODUCTION, [told]


def _loaded(environment: str, root: Path | None, pack: Mapping[str, Any], rules: Sequence[Rule]) -> Config | None:
    file = find(environment, root)
    if file is None:
        return None
    shown = str(file.relative_to(root)) if root is not None and file.is_relative_to(root) else f"policies/{file.name}"
    return load(file, shown, rules).with_pack(pack, rules)


def _ceiling(config: Config, environment: str) -> bool:
    rule, name = _BUDGET
    written = config.rules.get(rule, RuleConfig()).parameters.get(name)
    return written is not None and at(cast("Mapping[str, Any]", written), environment) is not None


class Tightest:
    """One rule's settings: what the configuration sets, tightened by what the stack sets; `findings` tell the rest."""

    def __init__(self, rule: Rule, own: RuleSettings, set_: RuleConfig, file: str, environment: str) -> None:
        self._rule, self._own, self._set = rule, own, set_
        self._file, self._environment = file, environment
        self.findings: list[Finding] = []

    def settings(self) -> RuleSettings:
        return RuleSettings(level=self._level(), parameters=self._parameters())

    def _level(self) -> RuleLevel | None:
        own = own_level(self._own.level, self._environment)
        set_ = self._set.level
        if set_ is None and self._set.locked:
            set_ = self._rule.level_in(self._environment)
        if own is None or set_ is None:
            return own or set_
        if _STRENGTH[own] < _STRENGTH[set_]:
            self._loosens("level", f"{own} is weaker than {set_}")
            return set_
        return own

    def _parameters(self) -> dict[str, Any]:
        own = read(self._rule.parameters, self._own.parameters)[0]
        mine = {name: getattr(own, name) for name in own.model_fields_set}
        made = {**mine, **self._set.parameters}
        for one in declared(self._rule.parameters):
            if one.name in mine and one.name in self._set.parameters:
                made[one.name] = self._tighter(one, self._set.parameters[one.name], mine[one.name])
        return made

    def _tighter(self, one: Parameter, set_: Any, own: Any) -> Any:
        """The tighter of two values; where the stack's is looser, that is told."""
        if one.kind.by_environment:  # only what holds here is compared
            here = self._environment
            limits, mine = ({ANY: found} if (found := at(both, here)) is not None else {} for both in (set_, own))
        else:
            limits, mine = set_, own
        value, loose = tighter(one.tighter, limits, mine)
        if loose:
            how = "looser" if one.tighter else "another value"
            self._loosens(f"parameters.{one.name}", f"{', '.join(loose)} is {how} than what is set")
        return value

    def _loosens(self, below: str, why: str) -> None:
        self.findings.append(
            Finding(
                id=SETTING,
                level=Level.MANDATORY,
                path=f"policy.rules.{self._rule.id}.{below}",
                message=f"a stack may only tighten what {self._file} sets: {why}",
                hint="remove it here; a waiver excepts one thing for a while",
            )
        )


def tighter(direction: str | None, set_: Any, own: Any) -> tuple[Any, list[str]]:
    """(the tighter of two values, what of `own` is looser). Maps are compared by key; who names no key sets none."""
    if isinstance(set_, Mapping):
        limits, mine = cast("Mapping[str, Any]", set_), cast("Mapping[str, Any]", own)
        made: dict[str, Any] = {**mine, **limits}
        loose: list[str] = []
        for key in mine:
            if key in limits:
                made[key], found = tighter(direction, limits[key], mine[key])
                loose += [text if key == ANY else f"{key}: {text}" for text in found]
            elif direction is None:
                loose.append(key)
                del made[key]
        return made, loose
    return (own, []) if _is_tighter(direction, set_, own) else (set_, [_shown(own)])


def _is_tighter(direction: str | None, set_: Any, own: Any) -> bool:
    if own == set_:
        return True
    match direction:
        case "lower":
            return own < set_
        case "higher":
            return own > set_
        case "subset":
            return set(own) <= set(set_)
        case "superset":
            return set(own) >= set(set_)
        case "true" | "false":
            return own is (direction == "true")
        case _:
            return False


def _shown(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, cast("Sequence[Any]", value))) or "an empty list"
    return str(value).lower() if isinstance(value, bool) else str(value)
