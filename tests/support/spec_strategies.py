"""Specs as hypothesis makes them: mostly what a user would write for AWS, now and then with a mistake in it.

Which machines are offered where comes from the catalogue, so that most of what is made can be planned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from components.catalog.aws import AwsMachine
from components.catalog.aws import catalog as aws_catalog
from tests.support.specs import ADMIN, changed

Values = st.SearchStrategy[dict[str, Any]]
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-north-1", "ap-south-1", "sa-east-1")
_PRICE = {"source": "a quote of the seller", "as_of": "2026-11-01"}


@cache
def machines_in(region: str) -> tuple[AwsMachine, ...]:
    """The machines with accelerators that a region offers and that EKS has an image for."""
    rows = aws_catalog()
    every = (rows.machines[name] for name in rows.machines)
    return tuple(one for one in every if one.accelerator and not one.refused and rows.offered_zones(one.name, region))


@st.composite
def rungs(draw: st.DrawFn, machine: AwsMachine, zone: str) -> Any:
    """One rung that is sold for a machine; what is bought lies in `zone`."""
    kind = draw(st.sampled_from(machine.capacity_types))
    bought = {"id": f"cr-{draw(st.integers(0, 2**32)):017x}", "zone_id": zone, "nodes": draw(st.integers(1, 16))}
    if kind == "reservation":
        until = draw(st.sampled_from([None, "2027-06-30", "2028-01-31"]))
        return {"reservation": {**bought, **({"until": until} if until else {})}}
    if kind == "block":
        dates = {"start": "2027-02-01T11:30:00Z", "end": f"2027-02-{draw(st.integers(2, 28)):02}T11:30:00Z"}
        return {"block": {**bought, **dates, "upfront_usd": draw(st.integers(0, 500_000))}}
    return kind


@st.composite
def pool_values(draw: st.DrawFn, region: str) -> dict[str, Any]:
    """One pool of a machine that the region offers."""
    machine = draw(st.sampled_from(machines_in(region)))
    zone = draw(st.sampled_from(aws_catalog().offered_zones(machine.name, region) or ("?",)))
    preferred = dict(aws_catalog().counts_of(machine.accelerator or ""))[machine.accelerator_count] == machine.name
    most = draw(st.integers(1, 12))
    least = draw(st.integers(0, most))
    fabric = draw(st.sampled_from(["required", "none"])) if machine.fabric else "none"
    spelt = (
        {"accelerator": f"{machine.accelerator}:{machine.accelerator_count}"}
        if preferred
        else {"machine": machine.name}
    )
    pool: dict[str, Any] = {**spelt, "nodes": draw(st.sampled_from([most, f"{least}..{most}"])), "fabric": fabric}
    pool["capacity"] = draw(st.lists(rungs(machine, zone), min_size=1, max_size=3))
    if not any(isinstance(rung, str) for rung in pool["capacity"]):  # only what was bought, so no more than that
        bought = sum(one["nodes"] for rung in pool["capacity"] for one in rung.values())
        pool["nodes"] = draw(st.integers(1, bought))
    optional = {
        "zones": st.just([zone]),
        "placement": st.sampled_from(["auto", "none"]),
        "root_disk": st.sampled_from(["200GiB", "1TB", "500GiB"]),
        "scratch": st.sampled_from(["raid0", "none"]),
        "labels": st.dictionaries(
            st.sampled_from(["team", "example.com/tier"]), st.sampled_from(["", "a", "b-c"]), max_size=2
        ),
        "taints": st.just([{"key": "dedicated", "value": "team", "effect": "NoExecute"}]),
        "price": st.integers(1, 200).map(lambda usd: {"usd_per_hour": usd, **_PRICE}),
        "time_slices": st.integers(2, 8),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(optional)), unique=True, max_size=3))
    return {**pool, **{key: draw(optional[key]) for key in chosen}}


_STORAGE: Values = st.fixed_dictionaries(
    {},
    optional={
        "scratch": st.builds(
            lambda gib, speed: {"kind": "parallel", "capacity": f"{gib}GiB", "throughput": speed},
            st.integers(1, 100_000),
            st.sampled_from([1, 125, 250, 300, 1000]),
        ),
        "data": st.sampled_from([{"kind": "object"}, {"kind": "object", "capacity": "10TiB"}]),
        "home": st.sampled_from([{"kind": "shared"}, {"kind": "shared", "capacity": "1TiB"}]),
    },
)
_REST: Values = st.fixed_dictionaries(
    {},
    optional={
        "protect": st.booleans(),
        "tags": st.just({"owner": "research", "cost-center": "4711"}),
        "system": st.fixed_dictionaries({"nodes": st.integers(2, 6)}),
        "network": st.fixed_dictionaries({"nat": st.sampled_from(["none", "single", "per-zone"])}),
        "software": st.fixed_dictionaries(
            {}, optional={"node_repair": st.booleans(), "extended_support": st.booleans(), "log_retention_days": st.integers(1, 400)}
        ),
        "budget": st.fixed_dictionaries({"usd_per_month": st.integers(1, 10**7)}),
        "schedule": st.sampled_from([
            {"expires": "2027-06-30"},
            {"hours": [{"up": "0 8 * * 1-5", "down": "0 20 * * 1-5", "timezone": "Europe/Berlin"}]},
        ]),
        "usage": st.fixed_dictionaries({}, optional={"egress_gb": st.integers(0, 10**6), "support_percent": st.integers(0, 20)}),
    },
)  # fmt: skip


@st.composite
def whole_values(draw: st.DrawFn) -> dict[str, Any]:
    """A spec in which every part is what AWS has; together they may still not fit into one network."""
    region = draw(st.sampled_from(REGIONS))
    names = draw(st.lists(st.sampled_from(["train", "serve", "dev", "a", "b-2"]), unique=True, max_size=3))
    return {
        "blueprint": "test",
        "cloud": "aws",
        "account": "123456789012",
        "region": region,
        "environment": draw(st.sampled_from(["dev", "staging", "prod"])),
        "kubernetes": draw(st.sampled_from(["1.34", "1.35", "1.36"])),
        "access": {"admins": [ADMIN]},
        "pools": {name: draw(pool_values(region)) for name in names},
        "storage": draw(_STORAGE),
        **draw(_REST),
    }


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
# Mistakes that a user makes: (path, value). `train` is made where it is not there.
_SLIPS: tuple[tuple[str, Any], ...] = (
    ("region", "us-gov-west-1"), ("region", "mars-1"), ("kubernetes", "1.20"), ("kubernetes", "9.9"), ("account", "12"),
    ("network.cidr", "10.0.0.0/28"), ("network.cidr", "10.0.0.0/21"), ("network.cidr", "0.0.0.0/0"), ("network.cidr", "255.255.255.255/32"),
    ("network.services_cidr", "10.0.0.0/24"), ("network.existing", {"vpc": "vpc-00000001", "subnets": {"use1-az1": ["subnet-00000001"], "x": ["subnet-00000002"]}}),
    ("system.nodes", 100), ("system.machine", "p5.48xlarge"), ("access.endpoint", "public"), ("access.admins", ["me"]),
    ("encryption.key", "alias/x"), ("software.efa_layout", "B"), ("software.image", "1.35.0-20200101"), ("software.addons", {"vpc-cni": "v0"}),
    ("pools.train", {}), ("pools.train.accelerator", []), ("pools.train.accelerator", "H100:7"), ("pools.train.accelerator", ["MI300X:8", "GB200:4"]),
    ("pools.train.nodes", "0..999999"), ("pools.train.nodes", 999_999), ("pools.train.fabric", {"min_gbps_per_accelerator": 10**9}),
    ("pools.train.capacity", ["flex"]), ("pools.train.zones", ["us-east-1a", "use1-az9"]), ("pools.train.placement", "cluster"),
    ("pools.train.root_disk", "1B"), ("pools.system", {"machine": "g6.xlarge", "nodes": 1}), ("storage.scratch.linked_to", "gs://x"),
    ("storage.scratch", {"kind": "parallel", "capacity": "999999TB", "fabric": "required"}), ("storage.train", {"kind": "object"}),
    ("schedule.hours", [{"up": "0 8 * * *", "down": "0 9 * * *", "timezone": "UTC", "pools": ["nobody"]}]), ("cloud", "gcp"),
)  # fmt: skip
_PATHS = ("region", "pools", "pools.train", "pools.train.accelerator", "pools.train.nodes", "pools.train.capacity",
          "pools.train.fabric", "storage", "storage.scratch", "storage.scratch.capacity", "network", "network.existing", "access",
          "schedule", "budget", "policy", "usage", "tags", "software", "may_differ", "prices")  # fmt: skip


def _slipped(value: dict[str, Any], path: str, item: Any) -> dict[str, Any]:
    try:
        return changed(value, {path: item})
    except (AttributeError, TypeError):  # an earlier slip put something else than a map there
        return value


_SLIP: st.SearchStrategy[Callable[[dict[str, Any]], dict[str, Any]]] = st.one_of(
    st.sampled_from(_SLIPS).map(lambda slip: lambda value: _slipped(value, *slip)),
    st.tuples(st.sampled_from(_PATHS), _ANYTHING).map(lambda slip: lambda value: _slipped(value, *slip)),
)


@st.composite
def slipped_values(draw: st.DrawFn) -> dict[str, Any]:
    """A spec with one or two slips in it, of which some are none."""
    value = draw(whole_values())
    for slip in draw(st.lists(_SLIP, min_size=1, max_size=2)):
        value = slip(value)
    return value


def cluster_values() -> Values:
    """A spec as a user writes it: most without a slip."""
    return st.one_of(whole_values(), whole_values(), whole_values(), slipped_values())
