"""Machine, offering and price facts of each cloud, each with its source and date.

`load("aws")` gives a `Catalog`. Facts are rows in `data/<cloud>/*.csv`: a new machine or price is a row, never code.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from components.catalog.base import Catalog
from components.catalog.model import Accelerator, KubernetesVersion, Machine, Price, Region, Zone
from components.errors import CatalogError, did_you_mean

__all__ = [
    "CLOUDS",
    "Accelerator",
    "Catalog",
    "KubernetesVersion",
    "Machine",
    "Price",
    "Region",
    "Zone",
    "load",
]

# The module of each cloud; it has `catalog()`, which gives that cloud's `Catalog`.
_MODULES: dict[str, str] = {"aws": "components.catalog.aws", "gcp": "components.catalog.gcp"}

CLOUDS: tuple[str, ...] = tuple(_MODULES)


@cache
def load(cloud: str) -> Catalog:
    """The catalogue of a cloud, one object for the process. Raises `CatalogError` for a cloud that has none."""
    module = _MODULES.get(cloud)
    if module is None:
        raise CatalogError(f"there is no catalogue of {cloud!r}; {did_you_mean(cloud, CLOUDS)}")
    found: Catalog = import_module(module).catalog()
    return found
