"""The data of Google Cloud: what Compute Engine and GKE would refuse, checked row by row."""

from __future__ import annotations

import math
import re

import pytest

from components.catalog.gcp import GcpCatalog
from components.catalog.gcp import catalog as gcp_catalog
from components.catalog.gke import GkeVersion
from tests.integrity.base import CatalogIntegrity

# A name is what the API takes: https://cloud.google.com/compute/docs/naming-resources (RFC 1035).
RFC_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
# A region so new that the price list has no E2 there.
WITHOUT_E2 = {"asia-southeast3"}
DISKS = {"pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced"}


class TestGcpCatalog(CatalogIntegrity):
    cloud = "gcp"
    for_others = frozenset({("replacement.csv", "when")})
    fabrics_beside_the_network = frozenset({"ici"})
    oldest_kubernetes = r"(1\.\d+)\.\d+-gke\.\d+"

    @pytest.fixture
    def gcp(self) -> GcpCatalog:
        return gcp_catalog()

    def test_a_machine_has_one_kind_of_accelerator_and_what_goes_with_it(self, gcp: GcpCatalog) -> None:
        for name, machine in gcp.machines.items():
            gpu, tpu = bool(machine.guest_accelerator), bool(machine.tpu_label)
            assert gpu + tpu == (machine.accelerator is not None), name
            assert bool(machine.driver) == gpu, name
            assert machine.driver in {"", "DEFAULT", "LATEST"}, name
            assert gpu or not machine.mig_profiles, name
            if machine.accelerator is not None:
                known = gcp.accelerator(machine.accelerator)
                assert known is not None
                assert known.resource == ("google.com/tpu" if tpu else "nvidia.com/gpu"), name

    def test_a_fabric_has_a_row_and_as_many_interfaces_as_it_needs(self, gcp: GcpCatalog) -> None:
        for name, machine in gcp.machines.items():
            fabric = gcp.fabric(machine.fabric) if machine.fabric else None
            assert (machine.gpu_nics > 0) == (fabric is not None), name
            assert (machine.fabric == "ici") == (machine.fabric is not None and bool(machine.tpu_label)), name
            if fabric is not None:
                # One interface a GPU, or one for two of them (TCPX), or two for one (ConnectX-8).
                assert machine.gpu_nics * 2 >= machine.accelerator_count, name
                assert fabric.device_mode == ("RDMA" if fabric.profile else "NetDevice"), name

    def test_rdma_networks_take_no_firewall_and_every_interface_of_the_others_a_network(self, gcp: GcpCatalog) -> None:
        fabrics = [gcp.fabric(name) for name in ("tcpx", "tcpxo", "rdma", "rdma-metal")]
        for fabric in fabrics:
            assert fabric is not None
            assert fabric.firewall == (not fabric.profile), fabric.name
            assert fabric.networks == ("one" if fabric.profile else "per-interface"), fabric.name
            # https://cloud.google.com/vpc/docs/mtu: 1,300 to 8,896 bytes
            assert 1300 <= fabric.mtu <= 8896, fabric.name
            assert fabric.mtu == fabric.host_mtu, fabric.name
            floors = [GkeVersion.parse(text) for text in fabric.objects_floors]
            assert floors == sorted(floors), fabric.name
            assert len({floor.minor_text for floor in floors}) == len(floors), fabric.name
            assert floors or fabric.dranet_floor, fabric.name

    def test_local_disks_are_bundled_or_asked_for_and_not_both(self, gcp: GcpCatalog) -> None:
        for name, machine in gcp.machines.items():
            assert not (machine.local_ssds and machine.ssd_counts), name
            assert machine.nvme_disks == machine.local_ssds, name
            assert list(machine.ssd_counts) == sorted(machine.ssd_counts), name

    def test_disk_types_are_known_and_the_default_is_no_hard_disk(self, gcp: GcpCatalog) -> None:
        for name, machine in gcp.machines.items():
            assert set(machine.disk_types) <= DISKS, name
            assert machine.disk_types[0] in {"pd-balanced", "hyperdisk-balanced"}, name

    def test_a_compact_policy_is_for_what_the_machine_is_sold_as(self, gcp: GcpCatalog) -> None:
        for name, machine in gcp.machines.items():
            assert set(machine.compact) <= set(machine.capacity_types), name
            assert "block" not in machine.compact, name
            assert (machine.compact_limit is not None) == bool(machine.compact), name

    def test_a_domain_holds_the_accelerators_of_its_machines(self, gcp: GcpCatalog) -> None:
        for name, machine in gcp.machines.items():
            assert bool(machine.domain_topology) == bool(machine.domain_nodes), name
            if machine.domain_topology:
                size = math.prod(map(int, machine.domain_topology.split("x")))
                assert size == machine.domain_nodes * machine.accelerator_count, name

    def test_slices_hold_as_many_chips_as_their_topology_says(self, gcp: GcpCatalog) -> None:
        rows = self.column(gcp, "tpu_slices")
        for row in rows:
            found = gcp.tpu_slice(row["accelerator"], row["topology"])
            assert found is not None
            machine = gcp.machine(found.machine)
            assert machine is not None, row
            assert machine.accelerator == found.accelerator, row
            chips = math.prod(map(int, found.topology.split("x")))
            assert chips == found.hosts * machine.accelerator_count, row
            assert found.hosts == 1 or machine.fabric == "ici", row
            assert found.policy in {"topology", "workload"}, row
        assert {row["machine"] for row in rows} == {name for name, one in gcp.machines.items() if one.tpu_label}

    def test_topologies_come_by_size(self, gcp: GcpCatalog) -> None:
        for accelerator in gcp.accelerators():
            sizes = [math.prod(map(int, text.split("x"))) for text in gcp.tpu_topologies(accelerator)]
            assert sizes == sorted(sizes), accelerator
            assert bool(sizes) == accelerator.startswith("TPU-"), accelerator

    def test_quotas_belong_to_machines_and_capacity_types(self, gcp: GcpCatalog) -> None:
        keys = {machine.quota for machine in gcp.machines.values()}
        for row in self.column(gcp, "quotas"):
            assert row["key"] in keys, row
            assert row["capacity_type"] in {"on-demand", "reservation", "spot", "flex"}, row
            preemptible = row["capacity_type"] in {"spot", "flex"}
            assert row["id"].startswith("PREEMPTIBLE-") == preemptible, row
            assert row["unit"] in {"gpus", "chips"}, row
        for name, machine in gcp.machines.items():
            quota = gcp.quota(machine.quota, "on-demand") or gcp.quota(machine.quota, "reservation")
            if quota is not None and quota.id.startswith("GPUS-PER-GPU-FAMILY"):
                assert machine.gpu_family, name

    def test_sizes_of_storage_go_by_their_steps(self, gcp: GcpCatalog) -> None:
        for sizes in (*gcp.lustre_steps(), *gcp.filestore_tiers()):
            assert sizes.smallest_gib % sizes.step_gib == 0, sizes
            assert (sizes.coarse_above_gib is None) == (sizes.coarse_step_gib is None), sizes
            assert sizes.largest_gib % (sizes.coarse_step_gib or sizes.step_gib) == 0, sizes
            assert sizes.next_legal(1) == sizes.smallest_gib, sizes
            assert sizes.next_legal(sizes.largest_gib) == sizes.largest_gib, sizes

    def test_zones_are_named_after_their_region(self, gcp: GcpCatalog) -> None:
        for row in self.column(gcp, "zones"):
            assert re.fullmatch(rf"{row['region']}-[a-f]", row["zone_id"]), row

    def test_patterns_of_names_are_expressions_and_their_limits_hold(self, gcp: GcpCatalog) -> None:
        for row in self.column(gcp, "names"):
            limit = gcp.name_limit(row["kind"])
            assert 0 <= limit.shortest < limit.longest, row
            assert re.compile(limit.pattern)
            if row["kind"] in {"cluster", "node-pool", "network", "subnet"}:
                for text in ("a", "train-1", "1a", "a-", "A", "a_b", ""):
                    assert bool(re.fullmatch(limit.pattern, text)) == bool(RFC_1035.fullmatch(text)), (row, text)

    def test_services_are_apis_with_a_purpose(self, gcp: GcpCatalog) -> None:
        for row in self.column(gcp, "services"):
            assert row["service"].endswith(".googleapis.com"), row
            assert row["purposes"], row
        assert "container.googleapis.com" in gcp.services("cluster")

    def test_the_default_system_machine_is_priced_nearly_everywhere(self, gcp: GcpCatalog) -> None:
        machine = gcp.default("system-machine")
        unpriced = {region for region in gcp.regions if gcp.price(machine, region, "on-demand") is None}
        assert unpriced == WITHOUT_E2
