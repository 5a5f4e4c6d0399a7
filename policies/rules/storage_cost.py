"""Storage is of no dearer tier, and no larger, than was agreed.

A fast file system costs several times as much as a bucket, for every TiB and month, whether it is full or not. The rule looks at each
line of disks, file systems and buckets that is billed by its size. Parameters: `usd_per_tib_month` (USD for 1,024 GiB
and month) and `max_tib` (TiB at the maximum on one line). What has no price that is known fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from components.cost.model import CostLine
from policies.parameters import Money, Number, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, usd
from policies.subject import Subject

KINDS = ("disk", "file-system", "object-storage")
GIB_PER_TIB = 1024


class Limits(Parameters):
    """What a TiB may cost, and how many there may be."""

    usd_per_tib_month: Money = parameter(Decimal(150), "most USD for a TiB and month", tighter="lower")
    max_tib: Number = parameter(Decimal(500), "most TiB of one file system, bucket or kind of disk", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for line in subject.cost.lines:
        if line.kind not in KINDS:
            continue
        if line.unit_price is None:
            yield _violation(line, "what it costs for a TiB and month is unknown")
            continue
        each, size = line.unit_price * GIB_PER_TIB, line.quantity.max / GIB_PER_TIB
        if each > parameters.usd_per_tib_month:
            limit = usd(parameters.usd_per_tib_month)
            yield _violation(line, f"a TiB costs {usd(each)} a month; {limit} are allowed")
        if size > parameters.max_tib:
            yield _violation(line, f"{size:,.1f} TiB are kept; {parameters.max_tib:,f} are allowed")


def _violation(line: CostLine, message: str) -> Violation:
    pool = f" of pool {line.pool}" if line.pool else ""
    resource = "" if line.path else re.split(r": | \(", line.item)[0]
    return Violation(message=f"{line.item}{pool}: {message}", path=line.path, resource=resource)


RULE = Rule(
    id="storage-cost",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="lower `throughput` or `capacity` under `storage`, keep cold data in a bucket (`kind: object`), state a price",
)
