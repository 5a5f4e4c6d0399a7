"""No accelerator is bought for more than a ceiling per hour.

The same accelerator costs twice as much in one region or machine as in another. The rule looks at the price of one
accelerator for an hour on every machine line of every pool, bought capacity included. The ceiling is the spec's
`budget.usd_per_gpu_hour` for all of them, or the parameter `usd_per_gpu_hour` (USD per accelerator and hour, by
accelerator): the lower one where both are set. Without either, its defaults hold, which are list prices of cheap
regions with 15 to 25 % on top. An accelerator without a ceiling is not judged; one with a ceiling and no known price
fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from policies.parameters import MoneyByName, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, lower, usd
from policies.subject import Subject

DEFAULTS: Mapping[str, Decimal] = MappingProxyType(
    {
        "T4": Decimal(1),
        "L4": Decimal("1.5"),
        "A10G": Decimal(2),
        "L40S": Decimal("3.5"),
        "A100-40GB": Decimal("4.5"),
        "A100-80GB": Decimal("6.5"),
        "H100": Decimal(13),
        "H200": Decimal(12),
        "B200": Decimal(18),
        "RTX-PRO-6000": Decimal("5.5"),
        "TPU-v5e": Decimal("1.5"),
        "TPU-v5p": Decimal(5),
        "TPU-v6e": Decimal("3.25"),
    }
)


class Limits(Parameters):
    """What an accelerator may cost for an hour."""

    usd_per_gpu_hour: MoneyByName = parameter(
        DEFAULTS,
        "ceilings in USD per accelerator and hour, by accelerator; the spec's own holds where it is lower",
        tighter="lower",
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    of_spec = subject.budget.usd_per_gpu_hour
    by_accelerator: Mapping[str, Decimal] = parameters.usd_per_gpu_hour
    if of_spec is not None and "usd_per_gpu_hour" not in parameters.model_fields_set:
        by_accelerator = {}  # the rule's own ceilings are for who has none
    for rate in subject.rates:
        ceiling = lower(of_spec, by_accelerator.get(rate.accelerator))
        if ceiling is None:
            continue
        if rate.usd is None:
            yield Violation.of(
                rate,
                f"{rate.what}: the price of one {rate.accelerator} for an hour is unknown, below a ceiling of"
                f" {usd(ceiling)} or not",
                "state the price in the spec, with source and date",
            )
        elif rate.usd > ceiling:
            yield Violation.of(
                rate,
                f"{rate.what}: one {rate.accelerator} costs {usd(rate.usd)} an hour, {usd(rate.usd - ceiling)} more than"
                f" the ceiling of {usd(ceiling)}",
                "take another region or machine with this accelerator; or raise budget.usd_per_gpu_hour",
            )


RULE = Rule(
    id="gpu-hour-price-ceiling",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
)
