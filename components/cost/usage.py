"""What a cluster costs by use: priced where the spec expects an amount, named as not included where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from components.cost.facts import SPEC
from components.cost.model import HOURS_PER_MONTH, PricedItem, Span
from components.plan.model import StatedPrice, UsagePlan
from components.records import record

# Fees that the spec states bear no date; estimates drop this one (see `SPEC`).
_NO_DATE = date.min


@record(kw_only=True)
class Rates:
    """A cloud's items for what is billed by use. `egress`: (item, GB of that tier), the last without bound.

    Taking logs in pays for keeping them for `log_days_included` days.
    """

    egress: Sequence[tuple[str, Decimal | None]]
    nat: str
    cross_zone: str
    log_ingestion: str
    log_storage: str
    log_days_included: int = 0


def usage_items(
    usage: UsagePlan, rates: Rates, region: str, stated: Mapping[str, StatedPrice], log_days: int | None
) -> Iterator[PricedItem]:
    """Items for every amount that is given. `log_days`: how long logs are kept; None where nothing says so."""

    def item(kind: str, text: str, unit: str, quantity: Decimal, service: str) -> PricedItem:
        return PricedItem(
            pool="",
            kind=kind,
            item=text,
            unit=unit,
            quantity=Span.flat(quantity),
            region=region,
            path="usage",
            service=service,
            stated=stated.get(service),
        )

    for service, amount in _tiers(usage.egress_gb, rates.egress):
        yield item("transfer", f"data transfer to the internet ({service})", "GB", amount, service)
    if usage.nat_gb is not None:
        yield item("transfer", "data through NAT gateways", "GB", usage.nat_gb, rates.nat)
    if usage.cross_zone_gb is not None:
        yield item("transfer", "data between zones", "GB", usage.cross_zone_gb, rates.cross_zone)
    if usage.log_gb is not None:
        yield item("log", "logs taken in", "GB", usage.log_gb, rates.log_ingestion)
        paid_days = (log_days or 0) - rates.log_days_included
        if log_days is not None and paid_days > 0:
            kept = usage.log_gb * paid_days * 24 / HOURS_PER_MONTH
            yield item("log", f"logs kept for {log_days} days", "GB-month", kept, rates.log_storage)
    yield from _people(usage, region)


def not_included(usage: UsagePlan, *, nat: bool, also: Sequence[str]) -> Iterator[str]:
    """A sentence for everything that is billed by use and has no amount; `also`: what no amount can be given for."""
    if usage.egress_gb is None:
        yield "data transfer to the internet: not included (usage.egress_gb)"
    if nat and usage.nat_gb is None:
        yield "data through NAT gateways: not included (usage.nat_gb)"
    if usage.cross_zone_gb is None:
        yield "data transfer between zones: not included (usage.cross_zone_gb)"
    for what in also:
        yield f"{what}: not included"
    if usage.log_gb is None:
        yield "logs: not included (usage.log_gb)"
    if usage.labour_hours is None:
        yield "labour: not included (usage.labour_hours and usage.labour_usd_per_hour)"
    if usage.support_percent is None:
        yield "the cloud's support fee: not included (usage.support_percent)"
    yield "requests, snapshots and taxes: not included"


def _tiers(gb: Decimal | None, tiers: Sequence[tuple[str, Decimal | None]]) -> Iterator[tuple[str, Decimal]]:
    """The amount by price tier; the first tier also of nothing, so that an expected zero is seen."""
    if gb is None:
        return
    left = gb
    for number, (service, size) in enumerate(tiers):
        amount = left if size is None else min(left, size)
        if amount or not number:
            yield service, amount
        left -= amount


def _people(usage: UsagePlan, region: str) -> Iterator[PricedItem]:
    if usage.labour_hours is not None:
        rate = usage.labour_usd_per_hour
        yield PricedItem(
            pool="",
            kind="labour",
            item="operation work",
            unit="hour",
            quantity=Span.flat(usage.labour_hours),
            region=region,
            path="usage",
            stated=None if rate is None else StatedPrice(usd=rate, source=SPEC, as_of=_NO_DATE),
            note="what an hour costs is not given: state `usage.labour_usd_per_hour`" if rate is None else "",
        )
    if usage.support_percent is not None:
        share = usage.support_percent / 100
        yield PricedItem(
            pool="",
            kind="support",
            item=f"the cloud's support fee ({usage.support_percent}%)",
            unit="USD",
            quantity=Span.flat(0),  # the estimate puts the month's total here
            region=region,
            path="usage",
            stated=StatedPrice(usd=share, source=SPEC, as_of=_NO_DATE),
        )
