"""AWS: EC2 instance types, EKS versions and add-ons, FSx for Lustre sizes, EC2 quotas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import cast

from components.catalog.base import Catalog, columns
from components.catalog.model import Machine
from components.catalog.tables import Row
from components.records import record


@record
class AwsMachine(Machine):
    """An EC2 instance type.

    Interface limits are counts (None where no source gives them): `interfaces_card0` on network card 0,
    `interfaces_per_card` on each other card (None also where there is no other). `efa_cards` are the cards that get one
    EFA device each; it is shorter than `efa_max` where more devices add no bandwidth. `rdma` is `none`, `read`,
    `read+write` or `unknown`; `gpudirect` is `yes`, `no` or `unknown`. `image_kind` is `nvidia`, `neuron` or `none`.
    """

    network_cards: int
    interfaces_card0: int | None
    interfaces_per_card: int | None
    ipv4_per_interface: int | None
    efa_max: int
    efa_cards: tuple[int, ...]
    rdma: str
    gpudirect: str
    nvlink: str
    image_kind: str
    min_image_release: str
    min_driver: str
    quota_family: str


@record
class LustreStep:
    """The sizes that FSx for Lustre sells as PERSISTENT_2 SSD: the smallest, and every multiple of the step, in GiB.

    `throughput` is in MB/s for each TiB of storage.
    """

    throughput: int
    efa: bool
    smallest_gib: int
    step_gib: int
    source: str
    as_of: date

    def next_legal(self, asked_gib: int) -> int:
        """The smallest legal size that holds `asked_gib`."""
        if asked_gib <= self.smallest_gib:
            return self.smallest_gib
        return -(-asked_gib // self.step_gib) * self.step_gib


@record
class Addon:
    """An EKS add-on; `stage` is `before-nodes` or `after-nodes`; `min_version` is empty where no source sets one."""

    name: str
    stage: str
    min_version: str
    purpose: str
    source: str
    as_of: date


@record
class Quota:
    """An EC2 service quota in vCPUs, by region. AWS renames and splits quotas: trust `name` before `code`."""

    family: str
    capacity_type: str
    code: str
    name: str
    source: str
    as_of: date


class AwsCatalog(Catalog):
    cloud = "aws"
    machine_columns = columns(
        "name accelerator accelerator_count accelerator_memory_gib vcpus memory_gib architecture nvme_gb nvme_disks"
        " network_gbps network_cards interfaces_card0 interfaces_per_card ipv4_per_interface efa_max efa_cards efa_gbps"
        " rdma gpudirect nvlink image_kind image_refused capacity_types preferred min_kubernetes min_image_release"
        " min_driver quota_family source as_of"
    )

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._lustre = self._table(
            "lustre", columns("throughput_mbps_per_tib efa smallest_gib step_gib source as_of"), 2
        )
        self._addons = self._table("addons", columns("name stage min_version purpose source as_of"), 1)
        self._quotas = self._table("quotas", columns("family capacity_type code name source as_of"), 2)

    @cached_property
    def machines(self) -> Mapping[str, AwsMachine]:
        return cast(Mapping[str, AwsMachine], super().machines)

    def machine(self, name: str) -> AwsMachine | None:
        return self.machines.get(name)

    def lustre_steps(self, throughput: int, efa: bool) -> LustreStep | None:
        """The legal sizes at a throughput (MB/s for each TiB), with or without EFA; None: none such is sold."""
        row = self._lustre.find(str(throughput), "yes" if efa else "no")
        return _lustre_step(row) if row else None

    def lustre_throughputs(self) -> tuple[int, ...]:
        """The throughputs on sale, in MB/s for each TiB, ascending."""
        return tuple(sorted({row.whole("throughput_mbps_per_tib") for row in self._lustre.rows()}))

    def addons(self) -> tuple[Addon, ...]:
        """The EKS add-ons in the order in which a cluster needs them."""
        return tuple(_addon(row) for row in self._addons.rows())

    def quota(self, family: str, capacity_type: str) -> Quota | None:
        """The quota of an `AwsMachine.quota_family`; None where sources disagree (spot P) or there is none (block)."""
        row = self._quotas.find(family, capacity_type)
        return _quota(row) if row else None

    def _machine(self, row: Row) -> AwsMachine:
        efa_cards = row.indexes("efa_cards")
        return AwsMachine(
            name=row.text("name"),
            accelerator=row.text("accelerator") or None,
            accelerator_count=row.whole("accelerator_count"),
            accelerator_memory_gib=row.number("accelerator_memory_gib") if row.text("accelerator") else 0.0,
            vcpus=row.whole("vcpus"),
            memory_gib=row.number("memory_gib"),
            architecture=row.text("architecture"),
            nvme_gb=row.whole("nvme_gb"),
            nvme_disks=row.whole("nvme_disks"),
            network_gbps=row.number("network_gbps"),
            fabric="efa" if efa_cards else None,
            fabric_gbps=row.number("efa_gbps"),
            capacity_types=row.words("capacity_types"),
            preferred=row.whole("preferred"),
            min_kubernetes=row.text("min_kubernetes"),
            refused=row.text("image_refused"),
            source=row.text("source"),
            as_of=row.day("as_of"),
            network_cards=row.whole("network_cards"),
            interfaces_card0=row.whole_or_none("interfaces_card0"),
            interfaces_per_card=row.whole_or_none("interfaces_per_card"),
            ipv4_per_interface=row.whole_or_none("ipv4_per_interface"),
            efa_max=row.whole("efa_max"),
            efa_cards=efa_cards,
            rdma=row.text("rdma"),
            gpudirect=row.text("gpudirect"),
            nvlink=row.text("nvlink"),
            image_kind=row.text("image_kind"),
            min_image_release=row.text("min_image_release"),
            min_driver=row.text("min_driver"),
            quota_family=row.text("quota_family"),
        )


@cache
def catalog() -> AwsCatalog:
    """The shipped AWS catalogue, one object for the process: the same that `components.catalog.load("aws")` gives."""
    return AwsCatalog()


def _lustre_step(row: Row) -> LustreStep:
    return LustreStep(
        throughput=row.whole("throughput_mbps_per_tib"),
        efa=row.flag("efa"),
        smallest_gib=row.whole("smallest_gib"),
        step_gib=row.whole("step_gib"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _addon(row: Row) -> Addon:
    return Addon(
        name=row.text("name"),
        stage=row.text("stage"),
        min_version=row.text("min_version"),
        purpose=row.text("purpose"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _quota(row: Row) -> Quota:
    return Quota(
        family=row.text("family"),
        capacity_type=row.text("capacity_type"),
        code=row.text("code"),
        name=row.text("name"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )
