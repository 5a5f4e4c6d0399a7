"""The words for each kind of problem that pydantic finds: what is wrong and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from components.errors import did_you_mean, nearest

Path = tuple[str | int, ...]
Told = tuple[str, str]


def tell(problem: Any, path: Path, siblings: Sequence[str], cloud: str = "aws") -> Told | None:
    """(message, hint) for a problem at `path`, where the keys `siblings` may stand; None when others tell it better.

    Examples are those of `cloud`, where it is one that is known.
    """
    kind = str(problem["type"])
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), siblings)
    if kind == "missing":
        return f"{path[-1]!r} is missing", _example(str(path[-1]), cloud)
    if kind == "string_pattern_mismatch":
        is_key = problem["loc"][-1:] == ("[key]",)
        return _pattern(problem["input"], "[key]" if is_key else _name(path), path)
    if kind == "literal_error" and len(path) > 1 and path[-2] == "capacity":
        return _rung(problem["input"])
    teller = _TELLERS.get(kind)
    return teller(problem) if teller else (str(problem["msg"]).removeprefix("Value error, "), "")


# --- keys ---

# What people call a field elsewhere -> what it is called here.
_ALSO_CALLED = {
    "gpu": "accelerator", "gpus": "accelerator", "accelerators": "accelerator",
    "instance_type": "machine", "instance_types": "machine", "machine_type": "machine", "vm_size": "machine",
    "count": "nodes", "replicas": "nodes", "node_count": "nodes", "desired": "nodes",
    "zone": "zones", "availability_zones": "zones", "disk": "root_disk", "disk_size": "root_disk",
    "version": "kubernetes", "size": "capacity", "capacity_type": "capacity", "efa": "fabric",
    "project": "account", "project_id": "account", "labels": "tags", "channel": "release_channel",
    "maintenance_window": "maintenance", "maintenance_policy": "maintenance", "duration": "hours",
    "flex_start": "flex", "dws": "flex", "queued_provisioning": "queued", "max_run_duration": "max_run_hours",
    "network": "vpc", "subnet": "subnets", "subnetwork": "subnets", "subnetworks": "subnets",
}  # fmt: skip
_EXAMPLES = {
    "blueprint": "h100-training",
    "cloud": "aws",
    "region": "us-east-1",
    "environment": "dev",
    "kubernetes": '"1.35"',
    "nodes": "2",
    "kind": "parallel",
    "id": "cr-0123456789abcdef0",
    "zone_id": "use1-az2",
    "start": '"2027-01-04T11:30:00Z"',
    "end": '"2027-01-18T11:30:00Z"',
    "upfront_usd": "130000",
    "usd": "0.10",
    "usd_per_hour": "55.04",
    "usd_per_gib_month": "0.145",
    "source": "where the price comes from",
    "as_of": '"2026-11-01"',
    "min_gbps_per_accelerator": "100",
    "vpc": "vpc-0123456789abcdef0",
    "subnets": "{use1-az1: [subnet-0123456789abcdef0]}",
    "up": '"0 8 * * 1-5"',
    "down": '"0 20 * * 1-5"',
    "timezone": "Europe/Berlin",
    "rule": "required-tags",
    "reason": "why the rule does not hold here",
    "expires": '"2027-06-30"',
    "key": "dedicated",
}
# The same where a cloud has its own words.
_EXAMPLES_OF: dict[str, dict[str, str]] = {
    "gcp": {
        "region": "us-central1",
        "id": "my-reservation",
        "zone_id": "us-central1-a",
        "vpc": "my-vpc",
        "subnets": "{us-central1: [my-subnet]}",
    },
}


def _unknown_key(key: str, siblings: Sequence[str]) -> Told:
    also = _ALSO_CALLED.get(key.casefold())
    hint = f"here it is called {also!r}" if also in siblings else did_you_mean(key, siblings, limit=20)
    return f"unknown key {key!r}", hint


def _example(key: str, cloud: str) -> str:
    example = _EXAMPLES_OF.get(cloud, {}).get(key) or _EXAMPLES.get(key)
    return f"add it, for example {key}: {example}" if example else "add it"


def _name(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


# --- forms of text ---

_NAMES = "1 to 20 lower-case letters, digits and hyphens, with a letter first and no hyphen last"
_FORMS = {
    "environment": _NAMES,
    "alerts": "an e-mail address: team@example.com",
    "up": 'five fields of cron: "0 8 * * 1-5"',
    "down": 'five fields of cron: "0 20 * * 1-5"',
    "start": 'a time of day in UTC, quoted: "02:00"',
    "timezone": "an IANA time zone: Europe/Berlin",
    "mount": "an absolute path: /data",
    "key": "letters, digits and : / . _ - only",
    "tags": "letters, digits, spaces and _ . : / = + @ -, with a letter first, at most 128",
    "labels": "at most 63 letters, digits and - _ . with a letter or digit at both ends; a key may have a prefix: a.b/c",
    "value": "at most 63 letters, digits and - _ . with a letter or digit at both ends",
}


def _pattern(given: object, name: str, path: Path) -> Told:
    if name == "[key]":
        form = _FORMS.get(str(path[0]) if path else "") or _FORMS.get(str(path[-2]) if len(path) > 1 else "") or _NAMES
        return f"{given!r} cannot be a name here", f"a name is {form}"
    form = _FORMS.get(name, "letters, digits and : / . _ - only")
    return f"{given!r} does not have the form that belongs here", f"give {form}"


# --- values ---


# What clouds call a rung -> what it is called here.
_RUNGS = {
    "flex-start": "flex", "flex_start": "flex", "dws": "flex", "preemptible": "spot", "ondemand": "on-demand",
    "calendar": "block", "future-reservation": "block", "capacity-block": "block",
}  # fmt: skip


def _rung(given: object) -> Told:
    whole = "{id: …, zone_id: …, nodes: …}"
    if given in ("reservation", "block"):
        return f"{given!r} does not say which one", f"write it as a map: - {given}: {whole}"
    if isinstance(given, dict):
        keys = ", ".join(map(str, given)) or "nothing"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        guess = nearest(keys, ("reservation", "block"))
        hint = f"did you mean {guess!r}?" if guess else f"write - reservation: {whole}, or - block: {{…}}"
        return f"a map with {keys} is no rung of a capacity ladder", hint
    guess = _RUNGS.get(str(given)) or nearest(str(given), ("on-demand", "spot", "flex", "reservation", "block"))
    hint = f"did you mean {guess!r}?" if guess else "one of: on-demand, spot, flex, or a map with reservation or block"
    return f"{_shown(given)} is no rung of a capacity ladder", hint


def _literal(problem: Any) -> Told:
    given = problem["input"]
    allowed = [word.strip(" '") for word in str(problem["ctx"]["expected"]).replace(" or ", ", ").split(",")]
    guess = nearest(given, allowed) if isinstance(given, str) else None
    return f"{_shown(given)} is not one of: {', '.join(allowed)}", f"did you mean {guess!r}?" if guess else ""


def _text(problem: Any) -> Told:
    given = problem["input"]
    if given is None or isinstance(given, dict | list):
        return f"{_kind(cast(object, given))} stands here, text is wanted", ""
    what = "not text" if isinstance(given, bool) else "a number, text is wanted"
    return f"{_shown(given)} is {what}", f'quote it: "{_shown(given)}"'


def _list(problem: Any) -> Told:
    given = problem["input"]
    simple = isinstance(given, str | int) and not isinstance(given, bool)
    hint = f"write [{given}]" if simple else "begin each item with a hyphen"
    return f"{_kind(given)} stands here, a list is wanted", hint


def _map(problem: Any) -> Told:
    return f"{_kind(problem['input'])} stands here, a map is wanted", "write `key: value` lines below it"


def _whole(problem: Any) -> Told:
    return f"{_shown(problem['input'])} is no whole number", "write for example 2"


def _number(problem: Any) -> Told:
    return f"{_shown(problem['input'])} is no number", "write for example 1000"


def _flag(problem: Any) -> Told:
    return f"{_shown(problem['input'])} is neither true nor false", "write true or false, without quotes"


def _bound(words: str, limit: str) -> Callable[[Any], Told]:
    return lambda problem: (f"{_shown(problem['input'])} is {words} {problem['ctx'][limit]}", "")


def _short_text(problem: Any) -> Told:
    given, least = problem["input"], problem["ctx"]["min_length"]
    return ("is empty", "write something, or remove the key") if given == "" else (
        f"{given!r} is too short", f"give {least} characters or more"
    )  # fmt: skip


def _long_text(problem: Any) -> Told:
    most = problem["ctx"]["max_length"]
    return f"has {len(problem['input'])} characters, {most} are allowed", "shorten it"


def _short(problem: Any) -> Told | None:
    # Pydantic also counts as missing what it refused already.
    return None if problem["input"] else ("is empty", "give at least one, or remove the key")


_TELLERS: dict[str, Callable[[Any], Told | None]] = {
    "literal_error": _literal,
    "string_type": _text,
    "tuple_type": _list,
    "dict_type": _map,
    "model_type": _map,
    "model_attributes_type": _map,
    "int_type": _whole,
    "int_parsing": _whole,
    "int_from_float": _whole,
    "int_parsing_size": _whole,
    "decimal_type": _number,
    "decimal_parsing": _number,
    "finite_number": _number,
    "bool_type": _flag,
    "bool_parsing": _flag,
    "greater_than": _bound("too little: it must be more than", "gt"),
    "greater_than_equal": _bound("too little: the least is", "ge"),
    "less_than_equal": _bound("too much: the most is", "le"),
    "string_too_short": _short_text,
    "string_too_long": _long_text,
    "too_short": _short,
}


def _shown(given: object) -> str:
    """A value as YAML has it, cut to what fits a message."""
    text = {True: "true", False: "false"}.get(given) if isinstance(given, bool) else None
    text = text or (repr(given) if isinstance(given, str) else "nothing" if given is None else str(given))
    if isinstance(given, dict | list):
        return _kind(given)  # pyright: ignore[reportUnknownArgumentType]
    return text if len(text) <= 60 else f"{text[:59]}…"


def _kind(given: object) -> str:
    if given is None:
        return "nothing"
    names: tuple[tuple[type, str], ...] = ((dict, "a map"), (list, "a list"), (str, "text"), (bool, "true or false"))
    return next((name for kind, name in names if isinstance(given, kind)), "a number")
