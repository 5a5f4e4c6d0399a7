"""Every field of a spec does something on Google Cloud: it changes the plan, or a finding says that it has no effect."""

from __future__ import annotations

from typing import Any

import pytest

from components.errors import InputError
from components.plan import planner
from components.plan.document import to_document
from components.plan.gcp.model import GcpClusterPlan
from components.plan.model import ClusterPlan
from components.spec.kinds import declared_fields
from tests.support.gcp_values import ADMIN, BILLING, KEY, gcp_baseline
from tests.support.specs import changed, load_value

PRICE = {"usd_per_hour": "50.5", "source": "a quote", "as_of": "2026-11-01"}
ITEM = {"usd": "0.05", "source": "a quote", "as_of": "2026-11-01"}
STORED = {"usd_per_gib_month": "0.1", "source": "a quote", "as_of": "2026-11-01"}
HOURS = {"up": "0 8 * * 1-5", "down": "0 20 * * 1-5", "timezone": "UTC"}
WAIVER = {"rule": "required-tags", "reason": "a trial of a week", "by": "research", "expires": "2027-01-31"}
RESERVATION = {"id": "mega", "zone_id": "us-central1-a", "nodes": 4, "until": "2027-06-30", "price": PRICE}
BLOCK = {"id": "february", "zone_id": "us-central1-a", "nodes": 4, "start": "2027-02-01T11:30:00Z", "end": "2027-02-15T11:30:00Z", "upfront_usd": 130000}  # fmt: skip
TRAIN = {"accelerator": "H100:8", "fabric": "required"}
ULTRA = {"accelerator": "H200:8", "nodes": 2, "fabric": "required", "capacity": ["flex"], "flex": {"queued": False}}

# What must stand already for a field to be set in it.
BASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "reserved": {"pools.train": {**TRAIN, "capacity": [{"reservation": RESERVATION}, "on-demand"], "nodes": 8}},
    "block": {"pools.train": {**TRAIN, "capacity": [{"block": BLOCK}], "nodes": 4}},
    "flex": {"pools": {"train": ULTRA}},
    "dra": {"pools": {"train": {**ULTRA, "capacity": ["spot"], "flex": None}}},
    "dranet": {"pools": {"train": {**ULTRA, "capacity": ["spot"], "flex": None}}, "software.pod_networks": "dranet"},
    "slice": {
        "pools": {"train": {"accelerator": "TPU-v6e:4x4", "nodes": 4, "fabric": "required"}},
        "region": "us-east5",
    },
    "tainted": {"pools.train.taints": [{"key": "team", "value": "a"}]},
    "priced": {"pools.train.price": PRICE, "system.price": PRICE, "prices": {"nat-hour": ITEM}},
    "serving": {"pools": {"serve": {"accelerator": "A100-40GB:1", "nodes": 1, "fabric": "none"}}},
    "two": {"pools.serve": {"accelerator": "L4:1", "nodes": 4, "fabric": "none"}},
    "stored": {
        "storage.scratch": {"kind": "parallel", "capacity": "9000GiB", "price": STORED},
        "storage.data": {"kind": "object"},
    },
    "existing": {"network": {"existing": {"vpc": "shared", "subnets": {"us-central1": ["gpu"]}}}},
    "public": {"access": {"admins": [ADMIN], "endpoint": "public", "allowed_cidrs": ["192.0.2.0/24"]}},
    "ruled": {"policy": {"rules": {"required-tags": {"level": "advisory"}}, "waivers": [WAIVER]}},
    "hours": {"schedule.hours": [HOURS]},
    "fast": {"pools.train.fabric": {"min_gbps_per_accelerator": 100}},
}

