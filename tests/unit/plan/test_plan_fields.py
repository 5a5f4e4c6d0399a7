"""Every field of a spec does something: it changes the plan, or a finding says that it has no effect (yet)."""

from __future__ import annotations

from typing import Any

import pytest

from components.errors import InputError
from components.plan.aws.model import AwsClusterPlan
from components.plan.document import to_document
from components.spec.kinds import declared_fields
from tests.support.specs import ADMIN, BLOCK, RESERVATION, baseline, changed, load_value, plan_value

PRICE = {"usd_per_hour": "50.5", "source": "a quote", "as_of": "2026-11-01"}
ITEM = {"usd": "0.05", "source": "a quote", "as_of": "2026-11-01"}
STORED = {"usd_per_gib_month": "0.1", "source": "a quote", "as_of": "2026-11-01"}
HOURS = {"up": "0 8 * * 1-5", "down": "0 20 * * 1-5", "timezone": "UTC"}
WAIVER = {"rule": "required-tags", "reason": "a trial of a week", "by": "research", "expires": "2027-01-31"}
EXISTING = {"vpc": "vpc-aaaaaaaa", "subnets": {"use1-az1": ["subnet-aaaaaaaa"], "use1-az2": ["subnet-bbbbbbbb"]}}

# What must stand already for a field to be set in it.
BASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "reserved": {"pools.train.capacity": [{"reservation": {**RESERVATION, "price": PRICE}}, "on-demand"], "pools.train.nodes": 8},
    "block": {"pools.train.capacity": [{"block": {**BLOCK, "zone_id": "use1-az2"}}], "pools.train.nodes": 4},
    "tainted": {"pools.train.taints": [{"key": "team", "value": "a"}]},
    "priced": {"pools.train.price": PRICE, "system.price": PRICE, "prices": {"nat-hour": ITEM}},
    "serving": {"pools.serve": {"accelerator": "L4:1", "nodes": 4, "fabric": "none"}},
    "alone": {"pools": {"serve": {"accelerator": "L4:1", "nodes": 1}}},
    "stored": {
        "storage.scratch": {"kind": "parallel", "capacity": "4800GiB", "price": STORED},
        "storage.data": {"kind": "object"},
    },
    "existing": {"network": {"existing": EXISTING}},
    "public": {"access": {"admins": [ADMIN], "endpoint": "public", "allowed_cidrs": ["192.0.2.0/24"]}},
    "ruled": {"policy": {"rules": {"required-tags": {"level": "advisory"}}, "waivers": [WAIVER]}},
    "hours": {"schedule.hours": [HOURS]},
    "fast": {"pools.train.fabric": {"min_gbps_per_accelerator": 400}},
}  # fmt: skip

# Declared path -> (base, where in the data, a value other than the base's).
FIELDS: dict[str, tuple[str, str, Any]] = {
    "blueprint": ("plain", "blueprint", "other"),
    "cloud": ("plain", "cloud", "azure"),
    "account": ("plain", "account", "210987654321"),
    "region": ("plain", "region", "us-east-2"),
    "environment": ("plain", "environment", "prod"),
    "tags": ("plain", "tags", {"owner": "research"}),
    "kubernetes": ("plain", "kubernetes", "1.34"),
    "protect": ("plain", "protect", True),
    "may_differ": ("plain", "may_differ", ["pools.*.nodes"]),
    "system.machine": ("plain", "system.machine", "m7i.2xlarge"),
    "system.nodes": ("plain", "system.nodes", 3),
    "system.price.usd_per_hour": ("priced", "system.price.usd_per_hour", "1.5"),
    "system.price.source": ("priced", "system.price.source", "another quote"),
    "system.price.as_of": ("priced", "system.price.as_of", "2026-11-02"),
    "prices.*.usd": ("priced", "prices.nat-hour.usd", "0.06"),
    "prices.*.source": ("priced", "prices.nat-hour.source", "another quote"),
    "prices.*.as_of": ("priced", "prices.nat-hour.as_of", "2026-11-02"),
    "pools.*.accelerator": ("plain", "pools.train.accelerator", "H200:8"),
    "pools.*.machine": ("plain", "pools.train", {"machine": "p5en.48xlarge", "nodes": 2, "fabric": "required"}),
    "pools.*.nodes": ("plain", "pools.train.nodes", 3),
    "pools.*.fabric": ("plain", "pools.train.fabric", "none"),
    "pools.*.fabric.min_gbps_per_accelerator": ("fast", "pools.train.fabric.min_gbps_per_accelerator", 401),
    "pools.*.capacity": ("plain", "pools.train.capacity", ["spot"]),
    "pools.*.capacity.*.reservation.id": ("reserved", "pools.train.capacity.0.reservation.id", "cr-00000001"),
    "pools.*.capacity.*.reservation.zone_id": ("reserved", "pools.train.capacity.0.reservation.zone_id", "use1-az4"),
    "pools.*.capacity.*.reservation.nodes": ("reserved", "pools.train.capacity.0.reservation.nodes", 5),
    "pools.*.capacity.*.reservation.until": ("reserved", "pools.train.capacity.0.reservation.until", "2027-07-31"),
    "pools.*.capacity.*.reservation.price.usd_per_hour": ("reserved", "pools.train.capacity.0.reservation.price.usd_per_hour", "3"),
    "pools.*.capacity.*.reservation.price.source": ("reserved", "pools.train.capacity.0.reservation.price.source", "another"),
    "pools.*.capacity.*.reservation.price.as_of": ("reserved", "pools.train.capacity.0.reservation.price.as_of", "2026-11-02"),
    "pools.*.capacity.*.block.id": ("block", "pools.train.capacity.0.block.id", "cr-00000001"),
    "pools.*.capacity.*.block.zone_id": ("block", "pools.train.capacity.0.block.zone_id", "use1-az4"),
    "pools.*.capacity.*.block.nodes": ("block", "pools.train.capacity.0.block.nodes", 5),
    "pools.*.capacity.*.block.start": ("block", "pools.train.capacity.0.block.start", "2027-02-02T11:30:00Z"),
    "pools.*.capacity.*.block.end": ("block", "pools.train.capacity.0.block.end", "2027-02-16T11:30:00Z"),
    "pools.*.capacity.*.block.upfront_usd": ("block", "pools.train.capacity.0.block.upfront_usd", 140000),
    "pools.*.flex.queued": ("plain", "pools.train.flex.queued", True),
    "pools.*.flex.max_run_hours": ("plain", "pools.train.flex.max_run_hours", 24),
    "pools.*.zones": ("plain", "pools.train.zones", ["use1-az6"]),
    "pools.*.placement": ("plain", "pools.train.placement", "none"),
    "pools.*.price.usd_per_hour": ("priced", "pools.train.price.usd_per_hour", "1.5"),
    "pools.*.price.source": ("priced", "pools.train.price.source", "another quote"),
    "pools.*.price.as_of": ("priced", "pools.train.price.as_of", "2026-11-02"),
    "pools.*.mig": ("plain", "pools.train.mig", "1g.10gb"),
    "pools.*.time_slices": ("plain", "pools.train.time_slices", 4),
    "pools.*.labels": ("plain", "pools.train.labels", {"team": "a"}),
    "pools.*.taints": ("plain", "pools.train.taints", [{"key": "team"}]),
    "pools.*.taints.*.key": ("tainted", "pools.train.taints.0.key", "group"),
    "pools.*.taints.*.value": ("tainted", "pools.train.taints.0.value", "b"),
    "pools.*.taints.*.effect": ("tainted", "pools.train.taints.0.effect", "NoExecute"),
    "pools.*.root_disk": ("plain", "pools.train.root_disk", "500GiB"),
    "pools.*.scratch": ("plain", "pools.train.scratch", "none"),
    "storage.*.kind": ("stored", "storage.data.kind", "shared"),
    "storage.*.capacity": ("stored", "storage.scratch.capacity", "7200GiB"),
    "storage.*.throughput": ("stored", "storage.scratch.throughput", 250),
    "storage.*.fabric": ("stored", "storage.scratch.fabric", "required"),
    "storage.*.zone": ("stored", "storage.scratch.zone", "use1-az4"),
    "storage.*.mount": ("stored", "storage.scratch.mount", "/scratch"),
    "storage.*.linked_to": ("stored", "storage.scratch.linked_to", "data"),
    "storage.*.price.usd_per_gib_month": ("stored", "storage.scratch.price.usd_per_gib_month", "0.2"),
    "storage.*.price.source": ("stored", "storage.scratch.price.source", "another quote"),
    "storage.*.price.as_of": ("stored", "storage.scratch.price.as_of", "2026-11-02"),
    "network.cidr": ("plain", "network.cidr", "10.1.0.0/16"),
    "network.pods_cidr": ("plain", "network.pods_cidr", "10.2.0.0/16"),
    "network.services_cidr": ("plain", "network.services_cidr", "10.3.0.0/16"),
    "network.fabric_cidr": ("plain", "network.fabric_cidr", "10.4.0.0/16"),
    "network.nat": ("plain", "network.nat", "none"),
    "network.existing.vpc": ("existing", "network.existing.vpc", "vpc-bbbbbbbb"),
    "network.existing.subnets": ("existing", "network.existing.subnets.use1-az1", ["subnet-cccccccc"]),
    "access.endpoint": ("public", "access.endpoint", "private"),
    "access.allowed_cidrs": ("public", "access.allowed_cidrs", ["198.51.100.0/24"]),
    "access.admins": ("plain", "access.admins", ["arn:aws:iam::123456789012:role/other"]),
    "encryption.key": ("plain", "encryption.key", "arn:aws:kms:us-east-1:123456789012:key/0a1b"),
    "software.addons": ("plain", "software.addons", {"coredns": "v1.11.4-eksbuild.2"}),
    "software.image": ("plain", "software.image", "1.35.0-20261101"),
    "software.efa_layout": ("plain", "software.efa_layout", "B"),
    "software.pod_networks": ("plain", "software.pod_networks", "dranet"),
    "software.release_channel": ("plain", "software.release_channel", "stable"),
    "software.node_repair": ("plain", "software.node_repair", False),
    "software.extended_support": ("plain", "software.extended_support", True),
    "software.autoscaler": ("plain", "software.autoscaler", "karpenter"),
    "software.log_retention_days": ("plain", "software.log_retention_days", 90),
    "policy.rules.*.level": ("ruled", "policy.rules.required-tags.level", "mandatory"),
    "policy.rules.*.parameters": ("ruled", "policy.rules.required-tags.parameters", {"tags": ["owner"]}),
    "policy.waivers": ("plain", "policy.waivers", [WAIVER]),
    "policy.waivers.*.rule": ("ruled", "policy.waivers.0.rule", "monthly-budget-ceiling"),
    "policy.waivers.*.path": ("ruled", "policy.waivers.0.path", "pools.train"),
    "policy.waivers.*.resource": ("ruled", "policy.waivers.0.resource", "bastion-*"),
    "policy.waivers.*.by": ("ruled", "policy.waivers.0.by", "the platform team"),
    "policy.waivers.*.reason": ("ruled", "policy.waivers.0.reason", "another good reason"),
    "policy.waivers.*.expires": ("ruled", "policy.waivers.0.expires", "2027-02-28"),
    "budget.usd_per_month": ("plain", "budget.usd_per_month", 1000),
    "budget.usd_per_hour": ("plain", "budget.usd_per_hour", 10),
    "budget.usd_per_gpu_hour": ("plain", "budget.usd_per_gpu_hour", 8),
    "budget.alerts": ("plain", "budget.alerts", ["team@example.com"]),
    "budget.billing_account": ("plain", "budget.billing_account", "0A1B2C-3D4E5F-6A7B8C"),
    "schedule.hours": ("plain", "schedule.hours", [HOURS]),
    "schedule.hours.*.up": ("hours", "schedule.hours.0.up", "0 9 * * 1-5"),
    "schedule.hours.*.down": ("hours", "schedule.hours.0.down", "0 21 * * 1-5"),
    "schedule.hours.*.timezone": ("hours", "schedule.hours.0.timezone", "Europe/Berlin"),
    "schedule.hours.*.pools": ("serving", "schedule.hours", [{**HOURS, "pools": ["serve"]}]),
    "schedule.maintenance.day": ("plain", "schedule.maintenance.day", "sunday"),
    "schedule.maintenance.start": ("plain", "schedule.maintenance.start", "03:00"),
    "schedule.maintenance.hours": ("plain", "schedule.maintenance.hours", 24),
    "schedule.maintenance.hold_upgrades": ("plain", "schedule.maintenance.hold_upgrades", False),
    "schedule.expires": ("plain", "schedule.expires", "2027-01-31"),
    "usage.egress_gb": ("plain", "usage.egress_gb", 100),
    "usage.nat_gb": ("plain", "usage.nat_gb", 100),
    "usage.cross_zone_gb": ("plain", "usage.cross_zone_gb", 100),
    "usage.log_gb": ("plain", "usage.log_gb", 100),
    "usage.labour_hours": ("plain", "usage.labour_hours", 10),
    "usage.labour_usd_per_hour": ("plain", "usage.labour_usd_per_hour", 80),
    "usage.support_percent": ("plain", "usage.support_percent", 10),
}  # fmt: skip

