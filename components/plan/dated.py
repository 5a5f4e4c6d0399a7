"""Checks that depend on the day: support of Kubernetes versions, ends of reservations and blocks, expiry.

The plan itself knows no clock; who asks gives the date.
"""

from __future__ import annotations

from datetime import date, timedelta

from components.catalog import Catalog
from components.errors import Finding, Level
from components.plan.model import ClusterPlan

# How long before an end it is told.
WARN_DAYS = timedelta(days=30)


def dated_findings(plan: ClusterPlan, catalog: Catalog, on: date) -> tuple[Finding, ...]:
    """What is wrong, or worth knowing, with a plan on a day."""
    return (*_support(plan, catalog, on), *_bought(plan, on), *_expiry(plan, on))


def _support(plan: ClusterPlan, catalog: Catalog, on: date) -> list[Finding]:
    version = catalog.kubernetes(plan.kubernetes)
    if version is None or version.standard_until is None or version.extended_until is None:
        message = f"until when Kubernetes {plan.kubernetes} is supported is unknown"
        return [Finding(id="kubernetes-support", level=Level.ADVISORY, path="kubernetes", message=message)]
    newest = [
        name for name, row in catalog.kubernetes_versions.items() if row.standard_until and row.standard_until >= on
    ]
    hint = f'write kubernetes: "{newest[-1]}"' if newest else ""
    support = version.support_on(on)
    if support == "ended":
        message = f"Kubernetes {plan.kubernetes} is out of support since {version.extended_until}"
        return [Finding(id="kubernetes-support", level=Level.ERROR, path="kubernetes", message=message, hint=hint)]
    if support == "extended":
        return [_extended(plan, catalog, version.standard_until, hint)]
    if version.standard_until - on <= WARN_DAYS:
        message = f"standard support of Kubernetes {plan.kubernetes} ends on {version.standard_until}"
        return [Finding(id="kubernetes-support", level=Level.ADVISORY, path="kubernetes", message=message, hint=hint)]
    return []


def _extended(plan: ClusterPlan, catalog: Catalog, since: date, hint: str) -> Finding:
    """Paid extended support: with its price where it is known; refused unless the spec asks for it."""
    prices = [catalog.service_price(item, plan.region) for item in ("control-plane-extended", "control-plane")]
    paid, plain = prices
    cost = f": {paid.usd} USD/h instead of {plain.usd}" if paid and plain else " (its price here is unknown)"
    message = f"Kubernetes {plan.kubernetes} is in paid extended support since {since}{cost}"
    if getattr(plan, "support_type", "STANDARD") == "EXTENDED":
        return Finding(id="kubernetes-support", level=Level.ADVISORY, path="kubernetes", message=message, hint=hint)
    also = "software: {extended_support: true} accepts the price"
    return Finding(
        id="kubernetes-support",
        level=Level.ERROR,
        path="kubernetes",
        message=message,
        hint=f"{hint}; {also}" if hint else also,
    )


def _bought(plan: ClusterPlan, on: date) -> list[Finding]:
    found: list[Finding] = []
    for pool in plan.pools:
        for rung in pool.rungs:
            if rung.bought is None:
                continue
            end = rung.bought.until or (rung.bought.end.date() if rung.bought.end else None)
            path = f"pools.{pool.name}.capacity"
            if end is not None and end < on:
                message = f"{rung.bought.id} ended on {end}"
                found.append(
                    Finding(id="capacity-ended", level=Level.ERROR, path=path, message=message, hint="remove the rung")
                )
            elif rung.raised_on_time and rung.bought.start is not None and rung.bought.start.date() <= on:
                message = f"{rung.bought.id} has started: Auto Scaling takes no scheduled raise in the past"
                hint = "on a first deployment, raise the node group by hand"
                found.append(Finding(id="block-started", level=Level.ADVISORY, path=path, message=message, hint=hint))
            elif end is not None and end - on <= WARN_DAYS:
                message = f"{rung.bought.id} ends on {end}"
                found.append(Finding(id="capacity-ends", level=Level.ADVISORY, path=path, message=message))
    return found


def _expiry(plan: ClusterPlan, on: date) -> list[Finding]:
    if plan.expires is None or plan.expires >= on:
        return []
    message = f"the cluster expired on {plan.expires}"
    hint = "destroy it, or set a later schedule.expires"
    return [Finding(id="expired", level=Level.MANDATORY, path="schedule.expires", message=message, hint=hint)]
