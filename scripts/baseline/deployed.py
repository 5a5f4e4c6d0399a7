"""What a stack costs as it is deployed, from an export of it: what a new preview of it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from policies.case import STACK, case_of
from policies.state import resources_of
from policies.subject import Baseline

DEPLOYED = "deployed"
"""How rules call it."""
COST_OUTPUT = "monthly_list_cost_usd"
_NEITHER = "the state has neither the spec nor the cost of what is deployed among its outputs"

Json = Mapping[str, Any]


def deployed(deployment: Json, stack: str, on: date) -> Baseline:
    """The monthly maximum of a deployment (see `scripts.preview.state.read_deployment`), in USD.

    Its resources are priced with today's catalogue and the spec that it exports, so that new prices do not count as an
    edit. Without that spec it is the cost that was exported when it was deployed; without either it is unknown.
    """
    resources = resources_of(deployment)
    if all(one["component"] for one in resources):  # a stack that has nothing yet, or nothing any more
        return Baseline(name=DEPLOYED, monthly_max=Decimal(0))
    subject = case_of(resources, stack=stack, environment=stack, config=None, on=on).subject
    if subject.planned:
        known = not subject.cost.unpriced
        return Baseline(name=DEPLOYED, monthly_max=subject.cost.monthly.max if known else None)
    exported = next((one["inputs"].get(COST_OUTPUT) for one in resources if one["type"] == STACK), None)
    return _exported(exported)


def _exported(cost: Any) -> Baseline:
    if not isinstance(cost, Mapping):
        return Baseline(name=DEPLOYED, monthly_max=None, why=_NEITHER)
    told = cast("Json", cost)
    if told.get("unpriced"):
        return Baseline(name=DEPLOYED, monthly_max=None)
    try:
        amount = Decimal(str(told.get("max")))
    except InvalidOperation:
        amount = Decimal("NaN")
    return Baseline(name=DEPLOYED, monthly_max=amount) if amount.is_finite() else _exported(None)
