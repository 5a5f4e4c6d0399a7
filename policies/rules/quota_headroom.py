"""The account's quotas hold the cluster at its maximum.

A cluster that the account's quota does not hold comes up with fewer nodes than it asked for, and says so late. What an
account may use only the account can tell, so the rule reads what a preflight wrote: parameter `reports`, JSON files (a
path from the project's folder, one file a region) of the form `{"schema_version": 1, "region": "us-east-1", "quotas":
[{"code", "name", "unit", "limit", "used"}]}`, where `used` is what others use. Without a report the headroom is unknown,
which is told and blocks nothing. Parameter `min_left`: how much must be left of each quota, in its unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from policies.parameters import Whole, Words, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Demand, Subject

SCHEMA_VERSION = 1
_SHAPE = 'it must be {"schema_version": 1, "region", "quotas": [{"code", "name", "unit", "limit", "used"}]}'

Quotas = list[Mapping[str, Any]]


class Limits(Parameters):
    """What a preflight found, and what must be left."""

    reports: Words = parameter((), "preflight reports: JSON files, by their path from the project's folder")
    min_left: Whole = parameter(0, "what must be left of each quota, in its unit", tighter="higher")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    if not subject.demands:
        return
    if not parameters.reports:
        yield Advice(
            message="whether the account's quotas hold the cluster is unknown: no preflight report is given",
            hint="name one under policy.rules.quota-headroom.parameters.reports",
            path="pools",
        )
        return
    by_region: dict[str, Quotas] = {}
    for name in parameters.reports:
        try:
            region, quotas = _read(name)
        except ValueError as error:
            yield Violation(message=f"the preflight report {name} cannot be used: {error}", hint=_SHAPE, path="pools")
            return
        by_region.setdefault(region, []).extend(quotas)
    for demand in subject.demands:
        yield from _demand(demand, by_region.get(demand.region), parameters.min_left)


def _demand(demand: Demand, quotas: Quotas | None, min_left: int) -> Iterable[Violation]:
    if demand.amount is None or not demand.name:
        yield Violation.of(demand, f"{demand.what}: how much the cluster takes, or of which quota, is unknown")
        return
    # Clouds rename and split quotas, and keep a code for what it no longer counts: the name decides.
    found = [one for one in quotas or () if one["name"] == demand.name] or [
        one for one in quotas or () if one["code"] == demand.code
    ]
    if not found:
        yield Violation.of(
            demand, f"{demand.what} ({demand.code}) is unknown: no report of {demand.region or 'its region'} has it"
        )
        return
    left = found[0]["limit"] - found[0]["used"] - demand.amount
    if left < min_left:
        yield Violation.of(
            demand,
            f"{demand.what} ({demand.code}): the cluster takes up to {demand.amount} {demand.unit} of"
            f" {found[0]['limit']:g}, of which others use {found[0]['used']:g}; {min_left} must be left",
        )


def _read(name: str) -> tuple[str, Quotas]:
    """Region and quotas of a report. Raises ValueError that says what is wrong."""
    path = Path(name) if Path(name).is_absolute() else _project() / name
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from None
    except ValueError:
        raise ValueError("it is no JSON") from None
    report: Mapping[str, Any] = cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}
    if report.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"its schema_version is {report.get('schema_version')!r}")
    region, quotas = report.get("region"), report.get("quotas")
    if (
        not isinstance(region, str)
        or not isinstance(quotas, list)
        or not all(map(_is_quota, cast("list[Any]", quotas)))
    ):
        raise ValueError("its region or one of its quotas cannot be read")
    return region, cast("Quotas", quotas)


def _is_quota(one: object) -> bool:
    if not isinstance(one, Mapping):
        return False
    quota = cast("Mapping[str, Any]", one)
    numbers = [quota.get("limit"), quota.get("used")]
    texts = [quota.get("code"), quota.get("name"), quota.get("unit")]
    return all(isinstance(text, str) for text in texts) and all(
        isinstance(number, int | float) and not isinstance(number, bool) for number in numbers
    )


def _project() -> Path:
    """The project's folder, above where the command or the pack runs."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "Pulumi.yaml").is_file()), here)


RULE = Rule(
    id="quota-headroom",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="ask for a higher quota, or lower the pools' `nodes`; write a new report afterwards",
)