# Fields that say something which nothing acts on: (base, path, value), and who says so.
WITHOUT_EFFECT = {
    "a range of pods on AWS": ("plain", "network.pods_cidr", "10.2.0.0/16", "no-effect"),
    "a way out of an existing network": ("existing", "network.nat", "per-zone", "no-effect"),
    "ranges of a private endpoint": ("plain", "access.allowed_cidrs", ["192.0.2.0/24"], "no-effect"),
    "a range of the fabric": ("plain", "network.fabric_cidr", "10.4.0.0/16", "no-effect"),
    "networks of pods": ("plain", "software.pod_networks", "dranet", "no-effect"),
    "a channel of versions": ("plain", "software.release_channel", "stable", "no-effect"),
    "a billing account": ("plain", "budget.billing_account", "0A1B2C-3D4E5F-6A7B8C", "no-effect"),
    "a window of maintenance": ("plain", "schedule.maintenance.day", "sunday", "no-effect"),
    "terms of a rung that is not there": ("plain", "pools.train.flex.queued", True, "no-effect"),
    "MIG": ("plain", "pools.train.mig", "1g.10gb", "no-effect-yet"),
    "time slices": ("plain", "pools.train.time_slices", 2, "no-effect-yet"),
    "a mount": ("stored", "storage.scratch.mount", "/scratch", "no-effect-yet"),
    "an autoscaler": ("plain", "software.autoscaler", "karpenter", "no-effect-yet"),
    "scratch without disks": ("alone", "pools.serve", {"machine": "inf2.xlarge", "nodes": 1, "scratch": "raid0"}, "no-scratch"),
    "the layout of EFA without EFA": ("alone", "software.efa_layout", "B", "no-effect"),
    "hours of a pool of blocks": ("block", "schedule.hours", [HOURS], "no-effect"),
    "an add-on that the cluster does not need": ("plain", "software.addons", {"aws-efs-csi-driver": "v2.1.0"}, "no-effect"),
}  # fmt: skip


