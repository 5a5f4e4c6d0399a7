"""The quota family and the vCPUs of machines with accelerators: rows of `sizes.csv`, each with its source and day."""

from __future__ import annotations

from pathlib import Path

from components.catalog.tables import Table

_TABLE = Table(Path(__file__).with_name("sizes.csv"), ("size", "family", "vcpus", "source", "as_of"), 1)


def family_of(size: str) -> tuple[str, int]:
    """(quota family, vCPUs) of a size; one that no row knows is a family of its own, counted in machines."""
    row = _TABLE.find(size)
    return (size, 1) if row is None else (row.text("family"), row.whole("vcpus"))
