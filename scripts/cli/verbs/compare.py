"""`gpufleet compare`: one blueprint on each cloud and region, by cost, and what cannot be had where."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from components.catalog import CLOUDS
from components.clock import today
from components.cost.report import to_document
from components.errors import InputError
from components.spec.project import find_project
from scripts.cli.comparison import Comparison, Place, PoolThere, compare
from scripts.cli.options import Date, Output, Quiet, Verbose
from scripts.cli.session import begin, status_of


def complete_blueprints(incomplete: str) -> list[str]:
    """Names of blueprints, for the shell's completion."""
    try:
        return [name for name in find_project().blueprints() if name.startswith(incomplete)]
    except InputError:
        return []


Blueprint = Annotated[
    str,
    typer.Argument(
        metavar="BLUEPRINT",
        help="A blueprint's name, or the path of its file.",
        show_default=False,
        autocompletion=complete_blueprints,
    ),
]
Clouds = Annotated[
    list[str] | None,
    typer.Option("--cloud", metavar="CLOUD", help=f"Only this one of {', '.join(CLOUDS)}; again for more."),
]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="REGION", help="Only this region; again for more.", show_default=False),
]


def command(
    blueprint: Blueprint,
    cloud: Clouds = None,
    region: Regions = None,
    date: Date = None,
    output: Output = "text",
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show what a blueprint becomes on each cloud and region: machine, cost, fabric, and what cannot be had where.

    The cheapest comes first, by what the machines cost. Exit status 2 when it can be had in none of the regions.
    """
    session = begin(None, output, verbose=verbose, quiet=quiet)
    found = compare(blueprint, cloud or (), region or (), date or today(), find_project())
    if session.json:
        session.emit(_document(found))
    else:
        from scripts.cli.comparison_text import print_comparison

        print_comparison(found, session)
    return status_of(found.findings)


def _document(found: Comparison) -> dict[str, Any]:
    return {
        "blueprint": found.blueprint,
        "places": [_place(place) for place in found.places],
        "findings": [finding.to_dict() for finding in found.findings],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "cloud": place.cloud,
        "region": place.region,
        "possible": place.cost is not None,
        "machines_priced": place.machines_cost is not None,
        "pools": [_pool(pool) for pool in place.pools],
        "storage": [
            {
                "name": store.name,
                "kind": store.kind,
                "asked_gib": None if store.asked_gib is None else format(store.asked_gib, "f"),
                "given_gib": store.given_gib,
            }
            for store in place.storage
        ],
        "instead": dict(place.instead),
        "cost": None if place.cost is None else to_document(place.cost),
        "reasons": [finding.to_dict() for finding in place.findings],
    }


def _pool(pool: PoolThere) -> dict[str, Any]:
    nodes = pool.nodes
    return {
        "name": pool.name,
        "asked": pool.asked,
        "machine": pool.machine,
        "accelerator": pool.accelerator,
        "accelerators_per_node": pool.accelerators_per_node,
        "nodes": None if nodes is None else {"min": nodes.min, "desired": nodes.desired, "max": nodes.max},
        "capacity": list(pool.capacity),
        "sold_as": list(pool.sold_as),
        "fabric": pool.fabric,
        "gbps_per_accelerator": format(pool.gbps_per_accelerator.normalize(), "f"),
        "zones": list(pool.zones),
    }