# Declared path -> (base, where in the data, a value other than the base's).
FIELDS: dict[str, tuple[str, str, Any]] = {
    "blueprint": ("plain", "blueprint", "other"),
    "cloud": ("plain", "cloud", "azure"),
    "account": ("plain", "account", "my-project-2"),
    "region": ("plain", "region", "us-east5"),
    "environment": ("plain", "environment", "prod"),
    "tags": ("plain", "tags", {"owner": "research"}),
    "kubernetes": ("plain", "kubernetes", "1.34"),
    "protect": ("plain", "protect", True),
    "may_differ": ("plain", "may_differ", ["pools.*.nodes"]),
    "system.machine": ("plain", "system.machine", "e2-standard-8"),
    "system.nodes": ("plain", "system.nodes", 4),
    "system.price.usd_per_hour": ("priced", "system.price.usd_per_hour", "1.5"),
    "system.price.source": ("priced", "system.price.source", "another quote"),
    "system.price.as_of": ("priced", "system.price.as_of", "2026-11-02"),
    "prices.*.usd": ("priced", "prices.nat-hour.usd", "0.06"),
    "prices.*.source": ("priced", "prices.nat-hour.source", "another quote"),
    "prices.*.as_of": ("priced", "prices.nat-hour.as_of", "2026-11-02"),
    "pools.*.accelerator": ("serving", "pools.serve.accelerator", "L4:1"),
    "pools.*.machine": ("plain", "pools.train", {"machine": "a3-highgpu-8g", "nodes": 2, "fabric": "required"}),
    "pools.*.nodes": ("plain", "pools.train.nodes", 3),
    "pools.*.fabric": ("plain", "pools.train.fabric", "none"),
    "pools.*.fabric.min_gbps_per_accelerator": ("fast", "pools.train.fabric.min_gbps_per_accelerator", 401),
    "pools.*.capacity": ("plain", "pools.train.capacity", ["spot"]),
    "pools.*.capacity.*.reservation.id": ("reserved", "pools.train.capacity.0.reservation.id", "other"),
    "pools.*.capacity.*.reservation.zone_id": ("reserved", "pools.train.capacity.0.reservation.zone_id", "us-central1-b"),
    "pools.*.capacity.*.reservation.nodes": ("reserved", "pools.train.capacity.0.reservation.nodes", 5),
    "pools.*.capacity.*.reservation.until": ("reserved", "pools.train.capacity.0.reservation.until", "2027-07-31"),
    "pools.*.capacity.*.reservation.price.usd_per_hour": ("reserved", "pools.train.capacity.0.reservation.price.usd_per_hour", "3"),
    "pools.*.capacity.*.reservation.price.source": ("reserved", "pools.train.capacity.0.reservation.price.source", "another"),
    "pools.*.capacity.*.reservation.price.as_of": ("reserved", "pools.train.capacity.0.reservation.price.as_of", "2026-11-02"),
    "pools.*.capacity.*.block.id": ("block", "pools.train.capacity.0.block.id", "march"),
    "pools.*.capacity.*.block.zone_id": ("block", "pools.train.capacity.0.block.zone_id", "us-central1-b"),
    "pools.*.capacity.*.block.nodes": ("block", "pools.train.capacity.0.block.nodes", 5),
    "pools.*.capacity.*.block.start": ("block", "pools.train.capacity.0.block.start", "2027-02-02T11:30:00Z"),
    "pools.*.capacity.*.block.end": ("block", "pools.train.capacity.0.block.end", "2027-02-16T11:30:00Z"),
    "pools.*.capacity.*.block.upfront_usd": ("block", "pools.train.capacity.0.block.upfront_usd", 140000),
    "pools.*.flex.queued": ("flex", "pools.train.flex.queued", True),
    "pools.*.flex.max_run_hours": ("flex", "pools.train.flex.max_run_hours", 24),
    "pools.*.zones": ("plain", "pools.train.zones", ["us-central1-c"]),
    "pools.*.placement": ("plain", "pools.train.placement", "none"),
    "pools.*.price.usd_per_hour": ("priced", "pools.train.price.usd_per_hour", "1.5"),
    "pools.*.price.source": ("priced", "pools.train.price.source", "another quote"),
    "pools.*.price.as_of": ("priced", "pools.train.price.as_of", "2026-11-02"),
    "pools.*.mig": ("serving", "pools.serve.mig", "1g.5gb"),
    "pools.*.time_slices": ("serving", "pools.serve.time_slices", 4),
    "pools.*.labels": ("plain", "pools.train.labels", {"team": "a"}),
    "pools.*.taints": ("plain", "pools.train.taints", [{"key": "team"}]),
    "pools.*.taints.*.key": ("tainted", "pools.train.taints.0.key", "group"),
    "pools.*.taints.*.value": ("tainted", "pools.train.taints.0.value", "b"),
    "pools.*.taints.*.effect": ("tainted", "pools.train.taints.0.effect", "NoExecute"),
    "pools.*.root_disk": ("plain", "pools.train.root_disk", "500GiB"),
    "pools.*.scratch": ("plain", "pools.train.scratch", "none"),
    "storage.*.kind": ("stored", "storage.data.kind", "shared"),
    "storage.*.capacity": ("stored", "storage.scratch.capacity", "27000GiB"),
    "storage.*.throughput": ("stored", "storage.scratch.throughput", 500),
    "storage.*.fabric": ("stored", "storage.scratch.fabric", "required"),
    "storage.*.zone": ("stored", "storage.scratch.zone", "us-central1-c"),
    "storage.*.mount": ("stored", "storage.scratch.mount", "/scratch"),
    "storage.*.linked_to": ("stored", "storage.scratch.linked_to", "data"),
    "storage.*.price.usd_per_gib_month": ("stored", "storage.scratch.price.usd_per_gib_month", "0.2"),
    "storage.*.price.source": ("stored", "storage.scratch.price.source", "another quote"),
    "storage.*.price.as_of": ("stored", "storage.scratch.price.as_of", "2026-11-02"),
    "network.cidr": ("plain", "network.cidr", "10.1.0.0/16"),
    "network.pods_cidr": ("plain", "network.pods_cidr", "10.4.0.0/16"),
    "network.services_cidr": ("plain", "network.services_cidr", "10.3.0.0/16"),
    "network.fabric_cidr": ("plain", "network.fabric_cidr", "10.2.0.0/16"),
    "network.nat": ("plain", "network.nat", "none"),
    "network.existing.vpc": ("existing", "network.existing.vpc", "other"),
    "network.existing.subnets": ("existing", "network.existing.subnets.us-central1", ["cpu"]),
    "access.endpoint": ("public", "access.endpoint", "private"),
    "access.allowed_cidrs": ("public", "access.allowed_cidrs", ["198.51.100.0/24"]),
    "access.admins": ("plain", "access.admins", ["group:other@example.com"]),
    "encryption.key": ("plain", "encryption.key", KEY),
    "software.addons": ("plain", "software.addons", {"coredns": "v1.11.4-eksbuild.2"}),
    "software.image": ("plain", "software.image", "1.35.0-20261101"),
    "software.efa_layout": ("plain", "software.efa_layout", "B"),
    "software.pod_networks": ("dra", "software.pod_networks", "dranet"),
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
    "budget.billing_account": ("plain", "budget.billing_account", "FFFFFF-3D4E5F-6A7B8C"),
    "schedule.hours": ("plain", "schedule.hours", [HOURS]),
    "schedule.hours.*.up": ("hours", "schedule.hours.0.up", "0 9 * * 1-5"),
    "schedule.hours.*.down": ("hours", "schedule.hours.0.down", "0 21 * * 1-5"),
    "schedule.hours.*.timezone": ("hours", "schedule.hours.0.timezone", "Europe/Berlin"),
    "schedule.hours.*.pools": ("two", "schedule.hours", [{**HOURS, "pools": ["serve"]}]),
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
# Fields whose other value is refused, where it stands.
REFUSED = {
    "cloud",
    "region",  # the zone of the pool is one of the other region
    "pools.*.fabric.min_gbps_per_accelerator",
    "storage.*.fabric",
}

# Fields that say something which nothing acts on: (base, path, value), and who says so.
WITHOUT_EFFECT = {
    "add-ons": ("plain", "software.addons", {"coredns": "v1.11.4"}, "no-effect"),
    "a release of the node image": ("plain", "software.image", "1.35.0-20261101", "no-effect"),
    "how long logs are kept": ("plain", "software.log_retention_days", 90, "no-effect"),
    "the layout of EFA": ("plain", "software.efa_layout", "B", "no-effect"),
    "an autoscaler": ("plain", "software.autoscaler", "karpenter", "no-effect"),
    "networks of pods without a fabric": ("serving", "software.pod_networks", "dranet", "no-effect"),
    "hours": ("plain", "schedule.hours", [HOURS], "no-effect"),
    "a range of the fabric without a fabric": ("serving", "network.fabric_cidr", "10.2.0.0/16", "no-effect"),
    "networks of pods of TPUs": ("slice", "software.pod_networks", "dranet", "no-effect"),
    "a range of the fabric of TPUs": ("slice", "network.fabric_cidr", "10.2.0.0/16", "no-effect"),
    "a range of networks that Google makes": ("dranet", "network.fabric_cidr", "10.2.0.0/16", "no-effect"),
    "a way out of an existing network": ("existing", "network.nat", "single", "no-effect"),
    "a way out for each zone": ("plain", "network.nat", "per-zone", "no-effect"),
    "ranges of a private endpoint": ("plain", "access.allowed_cidrs", ["192.0.2.0/24"], "no-effect"),
    "alerts without a billing account": ("plain", "budget", {"usd_per_month": 1, "alerts": ["team@example.com"]}, "no-effect"),
    "alerts without an amount": ("plain", "budget", {"billing_account": BILLING, "alerts": ["team@example.com"]}, "no-effect"),
    "a billing account without an amount": ("plain", "budget", {"billing_account": BILLING}, "no-effect"),
    "terms of a rung that is not there": ("plain", "pools.train.flex", {"queued": True}, "no-effect"),
    "a mount": ("stored", "storage.scratch.mount", "/scratch", "no-effect-yet"),
}  # fmt: skip


def base(name: str) -> dict[str, Any]:
    return gcp_baseline(BASES[name])


def plan_value(value: dict[str, Any]) -> ClusterPlan:
    return planner.plan(load_value(value))


def set_at(value: dict[str, Any], path: str, item: Any) -> dict[str, Any]:
    """The value with another one at a path that may run through lists."""
    found = changed(value, {})
    here: Any = found
    *above, last = path.split(".")
    for step in above:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    here[last] = item
    return found


def decided(plan: ClusterPlan) -> dict[str, Any]:
    """What the plan does: its document without the words on why."""
    return {key: value for key, value in to_document(plan).items() if key != "decisions"}


def test_every_declared_field_is_in_the_table():
    assert {path for path, _, _ in declared_fields()} == set(FIELDS)


@pytest.mark.parametrize("name", BASES)
def test_every_base_is_planned(name):
    assert isinstance(plan_value(base(name)), GcpClusterPlan)


@pytest.mark.parametrize("path", FIELDS)
def test_a_field_changes_the_plan_or_says_that_it_has_no_effect(path):
    name, where, item = FIELDS[path]
    before = base(name)
    after = set_at(before, where, item)
    assert load_value(after).spec != load_value(before).spec, "the value is the base's own: the test would show nothing"
    if path in REFUSED:
        with pytest.raises(InputError):
            plan_value(after)
        return
    plan = plan_value(after)
    told = [one for one in plan.findings if one.id.startswith("no-effect") and where.startswith(one.path)]
    assert told or decided(plan) != decided(plan_value(before))


@pytest.mark.parametrize("case", WITHOUT_EFFECT)
def test_what_has_no_effect_is_told(case):
    name, where, item, id = WITHOUT_EFFECT[case]
    assert not any(one.id == id for one in plan_value(base(name)).findings if where.startswith(one.path))
    plan = plan_value(set_at(base(name), where, item))
    assert any(one.id == id and one.path.startswith(where) for one in plan.findings), [
        str(one) for one in plan.findings
    ]
