"""A review in the JSON that Infracost 0.10 writes, so that policies and dashboards made for it read it too.

Money is decimal text. Every figure is at the maximum of each pool, since what reads it is a gate. A pool is a resource,
so is each service of the cluster; a line without a price has `priceNotFound` and null, never zero. Source: infracost/infracost@cffbc23d, schema/infracost.schema.json, version 0.2 of the
output.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from components.cost.estimate import plain
from components.cost.model import HOURS_PER_MONTH, CostLine
from components.errors import Finding, Level
from scripts.report.review import Review, StackReview

VERSION = "0.2"
POOL, SERVICE = "gpufleet_pool", "gpufleet_service"

Json = dict[str, Any]
_NOTHING: tuple[CostLine, ...] = ()


def text(review: Review) -> str:
    """The whole document."""
    return json.dumps(document(review, commit()), indent=2) + "\n"


def document(review: Review, metadata: Json) -> Json:
    """The document as data; `metadata` is of the commit that it is about."""
    projects = [_project(one) for one in review.stacks]
    now, past = _sum(projects, "breakdown"), _sum(projects, "pastBreakdown")
    difference = {key: _text(now[key] - past[key]) for key in now}
    return {
        "version": VERSION,
        "metadata": {"infracostCommand": "diff" if review.baseline else "breakdown", **metadata},
        "currency": "USD",
        "projects": projects,
        **_totals("total", {key: _text(value) for key, value in now.items()}),
        **_totals("pastTotal", {key: _text(value) for key, value in past.items()}),
        **_totals("diffTotal", difference),
        "timeGenerated": f"{review.on}T00:00:00Z",
        "summary": _summary([one for project in projects for one in project["breakdown"]["resources"]]),
    }


def commit() -> Json:
    """Who made the commit at hand, when, and what it says; empty where there is none."""
    keys = ("vcsCommitSha", "vcsCommitAuthorName", "vcsCommitAuthorEmail", "vcsCommitTimestamp", "vcsCommitMessage")
    try:
        told = subprocess.run(
            ["git", "log", "-1", "--format=%H%x00%an%x00%ae%x00%cI%x00%s%x00%D"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        ).stdout.rstrip("\n")
    except OSError:
        told = ""
    values = told.split("\0") if told else ["", "", "", "1970-01-01T00:00:00Z", "", ""]
    branch = values[-1].partition(",")[0].rpartition(" -> ")[2]
    return {"vcsBranch": branch, **dict(zip(keys, values, strict=False))}


def _project(one: StackReview) -> Json:
    told = one.difference
    past_lines = _past(one)
    lines = one.cost.lines if one.cost is not None else _NOTHING
    breakdown = _breakdown(lines)
    metadata: Json = {"path": one.file or one.stack, "type": "gpufleet", "vcsSubPath": one.file}
    errors = [_diagnostic(finding) for finding in one.findings if finding.level is Level.ERROR]
    if errors:
        metadata |= {"errors": errors, "currentErrors": errors}
    if told is not None and told.state == "unknown":
        metadata["pastErrors"] = [_diagnostic(finding) for finding in one.findings if finding.id == "baseline"]
    return {
        "name": one.stack,
        "displayName": one.stack,
        "metadata": metadata,
        "pastBreakdown": _breakdown(past_lines),
        "breakdown": breakdown,
        "diff": _difference(past_lines, lines),
        "summary": _summary(breakdown["resources"]),
    }


def _past(one: StackReview) -> tuple[CostLine, ...]:
    """The lines of what a stack was; none where that is not known, which `pastErrors` says."""
    return one.before.lines if one.before is not None else _NOTHING


def _breakdown(lines: Sequence[CostLine]) -> Json:
    groups: dict[str, list[CostLine]] = {}
    for line in lines:
        groups.setdefault(_resource_name(line), []).append(line)
    resources = [_resource(name, group) for name, group in groups.items()]
    return {"resources": resources, **_totals("total", _amounts(lines))}


def _resource_name(line: CostLine) -> str:
    """A name that stays when a size changes, by which the two sides of a difference find each other."""
    return line.pool or line.path or line.kind


def _resource(name: str, lines: Sequence[CostLine]) -> Json:
    amounts = _amounts(lines)
    return {
        "name": name,
        "resourceType": POOL if lines[0].pool else SERVICE,
        "metadata": {"path": lines[0].path, "kind": lines[0].kind},
        "hourlyCost": amounts["HourlyCost"],
        "monthlyCost": amounts["MonthlyCost"],
        "costComponents": [_component(line) for line in lines],
    }


def _component(line: CostLine) -> Json:
    quantity = line.quantity.max
    hourly = None if line.one_off else plain(quantity / HOURS_PER_MONTH)
    monthly = None if line.monthly is None else line.monthly.max
    return {
        "name": line.item,
        "unit": line.unit,
        "hourlyQuantity": hourly,
        "monthlyQuantity": plain(quantity),
        "price": None if line.unit_price is None else plain(line.unit_price),
        "hourlyCost": None if monthly is None or line.one_off else plain(monthly / HOURS_PER_MONTH),
        "monthlyCost": None if monthly is None else plain(monthly),
        "priceNotFound": line.unit_price is None,
    }


def _difference(past: Sequence[CostLine], now: Sequence[CostLine]) -> Json:
    """What each resource, and each of its components, costs more or less; without those that stay."""
    old, new = ({one["name"]: one for one in _breakdown(lines)["resources"]} for lines in (past, now))
    changed: list[Json] = []
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        base: Json = after or before or {}
        parts = _components_apart(before, after)
        changed.append({**base, **_less(after, before, ("hourlyCost", "monthlyCost")), "costComponents": parts})
    amounts = {key: _text(_decimal(now_) - _decimal(was)) for key, now_, was in _zipped(_amounts(now), _amounts(past))}
    return {"resources": changed, **_totals("total", amounts)}


def _components_apart(before: Json | None, after: Json | None) -> list[Json]:
    old, new = ({one["name"]: one for one in (side or {}).get("costComponents", [])} for side in (before, after))
    figures = ("hourlyQuantity", "monthlyQuantity", "price", "hourlyCost", "monthlyCost")
    return [
        {**(new.get(name) or old[name]), **_less(new.get(name), old.get(name), figures)}
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _less(after: Json | None, before: Json | None, keys: Iterable[str]) -> Json:
    """The figures of one thing less those of another; null where a side that is there has none."""
    made: Json = {}
    for key in keys:
        values = [side[key] for side in (after, before) if side is not None]
        known = None not in values
        made[key] = _text(_decimal((after or {}).get(key)) - _decimal((before or {}).get(key))) if known else None
    return made


def _amounts(lines: Sequence[CostLine]) -> Json:
    """Sums that leave out what has no price; null where nothing has one."""
    priced = [line for line in lines if line.monthly is not None]
    if lines and not priced:
        return {"HourlyCost": None, "MonthlyCost": None}
    monthly = sum((line.monthly.max for line in priced if line.monthly is not None), Decimal(0))
    running = (line.monthly.max for line in priced if line.monthly is not None and not line.one_off)
    return {"HourlyCost": plain(sum(running, Decimal(0)) / HOURS_PER_MONTH), "MonthlyCost": plain(monthly)}


def _totals(start: str, amounts: Json) -> Json:
    return {**{f"{start}{key}": value for key, value in amounts.items()}, f"{start}MonthlyUsageCost": None}


def _sum(projects: Iterable[Json], part: str) -> dict[str, Decimal]:
    found = {"HourlyCost": Decimal(0), "MonthlyCost": Decimal(0)}
    for project in projects:
        for key in found:
            found[key] += _decimal(project[part][f"total{key}"])
    return found


def _zipped(ones: Json, others: Json) -> Iterable[tuple[str, Any, Any]]:
    return ((key, value, others[key]) for key, value in ones.items())


def _summary(resources: Sequence[Json]) -> Json:
    unpriced = [one for one in resources if any(part["priceNotFound"] for part in one["costComponents"])]
    return {
        "totalDetectedResources": len(resources),
        "totalSupportedResources": len(resources),
        "totalUnsupportedResources": 0,
        "totalUsageBasedResources": 0,
        "totalNoPriceResources": len(unpriced),
        "unsupportedResourceCounts": {},
        "noPriceResourceCounts": _counts(unpriced),
    }


def _counts(resources: Iterable[Json]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in resources:
        found[one["resourceType"]] = found.get(one["resourceType"], 0) + 1
    return found


def _diagnostic(finding: Finding) -> Json:
    return {
        "code": 0,
        "message": str(finding),
        "data": {"id": finding.id, "hint": finding.hint},
        "isError": finding.level is Level.ERROR,
    }


def _decimal(text: str | None) -> Decimal:
    return Decimal(0) if text is None else Decimal(text)


def _text(number: Decimal) -> str:
    return plain(number)
