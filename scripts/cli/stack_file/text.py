"""The text of a new stack file: what its environment has of its own, and every other field as a comment with its help."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from importlib import import_module
from typing import Any

from components.catalog import load
from components.plan.model import ClusterPlan, PoolPlan
from components.records import record
from components.spec.fields import BINDING, kind_of
from components.spec.models import ClusterSpec
from components.spec.scalars import is_text

# What no cloud has its own words for.
_EXAMPLES = {
    "protect": "true",
    "system": "{nodes: 3}",
    "network": "{cidr: 10.20.0.0/16}",
    "budget": "{usd_per_month: 50000, alerts: [platform@example.com]}",
    "schedule": '{expires: "2027-12-31"}',
    "usage": "{egress_gb: 500}",
    "software": "{log_retention_days: 90}",
    "policy": "{rules: {required-tags: {level: mandatory}}}",
    "may_differ": "[pools.*.nodes]",
}
_INDENT = " " * 4


@record
class Answers:
    """What a stack file cannot do without; `blueprint` as the file is to say it."""

    name: str
    cloud: str
    region: str
    blueprint: str
    environment: str
    account: str | None
    tags: Mapping[str, str]
    expires: date | None = None
    ladders: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Pool -> a ladder that stands in for the blueprint's, which is not sold there."""

    def cluster(self) -> dict[str, object]:
        """The value of the config key, without `ladders`."""
        account = {"account": self.account} if self.account else {}
        head: dict[str, object] = {"blueprint": self.blueprint, "cloud": self.cloud, **account}
        own = {"region": self.region, "environment": self.environment, "tags": dict(self.tags)}
        return {**head, **own, **({"schedule": {"expires": self.expires.isoformat()}} if self.expires else {})}


def stack_text(answers: Answers, plan: ClusterPlan, schema: str | None, today: date) -> str:
    """The whole file; `schema` is the path of the JSON Schema from the file's folder, where there is one."""
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += [
        f"# One environment of the cluster that the blueprint {plan.blueprint} describes.",
        "# What is not said here comes from the blueprint; `null` takes away what it says.",
        "config:",
        "  gpu-fleet:cluster:",
    ]
    written = answers.cluster()
    own, shapes = _sections(plan, {**written, **({"pools": {}} if answers.ladders else {})})
    for name in written:
        lines += [_help(name), f"{_INDENT}{name}: {_value(written[name])}"]
    lines += _bought(answers)
    lines += ["", f"{_INDENT}# --- May differ between environments; take the # away to set one. ---"]
    for name in own:
        lines += _commented(name, answers, plan, today)
    lines += [
        "",
        f"{_INDENT}# --- Shape: belongs in the blueprint, whose may_differ says what a stack file may set. ---",
    ]
    for name in shapes:
        lines += _commented(name, answers, plan, today)
    return "\n".join(lines) + "\n"


def _bought(answers: Answers) -> list[str]:
    """The ladders that stand in for the blueprint's: what was bought has its own id, zone, count and price."""
    if not answers.ladders:
        return []
    lines = [_help("pools"), f"{_INDENT}pools:"]
    for pool, ladder in answers.ladders.items():
        lines += [
            f"{_INDENT}  {pool}:",
            f"{_INDENT}    # The blueprint's own ladder is not sold there: say what you buy.",
        ]
        lines += [f"{_INDENT}    capacity:", *(f"{_INDENT}      - {_rung(rung)}" for rung in ladder)]
    return lines


def _rung(rung: object) -> str:
    if not isinstance(rung, Mapping):
        return str(rung)
    return ", ".join(f"{kind}: {_value(terms)}" for kind, terms in rung.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _sections(plan: ClusterPlan, written: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """The fields that are not written: those that this stack may set, and those that the blueprint keeps."""
    entries = {entry.partition(".")[0] for entry in plan.may_differ}
    rest = [name for name in ClusterSpec.model_fields if name not in written]
    own = [name for name in rest if kind_of(ClusterSpec, name) == BINDING or name in entries]
    return own, [name for name in rest if name not in own]


def _help(name: str) -> str:
    return f"{_INDENT}# {ClusterSpec.model_fields[name].description}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = [f"{_word(str(key))}: {_value(item)}" for key, item in value.items()]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return "{" + ", ".join(pairs) + "}"
    return str(value) if isinstance(value, int) else _word(str(value))


def _word(text: str) -> str:
    """Text as YAML, quoted where a reader could take it for something else."""
    plain = is_text(text) and all(letter.isalnum() or letter in "-_./@" for letter in text) and text[0] not in "-@"
    return text if plain else json.dumps(text, ensure_ascii=False)


def _commented(name: str, answers: Answers, plan: ClusterPlan, today: date) -> list[str]:
    """A field as a comment: its help, and an example that can be taken as it stands but for ids."""
    if name == "pools":
        return _pools(answers, plan, today)
    cloud = import_module(f"{__package__}.{answers.cloud}")
    example = {**_EXAMPLES, **cloud.EXAMPLES, "kubernetes": json.dumps(plan.kubernetes)}.get(name)
    if name == "storage":
        first = next((item.name for item in plan.storage), "scratch")
        example = f"{{{first}: {{mount: /data}}}}"
    return [_help(name), f"{_INDENT}# {name}: {str(example).replace('REGION', answers.region)}"]


def _pools(answers: Answers, plan: ClusterPlan, today: date) -> list[str]:
    """Each pool with its node count, and a ladder with a bought rung where the machine is sold so."""
    lines = [_help("pools"), f"{_INDENT}# pools:"]
    for pool in plan.pools:
        nodes = pool.nodes.max if pool.nodes.min == pool.nodes.max else f"{pool.nodes.min}..{pool.nodes.max}"
        lines += [f"{_INDENT}#   {pool.name}:", f"{_INDENT}#     nodes: {nodes}"]
        lines += [f"{_INDENT}#     {line}" for line in _ladder(answers, pool, today)]
    return lines


def _ladder(answers: Answers, pool: PoolPlan, today: date) -> list[str]:
    """The capacity ladder with what can be bought of the machine on its first rung."""
    machine = load(answers.cloud).machine(pool.machine)
    sold = machine.capacity_types if machine else ()
    bought = import_module(f"{__package__}.{answers.cloud}").BOUGHT
    common = f"id: {bought}, zone_id: {pool.zones[0]}, nodes: {pool.nodes.max}"
    year = today.year + 1
    reserved = f'- reservation: {{{common}, until: "{year}-06-30"}}'
    start, end = f'"{year}-02-01T11:30:00Z"', f'"{year}-02-15T11:30:00Z"'
    block = f"- block: {{{common}, start: {start}, end: {end}, upfront_usd: 100000}}"
    rungs = [rung for kind, rung in (("reservation", reserved), ("block", block)) if kind in sold]
    lines = [
        "capacity:  # the first rung first; what was bought has its own id and zone",
        *(f"  {rung}" for rung in rungs[:1]),
    ]
    lines += [f"  # or {rung.removeprefix('- ')}" for rung in rungs[1:]]
    return [*lines, *(["  - on-demand"] if "on-demand" in sold else [])]
