"""The AWS data: what EC2 and EKS would refuse, checked row by row."""

from __future__ import annotations

import dataclasses

import pytest

from components.catalog.aws import AwsCatalog, AwsMachine
from components.catalog.aws import catalog as aws_catalog
from tests.integrity.base import CatalogIntegrity

# Machines whose devices share network cards, so that fewer than EC2's maximum carry the whole bandwidth.
FEWER_DEVICES_THAN_ALLOWED = {"p6e-gb200.36xlarge"}


class TestAwsCatalog(CatalogIntegrity):
    cloud = "aws"

    @pytest.fixture
    def aws(self) -> AwsCatalog:
        return aws_catalog()

    def test_efa_devices_stand_on_cards_that_exist_one_a_card(self, aws: AwsCatalog) -> None:
        for name, machine in aws.machines.items():
            cards = machine.efa_cards
            assert len(set(cards)) == len(cards), name
            assert all(0 <= card < machine.network_cards for card in cards), name
            if name in FEWER_DEVICES_THAN_ALLOWED:
                assert 0 < len(cards) < machine.efa_max, name
            else:
                assert len(cards) == machine.efa_max, name

    def test_the_planned_interfaces_fit_each_card(self, aws: AwsCatalog) -> None:
        """Card 0 holds the node's own interface and, where it takes one, an EFA device; the others one EFA device."""
        for name, machine in aws.machines.items():
            if machine.interfaces_card0 is None:
                continue
            assert 1 + (0 in machine.efa_cards) <= machine.interfaces_card0, name
            if machine.network_cards > 1:
                assert machine.interfaces_per_card is not None, name
                assert machine.interfaces_per_card >= 1, name
            else:
                assert machine.interfaces_per_card is None, name

    def test_words_of_the_machine_table(self, aws: AwsCatalog) -> None:
        for name, machine in aws.machines.items():
            assert machine.rdma in {"none", "read", "read+write", "unknown"}, name
            assert machine.gpudirect in {"yes", "no", "unknown"}, name
            assert machine.image_kind in {"nvidia", "neuron", "none"}, name
            assert (machine.image_kind == "none") == (machine.accelerator is None), name
            if machine.fabric is None:
                assert machine.rdma == "none", name
                assert machine.gpudirect == "no", name

    def test_the_image_suits_the_accelerator(self, aws: AwsCatalog) -> None:
        vendor_of_image = {"nvidia": "nvidia", "neuron": "aws"}
        for name, machine in aws.machines.items():
            if machine.accelerator is not None:
                accelerator = aws.accelerator(machine.accelerator)
                assert accelerator is not None
                assert accelerator.vendor == vendor_of_image[machine.image_kind], name

    def test_every_machine_that_is_not_only_a_block_has_a_quota(self, aws: AwsCatalog) -> None:
        for name, machine in aws.machines.items():
            if "on-demand" in machine.capacity_types:
                quota = aws.quota(machine.quota_family, "on-demand")
                assert quota is not None, name
                assert quota.code.startswith("L-"), name

    def test_lustre_steps_cover_every_throughput_with_and_without_efa(self, aws: AwsCatalog) -> None:
        for throughput in aws.lustre_throughputs():
            for efa in (False, True):
                step = aws.lustre_steps(throughput, efa)
                assert step is not None
                assert step.next_legal(step.smallest_gib) == step.smallest_gib
                assert step.next_legal(step.step_gib) == step.step_gib

    def test_addons_stand_in_order(self, aws: AwsCatalog) -> None:
        stages = [addon.stage for addon in aws.addons()]
        assert set(stages) == {"before-nodes", "after-nodes"}
        assert stages == sorted(stages, reverse=True)

    def test_every_column_of_the_machine_table_is_a_field(self, aws: AwsCatalog) -> None:
        renamed = {"efa_gbps": "fabric_gbps", "image_refused": "refused"}
        fields = {field.name for field in dataclasses.fields(AwsMachine)}
        assert {renamed.get(column, column) for column in aws.machine_columns} == fields - {"fabric"}
