"""A plan -> priced items, whichever cloud it is for.

Items are the questions ("8 nodes of this machine in this region"); `estimate` answers them.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import import_module
from types import ModuleType

from components.catalog import Catalog
from components.cost.model import PricedItem
from components.errors import CatalogError, did_you_mean
from components.plan.model import ClusterPlan

# The module of each cloud; it has `items_of(plan, catalog, on)`.
_MODULES: dict[str, str] = {"aws": "components.cost.aws", "gcp": "components.cost.gcp"}

CLOUDS: tuple[str, ...] = tuple(_MODULES)


def items_of(plan: ClusterPlan, catalog: Catalog, on: date) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """What a planned cluster costs money for, in the order of the report, and what is not included, in sentences.

    `on` is the day whose prices are meant: a Kubernetes version past its standard support costs more. Raises
    `CatalogError` for a cloud that has no items.
    """
    return _module(plan.cloud).items_of(plan, catalog, on)


@cache
def _module(cloud: str) -> ModuleType:
    name = _MODULES.get(cloud)
    if name is None:
        raise CatalogError(f"the cost of {cloud!r} is not known; {did_you_mean(cloud, CLOUDS)}")
    return import_module(name)
