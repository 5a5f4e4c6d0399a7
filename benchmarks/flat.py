"""A stack's resources as someone writes them by hand: one flat program, no components, no plan, plain SDK imports."""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.rehearsal import schema

HEADER = """import pulumi
import pulumi_aws as aws

r = {}
"""


def write(resources: Sequence[Mapping[str, Any]], folder: Path, project: str) -> None:
    """A Pulumi project in `folder` that registers what a preview's document lists."""
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
    (folder / "__main__.py").write_text(HEADER + "\n".join(_statement(one) for one in _ordered(resources)) + "\n")


def _ordered(resources: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without components; each after those that it refers to."""
    kept = [one for one in resources if one["type"].startswith(("aws:", "pulumi:providers:"))]
    names = {one["name"] for one in kept}
    waiting = {one["name"]: _needs(one, names) for one in kept}
    ordered: list[Mapping[str, Any]] = []
    while waiting:
        ready = [name for name, needs in waiting.items() if not needs & waiting.keys()]
        ordered += [one for one in kept if one["name"] in ready]
        for name in ready:
            del waiting[name]
    return ordered


def _needs(resource: Mapping[str, Any], names: set[str]) -> set[str]:
    found = {name for name in (resource["provider"], *resource["depends_on"]) if name in names}
    for reference in re.findall(r'{"ref": "([^"]+)"}', json.dumps(resource["inputs"])):
        found |= {name for name in names if reference.startswith(f"{name}.")}
    return found


def _statement(resource: Mapping[str, Any]) -> str:
    name, type_ = resource["name"], resource["type"]
    options = ", ".join(_options(resource))
    if type_.startswith("pulumi:providers:"):
        region, account = resource["inputs"]["region"], json.loads(resource["inputs"]["allowedAccountIds"])
        given = f"region={region!r}, allowed_account_ids={account!r}, skip_credentials_validation=False"
        return f"r[{name!r}] = aws.Provider({name!r}, {given}, skip_region_validation=True)"
    _, module, class_ = type_.split(":")
    kinds = schema.inputs_of(type_)
    given = "".join(f", {_snake(key)}={_value(value, kinds.get(key))}" for key, value in resource["inputs"].items())
    return f"r[{name!r}] = aws.{module.partition('/')[0]}.{class_}({name!r}{given}, opts=pulumi.ResourceOptions({options}))"


def _options(resource: Mapping[str, Any]) -> list[str]:
    options = [f"provider=r[{resource['provider']!r}]"] if resource["provider"] else []
    if resource["depends_on"]:
        options.append(f"depends_on=[r[n] for n in {resource['depends_on']!r} if n in r]")
    options += [f"{key}={resource[key]!r}" for key in ("protect", "retain_on_delete") if resource[key]]
    options += [f"{key}={resource[key]!r}" for key in ("replace_on_changes", "ignore_changes") if resource[key]]
    return options


def _value(value: Any, kind: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(item, kind) for item in value) + "]"
    if not isinstance(value, dict):
        return repr(value)
    if set(value) == {"ref"}:
        return _reference(value["ref"])
    if set(value) == {"join"}:
        return "pulumi.Output.concat(" + ", ".join(_value(part, None) for part in value["join"]) + ")"
    fields = _fields(kind)
    return "{" + ", ".join(_item(key, item, fields) for key, item in value.items()) + "}"


def _item(key: str, value: Any, fields: Mapping[str, Any]) -> str:
    """A key of a typed object is Python's name; one of a map is the user's own."""
    return f"{(_snake(key) if fields else key)!r}: {_value(value, fields.get(key))}"


def _fields(kind: Any) -> Mapping[str, Any]:
    """Wire name -> kind of what a nested object holds; nothing for a map."""
    for one in (kind, *typing.get_args(kind)):
        if inspect.isclass(one) and (found := schema.inputs_of_class(one)):
            return found
        if typing.get_origin(one) is not None and (found := _fields(typing.get_args(one)[0])):
            return found
    return {}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _reference(reference: str) -> str:
    name, _, output = reference.partition(".")
    return f"r[{name!r}]." + ".".join(_snake(part) for part in output.split("."))
