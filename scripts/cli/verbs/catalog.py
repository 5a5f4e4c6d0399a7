"""`gpufleet catalog`: what can be bought, and every fact about one thing."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from components.catalog import CLOUDS, load
from components.clock import today
from scripts.cli.catalog.clouds import choose
from scripts.cli.catalog.facts import knows, refuse_unknown, sheet
from scripts.cli.catalog.offers import known_words, offers
from scripts.cli.catalog.tables import show_offers, show_sheet
from scripts.cli.options import Date, Output, Quiet, Verbose
from scripts.cli.session import Session, begin

app = typer.Typer(help="Machines, prices, regions and versions that the shipped catalogue knows.")

Cloud = Annotated[
    str | None,
    typer.Option("--cloud", metavar="CLOUD", help="The cloud; default: the first that knows it.", show_default=False),
]
Gpu = Annotated[
    str | None, typer.Option("--gpu", metavar="NAME", help="One accelerator: H100, or H100:8.", show_default=False)
]
Count = Annotated[
    int | None,
    typer.Option("--count", metavar="N", min=1, help="Machines with this many of it.", show_default=False),
]
Region = Annotated[
    str | None,
    typer.Option("--region", help="Price and zones there; default: the cheapest region.", show_default=False),
]
Capacity = Annotated[
    Literal["on-demand", "spot", "reservation", "block", "flex"] | None,
    typer.Option("--capacity", help="Machines that are sold so.", show_default=False),
]
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A machine, an accelerator, an item with a price, a region or a Kubernetes version.",
        show_default=False,
    ),
]


@app.command("list")
def list_(
    cloud: Cloud = None,
    gpu: Gpu = None,
    count: Count = None,
    region: Region = None,
    capacity: Capacity = None,
    date: Date = None,
    output: Output = "text",
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """List the machines with accelerators: what each has, how it is sold, and its price."""
    session = begin(None, output, verbose=verbose, quiet=quiet)
    catalog, others = choose(cloud, lambda one: known_words(one, gpu, region))
    found = offers(catalog, gpu, count, region, capacity)
    if session.json:
        machines = [one.to_dict() for one in found]
        head = {"cloud": catalog.cloud, "catalog_version": catalog.version, "region": region}
        session.emit({**head, "machines": machines, "findings": []})
    else:
        show_offers(found, region, date or today(), session)
        if not found and region:
            regions = sorted({place for one in offers(catalog, gpu, count, None, capacity) for place in one.regions})
            session.print(f"Offered in: {', '.join(regions) or 'no region that is known'}")
        _also(others, session)
    return 0


@app.command()
def show(
    name: Name,
    cloud: Cloud = None,
    date: Date = None,
    output: Output = "text",
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show every fact about one thing, with its source and the age of the fact."""
    session = begin(None, output, verbose=verbose, quiet=quiet)
    day = date or today()
    if cloud is None:
        refuse_unknown(name, [load(one) for one in CLOUDS])
    catalog, others = choose(cloud, lambda one: knows(name, one))
    found = sheet(name, catalog, day)
    if session.json:
        session.emit({"cloud": catalog.cloud, **found.to_dict(), "findings": []})
    else:
        show_sheet(found, catalog.cloud, day, session)
        _also(others, session)
    return 0


def _also(others: tuple[str, ...], session: Session) -> None:
    """Which other clouds would answer, and how to ask them."""
    for other in others:
        session.print(f"{other} has it too: add --cloud {other}", style="dim")
