"""What an environment sets for all its stacks: `policies/config.<environment>.json`, in Pulumi's own format.

Pulumi takes the same file with `--policy-pack-config`: rule -> level, or {"enforcementLevel": level, parameter: value};
`all` is every rule that is not named. `"locked": true` forbids waivers of a rule, and `waivers` limits them all. A
project's own file replaces the one that comes with the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any, cast

from components.errors import Finding, Level, Place, did_you_mean
from components.records import record
from policies.parameters import read
from policies.rules.base import Rule, RuleLevel
from policies.waivers import SETTING, WaiverLimits

PRODUCTION = "prod"
"""The environment that holds for what no configuration knows, and for who sets no budget."""
ALL = "all"
WAIVERS = "waivers"
LOCKED = "locked"
LEVEL = "enforcementLevel"
# Pulumi's words -> ours. To remediate is to change resources behind the preview's back, which no rule does.
LEVELS: Mapping[str, RuleLevel] = {
    "mandatory": "mandatory",
    "remediate": "mandatory",
    "advisory": "advisory",
    "disabled": "disabled",
}
SHIPPED = Path(__file__).resolve().parent


@record(kw_only=True)
class RuleConfig:
    """What an environment sets for one rule: a level, parameters, and whether it may be waived."""

    level: RuleLevel | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    locked: bool = False

    def over(self, other: RuleConfig) -> RuleConfig:
        """Both, where this one wins."""
        return RuleConfig(
            level=self.level or other.level,
            parameters={**other.parameters, **self.parameters},
            locked=self.locked or other.locked,
        )


@record(kw_only=True)
class Config:
    """An environment's configuration. `file` is how findings call it; `findings` are what is wrong with it."""

    file: str = ""
    rules: Mapping[str, RuleConfig] = field(default_factory=dict[str, RuleConfig])
    waivers: WaiverLimits = field(default_factory=WaiverLimits.model_construct)
    findings: tuple[Finding, ...] = ()

    def with_pack(self, written: Mapping[str, Any], rules: Sequence[Rule]) -> Config:
        """The configuration with what a run of the pack was given beside it, which wins."""
        if not written:
            return self
        given = parse(written, "the pack's configuration", rules)
        names = [*self.rules, *(name for name in given.rules if name not in self.rules)]
        merged = {name: given.rules.get(name, RuleConfig()).over(self.rules.get(name, RuleConfig())) for name in names}
        limits = given.waivers if given.waivers.model_fields_set else self.waivers
        return replace(self, rules=merged, waivers=limits, findings=(*self.findings, *given.findings))


def find(environment: str, root: Path | None) -> Path | None:
    """The file of an environment: the project's own (below `root`), else the shipped one; None where nobody has one."""
    name = f"config.{environment}.json"
    folders = [SHIPPED] if root is None else [root / "policies", SHIPPED]
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def load(file: Path, shown: str, rules: Sequence[Rule]) -> Config:
    """The configuration in a file. What is wrong with it is among its findings, each with its line."""
    try:
        text = file.read_text(encoding="utf-8")
        written = json.loads(text, object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        place = Place(shown, line if isinstance(line, int) else None)
        message = f"the configuration cannot be read: {error}"
        return Config(file=shown, findings=(_error(message, "write it as JSON").at(place),))
    made = parse(written, shown, rules)
    return replace(made, findings=tuple(_placed(made.findings, text, shown))) if made.findings else made


def parse(written: object, shown: str, rules: Sequence[Rule]) -> Config:
    """The configuration that a JSON document is."""
    if not isinstance(written, Mapping):
        hint = '{"all": "mandatory", "RULE": {"enforcementLevel": "advisory", "PARAMETER": 1}}'
        return Config(file=shown, findings=(_error("the configuration is not a map of rules", hint),))
    findings: list[Finding] = []
    by_id = {rule.id: rule for rule in rules}
    found: dict[str, RuleConfig] = {}
    limits = WaiverLimits.model_construct()
    for name, value in cast("Mapping[str, object]", written).items():
        if name == WAIVERS:
            given = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {"": value}
            limits, problems = read(WaiverLimits, {key: one for key, one in given.items() if key != LEVEL})
            findings += [
                _error(one.message or f"{WAIVERS} has no {one.name!r}", one.hint, f"{WAIVERS}.{one.name}")
                for one in problems
            ]
        elif name == ALL or name in by_id:
            found[name] = _rule(name, value, by_id.get(name), findings)
        else:
            hint = did_you_mean(name, [*by_id, ALL, WAIVERS])
            findings.append(_error(f"there is no rule {name!r}", hint, name))
    common = found.pop(ALL, None)
    if common is not None and common.level is not None:
        for name in by_id:
            found[name] = found.get(name, RuleConfig()).over(RuleConfig(level=common.level))
    return Config(file=shown, rules=found, waivers=limits, findings=tuple(findings))


def _rule(name: str, value: object, rule: Rule | None, findings: list[Finding]) -> RuleConfig:
    if not isinstance(value, Mapping):
        return RuleConfig(level=_level(value, name, findings))
    given = dict(cast("Mapping[str, Any]", value))
    level = _level(given.pop(LEVEL), f"{name}.{LEVEL}", findings) if LEVEL in given else None
    locked = given.pop(LOCKED, False)
    if not isinstance(locked, bool):
        findings.append(_error(f"expected true or false, got {locked!r}", "true: no waivers", f"{name}.{LOCKED}"))
    if rule is None:  # only a level can be meant for all
        findings += [_error(f"{ALL!r} sets a level and nothing else", "name the rule", f"{ALL}.{key}") for key in given]
        return RuleConfig(level=level)
    parameters, problems = read(rule.parameters, given)
    findings += [
        _error(one.message or f"the rule {name} has no parameter {one.name!r}", one.hint, f"{name}.{one.name}")
        for one in problems
    ]
    written = {key: getattr(parameters, key) for key in parameters.model_fields_set}
    return RuleConfig(level=level, parameters=written, locked=locked is True)


def _level(value: object, path: str, findings: list[Finding]) -> RuleLevel | None:
    level = LEVELS.get(value) if isinstance(value, str) else None
    if level is None:
        findings.append(_error(f"{value!r} is no level", f"one of: {', '.join(LEVELS)}", path))
    return level


def _error(message: str, hint: str, path: str = "") -> Finding:
    return Finding(id=SETTING, level=Level.ERROR, path=path, message=message, hint=hint)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
        raise ValueError(f"the key {twice!r} stands there twice")
    return made


def _placed(findings: Sequence[Finding], text: str, shown: str) -> list[Finding]:
    """The findings, each at the line of its key, or of the rule that has it."""
    lines = text.splitlines()

    def line_of(key: str, after: int) -> int | None:
        return next((at for at, line in enumerate(lines[after:], after) if f"{json.dumps(key)}" in line), None)

    placed: list[Finding] = []
    for finding in findings:
        rule, _, key = finding.path.partition(".")
        at = line_of(rule, 0) if rule else 0
        inner = line_of(key, at) if key and at is not None else None
        line = at if inner is None else inner
        placed.append(finding.at(Place(shown, None if line is None else line + 1)))
    return placed
