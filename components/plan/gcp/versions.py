"""The release channel and the least GKE version: what the spec says, raised to what machines and features need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.catalog.gcp import Fabric, GcpCatalog, GcpMachine
from components.catalog.gke import GkeVersion
from components.plan.gcp.facts import PoolFacts
from components.plan.notes import Notes
from components.records import record
from components.spec.models import ClusterSpec


@record
class Floor:
    """What needs which version: the first of each minor that has one, ascending; a later minor needs none."""

    what: str
    versions: tuple[GkeVersion, ...]


def channel_of(spec: ClusterSpec, catalog: GcpCatalog, notes: Notes) -> str:
    """The release channel; a cluster always has one. Extended support is the channel of that name."""
    asked = spec.software.release_channel
    if spec.software.extended_support and asked not in (None, "extended"):
        message = f"extended support has a channel of its own, and this cluster is to have {asked}"
        notes.error("release-channel", "software.release_channel", message, "leave one of the two out")
    if asked is None:
        asked = "extended" if spec.software.extended_support else catalog.default("release-channel")
        notes.decide("software.release_channel", asked, "no channel is given")
    return asked.upper()


def min_master_version(spec: ClusterSpec, pools: Sequence[PoolFacts], catalog: GcpCatalog, notes: Notes) -> str:
    """The spec's minor version, or within it the highest that a machine or a feature needs.

    A minor below what is needed is an error that names the first version that works.
    """
    asked = GkeVersion.parse(str(spec.kubernetes))
    least, why = asked, ""
    for floor in floors(spec, pools, catalog):
        first = first_from(asked, floor.versions)
        if first is not None and first > least:
            least, why = first, floor.what
    if not asked.allows(least):
        _too_old(spec, least, why, catalog, notes)
    elif why:
        notes.decide("kubernetes", str(least), f"{why} needs it within {spec.kubernetes}")
    return str(least)


def first_from(asked: GkeVersion, versions: Sequence[GkeVersion]) -> GkeVersion | None:
    """The first version that has a feature, seen from the minor that is asked for; None: any patch of it has it.

    A feature with a first version in several minors came to each of them by a patch, and later minors have it.
    """
    same = [one for one in versions if one.minor_text == asked.minor_text]
    if same:
        return min(same)
    later = [one for one in versions if one > asked]
    return min(later) if later else None


def floors(spec: ClusterSpec, pools: Sequence[PoolFacts], catalog: GcpCatalog) -> Iterator[Floor]:
    """What the pools need: for their machines, their fabrics in the way that was chosen, and their capacity."""
    for facts in pools:
        way, flex = spec.software.pod_networks, "flex" in facts.pool.capacity
        yield from floors_of(facts.machine, facts.fabric, way, flex, catalog)


def floors_of(machine: GcpMachine, fabric: Fabric | None, way: str, flex: bool, catalog: GcpCatalog) -> Iterator[Floor]:
    """What one pool needs; `way` is how pods get at the fabric's networks: `objects` or `dranet`."""
    if machine.min_kubernetes:
        yield _floor(machine.name, machine.min_kubernetes)
    if fabric is not None and way == "dranet" and fabric.dranet_floor:
        yield _floor("DRANET", fabric.dranet_floor)
    if fabric is not None and way == "objects" and fabric.objects_floors:
        yield _floor(f"the fabric {fabric.name}", *fabric.objects_floors)
    if flex:
        kind = "gpu" if machine.guest_accelerator else "tpu"
        yield _floor(f"flex-start of {kind.upper()}s", catalog.default(f"flex-{kind}-floor"))


def _floor(what: str, *versions: str) -> Floor:
    return Floor(what, tuple(sorted(map(GkeVersion.parse, versions))))


def _too_old(spec: ClusterSpec, first: GkeVersion, what: str, catalog: GcpCatalog, notes: Notes) -> None:
    known = [one for one in catalog.kubernetes_versions if GkeVersion.parse(one).allows(first)]
    hint = f'write kubernetes: "{known[0]}" or newer' if known else f"no version of the catalogue has {what}"
    message = f"{what} needs GKE {first} or newer, this cluster has {spec.kubernetes}"
    notes.error("kubernetes", "kubernetes", message, hint)
