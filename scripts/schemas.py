"""JSON Schemas for editors: what may stand in a stack file and in a blueprint, made from the spec's models.

`python -m scripts.schemas` writes them to `docs/schemas/`. They are looser than the models where the other file may say
the rest: a map that merges needs none of its keys, and in a stack file `null` takes a key of the blueprint away. What
stands in a list is not merged, so it is complete or wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.spec.loader import CONFIG_KEY, NAMESPACE
from components.spec.models import ClusterSpec

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"
DIALECT = "http://json-schema.org/draft-07/schema#"  # what editors know best
# What the stack file says itself; the blueprint, or the default, gives the rest.
STACK_SAYS = ("blueprint", "cloud", "region", "environment")
# Where a list stands in a map that merges, its items are complete.
_IN_LIST = "-in-list"
# What our models say to us, or would say wrongly of a file that is only half of a spec.
_DROPPED = frozenset({"x-kind", "title", "default", "$defs"})

Schema = dict[str, Any]


def stack_schema() -> Schema:
    """The schema of `stacks/Pulumi.<name>.yaml`."""
    cluster, definitions = _cluster(removes=True)
    cluster["required"] = list(STACK_SAYS)
    for name in STACK_SAYS:
        cluster["properties"][name] = _without_null(cluster["properties"][name])
    config: Schema = {
        "type": "object",
        "required": [CONFIG_KEY],
        "properties": {CONFIG_KEY: cluster},
        "patternProperties": {f"^{NAMESPACE}:(?!cluster$)": False},
    }
    written_by_pulumi = {
        "encryptionsalt": "Written by Pulumi: the salt of the passphrase that encrypts secrets",
        "encryptedkey": "Written by Pulumi: the key that encrypts secrets, itself encrypted",
        "secretsprovider": "Pulumi's provider of secrets",
    }
    return {
        "$schema": DIALECT,
        "title": "A stack file of gpu-fleet",
        "description": "One environment of a cluster; what is not said here comes from its blueprint.",
        "type": "object",
        "additionalProperties": False,
        "required": ["config"],
        "properties": {
            "config": config,
            "environment": {"description": "Environments of Pulumi ESC", "type": ["object", "array"]},
            **{name: {"description": about, "type": "string"} for name, about in written_by_pulumi.items()},
        },
        "definitions": definitions,
    }


def blueprint_schema() -> Schema:
    """The schema of `stacks/blueprints/<name>.yaml`."""
    cluster, definitions = _cluster(removes=False)
    head = {
        "$schema": DIALECT,
        "title": "A blueprint of gpu-fleet",
        "description": "The shape that all environments of a cluster share.",
    }
    return {
        **head,
        **{key: value for key, value in cluster.items() if key != "description"},
        "definitions": definitions,
    }


def _cluster(*, removes: bool) -> tuple[Schema, dict[str, Schema]]:
    """The spec as a file may say it, and the definitions that it refers to; `removes`: null takes a key away."""
    whole = ClusterSpec.model_json_schema()
    found: dict[str, Schema] = {}
    for name, model in whole["$defs"].items():
        found[name] = _part(model, merges=True, removes=removes)
        found[name + _IN_LIST] = _part(model, merges=False, removes=False)
    cluster = _part(whole, merges=True, removes=removes)
    return cluster, {name: model for name, model in sorted(found.items()) if _used(name, cluster, found)}


def _part(value: Any, *, merges: bool, removes: bool) -> Any:
    """A part of the schema for a file; `merges`: it stands in maps only, so the other file may say some of it."""
    if isinstance(value, list):
        return [_part(item, merges=merges, removes=removes) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, dict):
        return value
    made: Schema = {}
    for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
        if key in ("properties", "patternProperties"):
            made[key] = {name: _field(one, merges, removes) for name, one in item.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType, reportUnknownMemberType]
        elif key == "additionalProperties" and isinstance(item, dict):
            made[key] = _field(item, merges, removes)  # pyright: ignore[reportUnknownArgumentType]
        elif key == "items":
            made[key] = _part(item, merges=False, removes=False)
        elif key == "$ref":
            made[key] = str(item).replace("$defs", "definitions") + ("" if merges else _IN_LIST)  # pyright: ignore[reportUnknownArgumentType]
        elif key not in _DROPPED and not (key in ("required", "minProperties") and merges):
            made[str(key)] = _part(item, merges=merges, removes=removes)  # pyright: ignore[reportUnknownArgumentType]
    if "patternProperties" in made:
        made["additionalProperties"] = False  # a name of another form is refused
    if "$ref" in made and len(made) > 1:  # in this dialect nothing beside a reference counts
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    return made


def _field(value: Mapping[str, Any], merges: bool, removes: bool) -> Schema:
    """One field of a map; its help stays on top where null is one more thing that it may be."""
    made: Schema = _part(value, merges=merges, removes=removes)
    if not (merges and removes) or {"type": "null"} in made.get("anyOf", ()):
        return made
    told = {key: made.pop(key) for key in ("description", "examples") if key in made}
    return {**told, "anyOf": [made, {"type": "null"}]}


def _without_null(field: Schema) -> Schema:
    told = {key: value for key, value in field.items() if key != "anyOf"}
    return {**told, **field["anyOf"][0]}


def _used(name: str, cluster: Schema, found: Mapping[str, Schema]) -> bool:
    """Whether the spec leads to a definition."""
    seen: set[str] = set()
    todo: list[Any] = [cluster]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            target = str(value.get("$ref", "")).rpartition("/")[2]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            if target in found and target not in seen:
                seen.add(target)
                todo.append(found[target])
            todo.extend(value.values())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        elif isinstance(value, list):
            todo.extend(value)  # pyright: ignore[reportUnknownArgumentType]
    return name in seen


SCHEMAS = {"stack": stack_schema, "blueprint": blueprint_schema}


def text(name: str) -> str:
    """A schema as its file has it."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write both schemas."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    write()
