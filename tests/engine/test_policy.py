"""A stack that breaks a rule: the policy pack stops `pulumi preview`, and `pulumi up` before the first create."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.config import SHIPPED
from policies.rules import RULES
from scripts.engine.run import Result, pack_arguments
from tests.engine.support.place import Place

pytestmark = pytest.mark.engine

STACK = "dev-aws"

# What is changed in a stack that keeps all rules, and what the pack must say, by rule.
BROKEN: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "budgets": (
        {"budget": {"usd_per_month": 1000, "usd_per_hour": 1, "usd_per_gpu_hour": 1}},
        {
            "monthly-budget-ceiling": "more than the ceiling of 1,000.00 USD",
            "hourly-burn-ceiling": "an hour",
            "gpu-hour-price-ceiling": "H100",
        },
    ),
    "prices": ({"region": "eu-north-1"}, {"unpriced-resource": "has no price"}),
    "production": (
        {"environment": "prod", "tags": {"owner": "research"}, "pools": {"train": {"capacity": ["spot"]}}},
        {"spot-forbidden": "spot", "required-tags": "cost-center"},
    ),
    "doors": (
        {"access": {"endpoint": "public", "allowed_cidrs": ["8.0.0.0/8"]}},
        {"no-public-ip": "8.0.0.0/8", "encryption": "nothing says that it is encrypted"},
    ),
}
# Beside the cluster with open doors, as a user may write it: the spec cannot turn encryption off.
OPEN_BUCKET = """
import pulumi
import pulumi_aws as aws

aws.s3.Bucket(
    "notes",
    tags={"owner": "a", "cost-center": "b"},
    opts=pulumi.ResourceOptions(provider=aws.Provider("mine", region="us-east-1")),
)
"""


# Rule -> its parameters, and what the pack must say of the program below: all of them in one run.
TOGETHER: dict[str, tuple[dict[str, Any], str]] = {
    "price-data-age": ({"max_days": 1}, "stand on prices that are older than 1 days"),
    "spot-required": ({}, "scaling group fleet runs accelerators on demand alone"),
    "on-demand-scarce-gpu": ({}, "asks for H100 on demand"),
    "reservation-expiry": ({}, "capacity reservation held has no end"),
    "reservation-unused": ({}, "capacity reservation held holds 2 machines, and the pools run at most 0 in it"),
    "capacity-block-window": ({}, "capacity block week: its fee is unknown"),
    "idle-ttl": ({}, "scaling group fleet has no last day"),
    "scale-to-zero": ({}, "scaling group fleet keeps 2 nodes"),
    "allowed-machine-types": ({"deny": ["us-east-1:g5*"]}, "g5.16xlarge in us-east-1: the rule refuses it by name"),
    "retired-or-slow-gpu": ({"machines": ["g5.*"]}, "g5.16xlarge is of an earlier age"),
    "oversize-node": ({}, "take g5.xlarge, which has the same accelerators"),
    "fractional-gpu-first": ({"max_accelerators": 0}, "a node carries 1 accelerators"),
    "placement-mismatch": ({"min_gbps": 1}, "up to 4 nodes do not use it"),
    "region-price-delta": ({}, "the price of p99.metal in us-east-1 is unknown"),
    "storage-cost": ({"usd_per_tib_month": 1}, "1.00 USD are allowed"),
    "nat-egress": ({"max_nat_gateways": 0}, "the cluster's network has 1 NAT gateways; 0 are allowed"),
    "control-plane-waste": ({"max_clusters": 0}, "there are 1 control planes"),
    "quota-headroom": ({"reports": ["gone.json"]}, "the preflight report gone.json cannot be used"),
    "data-protection-and-teardown": ({}, "bucket notes: protected, where things should be easy to tear down"),
}
BESIDE = """
import pulumi
import pulumi_aws as aws

mine = aws.Provider("mine", region="us-east-1")
ours, kept = pulumi.ResourceOptions(provider=mine), pulumi.ResourceOptions(provider=mine, protect=True)
template = aws.ec2.LaunchTemplate("tpl", instance_type="g5.16xlarge", opts=ours)
aws.autoscaling.Group("fleet", min_size=2, max_size=4, launch_template={"id": template.id}, opts=ours)
aws.ec2.LaunchTemplate("next", instance_type="p99.metal", opts=ours)
aws.ec2.CapacityReservation("held", instance_type="p5.48xlarge", instance_platform="Linux/UNIX", instance_count=2,
                            availability_zone="us-east-1a", opts=ours)
