"""What holds for the networks of any pools: private, apart and large enough, whatever else is in the cluster."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Network
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.errors import InputError, Level
from components.plan.gcp.model import GcpClusterPlan
from tests.support.gcp_values import gcp_plan, suggested

SLOW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
RFC_1918 = [IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
# Interfaces beside the host's. Source: Google Cloud, accelerator-optimized machines.
NICS = {"a3-highgpu-8g": 4, "a3-megagpu-8g": 8, "a3-ultragpu-8g": 9, "a4-highgpu-8g": 9, "g2-standard-8": 0}


@st.composite
def pools(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    names = draw(st.lists(st.from_regex(r"[a-z][a-z0-9]{0,7}", fullmatch=True), min_size=1, max_size=5, unique=True))
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        machine = draw(st.sampled_from(sorted(NICS)))
        most = draw(st.integers(1, 300))
        fabric = "required" if NICS[machine] else "none"
        found[name] = {"machine": machine, "nodes": f"0..{most}", "fabric": fabric, "capacity": ["spot"]}
    found.pop("system", None)
    return found


@st.composite
def networks(draw: st.DrawFn) -> dict[str, str]:
    """Some ranges of a spec: right ones, and others."""
    found: dict[str, str] = {}
    for field in ("cidr", "pods_cidr", "services_cidr", "fabric_cidr"):
        if draw(st.booleans()):
            prefix = draw(st.integers(10, 24))
            base = (
                draw(st.sampled_from((0x0A000000, 0xAC100000, 0xC0A80000, 0xC0A90000)))
                + draw(st.integers(0, 255)) * 2**16
            )
            found[field] = str(IPv4Network((base, prefix), strict=False))
    return found


def ranges(plan: GcpClusterPlan) -> list[IPv4Network]:
    network = plan.network
    own = (network.cidr, network.pods_cidr, network.services_cidr, network.private_services_cidr)
    nics = [subnet.cidr for one in network.nic_networks for subnet in one.subnets]
    return sorted(IPv4Network(one) for one in (*own, *nics) if one)


def is_sound(plan: GcpClusterPlan) -> bool:
    found = ranges(plan)
    return all(any(one.subnet_of(space) for space in RFC_1918) for one in found) and not any(
        one.overlaps(other) for one, other in pairwise(found)
    )


@SLOW
@given(pools(), st.booleans())
def test_the_ranges_of_any_pools_are_private_and_apart(pools, lustre):
    changes: dict[str, Any] = {"pools": pools}
    if lustre:
        changes["storage.scratch"] = {"kind": "parallel", "capacity": "9000GiB"}
    plan = gcp_plan(changes)
    assert is_sound(plan)
    wanted = Counter({name: NICS[pool["machine"]] for name, pool in pools.items()})
    made = Counter(network.pool for network in plan.network.nic_networks for _ in network.subnets)
    assert made == +wanted
    for pool in plan.pools:
        for rung in pool.rungs:
            for group in rung.groups:
                assert len(group.interfaces) == wanted[pool.name]
                for one in group.interfaces:
                    (network,) = (net for net in plan.network.nic_networks if net.name == one.network)
                    (subnet,) = (sub for sub in network.subnets if sub.name == one.subnet)
                    assert IPv4Network(subnet.cidr).num_addresses >= group.nodes_max + 4


@SLOW
@given(pools(), networks())
def test_any_ranges_are_planned_or_told_with_ones_that_work(pools, networks):
    changes: dict[str, Any] = {"pools": pools, "network": networks}
    try:
        assert is_sound(gcp_plan(changes))
    except InputError as error:
        errors = [one for one in error.findings if one.level is Level.ERROR]
        assert {one.id for one in errors} == {"addresses"}
        assert all(one.path.removeprefix("network.") in networks for one in errors)
        told = {one.path.removeprefix("network."): suggested(one) for one in errors}
        assert is_sound(gcp_plan({**changes, "network": {**networks, **told}}))


@SLOW
@given(pools(), st.sampled_from(sorted(NICS)))
def test_a_pool_that_is_added_last_moves_nothing(pools, machine):
    added = {"machine": machine, "nodes": 4, "fabric": "required" if NICS[machine] else "none", "capacity": ["spot"]}
    before, after = gcp_plan({"pools": pools}), gcp_plan({"pools": {**pools, "the-new-one": added}})
    count = len(before.network.nic_networks)
    assert after.network.nic_networks[:count] == before.network.nic_networks
    names = [subnet.pod_network for one in after.network.nic_networks for subnet in one.subnets]
    assert len(set(names)) == len(names)
    for field in ("cidr", "pods_cidr", "services_cidr", "private_services_cidr"):
        assert getattr(after.network, field) == getattr(before.network, field)