def base(name: str) -> dict[str, Any]:
    return baseline(BASES[name])


def set_at(value: dict[str, Any], path: str, item: Any) -> dict[str, Any]:
    """The value with another one at a path that may run through lists."""
    found = changed(value, {})
    here: Any = found
    *above, last = path.split(".")
    for step in above:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    here[last] = item
    return found


def test_every_declared_field_is_in_the_table():
    assert {path for path, _, _ in declared_fields()} == set(FIELDS)


def test_every_field_has_a_description():
    assert [path for path, _, description in declared_fields() if not description] == []


@pytest.mark.parametrize("path", FIELDS)
def test_a_field_changes_the_plan_or_says_that_it_has_no_effect(path):
    name, where, item = FIELDS[path]
    before = base(name)
    after = set_at(before, where, item)
    assert load_value(after).spec != load_value(before).spec, "the value is the base's own: the test would show nothing"
    try:
        plan = plan_value(after)
    except InputError as error:
        assert path in ("cloud", "pools.*.fabric.min_gbps_per_accelerator")
        assert where.startswith(error.findings[-1].path)
        return
    told = [one for one in plan.findings if one.id.startswith("no-effect") and where.startswith(one.path)]
    assert told or decided(plan) != decided(plan_value(before))


def decided(plan: AwsClusterPlan) -> dict[str, Any]:
    """What the plan does: its document without the words on why."""
    return {key: value for key, value in to_document(plan).items() if key != "decisions"}


@pytest.mark.parametrize("case", WITHOUT_EFFECT)
def test_what_has_no_effect_is_told(case):
    name, where, item, id = WITHOUT_EFFECT[case]
    assert not any(one.id == id for one in plan_value(base(name)).findings if where.startswith(one.path))
    plan = plan_value(set_at(base(name), where, item))
    assert any(one.id == id for one in plan.findings), [str(one) for one in plan.findings]