aws.ec2.CapacityBlockReservation("week", capacity_block_offering_id="cbr-0123456789abcdef0",
                                 instance_platform="Linux/UNIX", opts=ours)
aws.s3.Bucket("notes", opts=kept)
"""
# What the pack cannot break: it compares with nothing, and there is a catalogue of one cloud.
OF_A_COMPARISON = {"budget-increase", "protected-replacement", "cross-cloud-delta"}


def test_every_rule_is_broken_here() -> None:
    broken = [rule for _, said in BROKEN.values() for rule in said]
    assert sorted([*broken, *TOGETHER, *OF_A_COMPARISON]) == sorted(rule.id for rule in RULES)


def test_what_breaks_many_rules_is_stopped_by_each(open_place: Callable[..., Place]) -> None:
    """Rules that are advisory in development are promoted; what stands beside the cluster is judged as well."""
    place = open_place(STACK)
    with (place.project / "stacks" / "__main__.py").open("a") as program:
        program.write(BESIDE)
    file = place.folder / "pack.json"
    file.write_text(
        json.dumps({rule: {"enforcementLevel": "mandatory", **given} for rule, (given, _) in TOGETHER.items()})
    )
    assert place.engine.init(STACK).ok
    pack = pack_arguments(place.project / "policies" / "analyzer", file)
    result = place.engine.preview(STACK, *pack)
    for rule, (_, message) in TOGETHER.items():
        assert_stopped(result, rule, message)
    assert place.engine.up(STACK, *pack).status != 0
    assert place.cloud.left() == []


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_a_rule_is_stopped_before_the_first_create(what: str, open_place: Callable[..., Place]) -> None:
    place = open_place(STACK)
    change, said = BROKEN[what]
    place.edit(change)
    if what == "doors":
        with (place.project / "stacks" / "__main__.py").open("a") as program:
            program.write(OPEN_BUCKET)
    assert place.engine.init(STACK).ok
    pack = pack_arguments(place.project / "policies" / "analyzer")
    for result in (place.engine.preview(STACK, *pack), place.engine.up(STACK, *pack)):
        for rule, message in said.items():
            assert_stopped(result, rule, message)
        assert place.cloud.left() == []


def assert_stopped(result: Result, rule: str, message: str) -> None:
    assert result.status != 0, result.text
    assert f"[mandatory]  {rule} " in result.text, result.text
    assert message in result.text, result.text
    assert "Traceback" not in result.text


def configured(open_place: Callable[..., Place], config: dict[str, Any], change: dict[str, Any]) -> Result:
    place = open_place(STACK)
    place.edit(change)
    file = place.folder / "pack.json"
    file.write_text(json.dumps(config))
    assert place.engine.init(STACK).ok
    return place.engine.preview(STACK, *pack_arguments(place.project / "policies" / "analyzer", file))


def test_a_pack_configuration_is_taken(open_place: Callable[..., Place]) -> None:
    result = configured(open_place, {"hourly-burn-ceiling": {"usd_per_hour": 1}}, {})
    assert_stopped(result, "hourly-burn-ceiling", "an hour")


def test_a_pack_configuration_promotes_lowers_and_locks(open_place: Callable[..., Place]) -> None:
    """In dev missing tags are advice, and the hour blocks; here it is the other way round, and advice stays advice."""
    config = {
        "all": "advisory",
        "required-tags": "mandatory",
        "no-public-ip": {"enforcementLevel": "mandatory", "locked": True},
    }
    waiver = {"rule": "no-public-ip", "reason": "until the VPN is there", "by": "research", "expires": "2999-01-01"}
    broken = {
        "tags": {"owner": "research"},
        "budget": {"usd_per_hour": 1},
        "access": {"endpoint": "public", "allowed_cidrs": ["8.0.0.0/8"]},
        "policy": {"waivers": [waiver]},
    }
    result = configured(open_place, config, broken)
    assert_stopped(result, "required-tags", "cost-center")
    assert_stopped(result, "no-public-ip", "8.0.0.0/8")
    assert_stopped(result, "waivers", "locks no-public-ip: it cannot be waived")
    assert "[mandatory]  hourly-burn-ceiling" not in result.text
    assert "[advisory]  advice" in result.text
    assert "an hour costs up to" in result.text


def test_the_engine_takes_what_is_shipped(open_place: Callable[..., Place]) -> None:
    result = configured(open_place, json.loads((SHIPPED / "config.prod.json").read_text()), {})
    assert result.ok, result.text
