"""The neutral facts: what every cloud's catalogue answers in, whatever its own rows hold beside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from components.records import record


@record
class Accelerator:
    """A chip as specs spell it; `resource` is the name under which Kubernetes schedules it."""

    name: str
    vendor: str
    resource: str
    aliases: tuple[str, ...]
    source: str
    as_of: date


@record
class Price:
    """US dollars for one `unit` (`hour`, `GB-month`, …); `kind` is `list` or `derived` (computed, never a gate)."""

    usd: Decimal
    unit: str
    kind: str
    source: str
    as_of: date
    note: str


@record
class Machine:
    """One machine that a cloud sells.

    `accelerator_memory_gib` is per accelerator, as the cloud reports it; `fabric_gbps` is the whole node's usable
    fabric bandwidth in Gbit/s (0 without fabric); `nvme_gb` is the sum of local disks in decimal GB. `preferred` ranks
    the machines that carry the same accelerators, 1 first. `refused` says why this project cannot run it, or is empty.
    """

    name: str
    accelerator: str | None
    accelerator_count: int
    accelerator_memory_gib: float
    vcpus: int
    memory_gib: float
    architecture: str
    nvme_gb: int
    nvme_disks: int
    network_gbps: float
    fabric: str | None
    fabric_gbps: float
    capacity_types: tuple[str, ...]
    preferred: int
    min_kubernetes: str
    refused: str
    source: str
    as_of: date

    @property
    def fabric_gbps_per_accelerator(self) -> float:
        """The fabric's bandwidth shared evenly over the accelerators, in Gbit/s; 0 for a machine without any."""
        return self.fabric_gbps / self.accelerator_count if self.accelerator_count else 0.0


@record
class Region:
    name: str
    partition: str
    source: str
    as_of: date


@record
class Zone:
    """A zone by the id that is the same in every account; `control_plane`: the managed control plane takes it."""

    region: str
    zone_id: str
    control_plane: bool
    source: str
    as_of: date


@record
class KubernetesVersion:
    """A minor version of the managed service; a date that no source gives is None."""

    version: str
    standard_until: date | None
    extended_until: date | None
    source: str
    as_of: date

    def support_on(self, day: date) -> str:
        """`standard`, `extended`, `ended`, or `unknown` where the catalogue has no dates. A last day still counts."""
        if self.standard_until is None or self.extended_until is None:
            return "unknown"
        if day <= self.standard_until:
            return "standard"
        return "extended" if day <= self.extended_until else "ended"


@record
class NameLimit:
    """The fewest and the most characters of a physical name, and a regular expression that it matches as a whole."""

    shortest: int
    longest: int
    pattern: str
    source: str
    as_of: date
