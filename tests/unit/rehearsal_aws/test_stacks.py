"""Every shipped stack, and every mechanism of the snapshots, comes up in the simulated AWS, stays as it is, and goes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components import program
from components.plan.planner import plan
from components.spec.loader import load_config
from components.spec.project import Project
from scripts.cli.assess import planned
from scripts.cli.verbs.preview import registered
from scripts.preview import capture
from scripts.preview.replies import AWS, steps
from scripts.rehearsal.aws.provider import refusal
from tests.stacks.mechanisms import BASE, MECHANISMS
from tests.stacks.test_snapshots import merged
from tests.unit.rehearsal_aws.simulated import ACCOUNT, Cloud, deploy
from tests.unit.rehearsal_aws.world import FILES, GROUP

ROOT = Path(__file__).parents[3]
BESIDE = ROOT / "tests" / "stacks"  # the base of the mechanisms
STACKS = sorted(path.stem.removeprefix("Pulumi.") for path in (ROOT / "stacks").glob("Pulumi.*aws*.yaml"))

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")

_GATEWAY_LACKS = ("dnsEntries", "networkInterfaceIds")
"""What only interface endpoints have; a gateway endpoint has a prefix list instead."""

LATER = {GROUP: ("ingress", "egress"), FILES: ("numberOfMountTargets",)}
"""Outputs in which a resource shows what others made since: rules of their own, mount targets."""

_OUTSIDE: dict[str, Any] = {
    # What the mechanisms name and no stack makes: a network, and a key of the account.
    "outside.vpc-0ccccccccccccccc3": {"cidrBlock": "10.20.0.0/16"},
    "outside.arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0": {"enabled": True},
    **{
        f"outside.{subnet}": {
            "vpcId": "vpc-0ccccccccccccccc3",
            "cidrBlock": f"10.20.{index}.0/24",
            "availabilityZoneId": zone,
        }
        for index, (zone, subnets) in enumerate(
            MECHANISMS["existing-network"]["network"]["existing"]["subnets"].items()
        )
        for subnet in subnets
    },
}


@cache
def resources_of(stack: str) -> list[dict[str, Any]]:
    return registered(planned(stack))


@cache
def resources_with(mechanism: str) -> list[dict[str, Any]]:
    value = merged(BASE, MECHANISMS[mechanism])
    loaded = load_config(json.dumps(value), "snap", Project(BESIDE, BESIDE))
    made = plan(loaded)
    return capture.run(lambda: program.deploy(made, loaded), stack=made.stack, config={}).to_json()


def cloud_for(resources: list[dict[str, Any]]) -> Cloud:
    """A cloud of the account and region that the stack's provider asks for."""
    (config,) = [one["inputs"] for one in resources if one["type"] == "pulumi:providers:aws"]
    (account,) = json.loads(config.get("allowedAccountIds", f'["{ACCOUNT}"]'))
    assert refusal(config, account) is None
    return Cloud(account=account, region=config["region"])


def lives(resources: list[dict[str, Any]], cloud: Cloud) -> None:
    """Up, up again, read twice, and gone in one pass against the order of creation."""
    made = deploy(resources, cloud)
    for name, one in made.items():
        told = cloud.read(one)
        assert cloud.read(one) == told, name
        again = cloud.service.update(one, one.inputs, cloud)
        assert {path for path in told if told[path] != again[path]} <= set(LATER.get(one.type, ())), name
        assert [path for path in AWS[one.type] if not has(told, path) and path.split("[")[0] not in lacks(one)] == []
        for key, value in one.inputs.items():
            assert same(told[key], value), (name, key)
    for one in reversed(list(cloud.here.values())):
        if one.inputs.get("deletionProtection"):
            one = cloud.update(one, deletionProtection=False)
        cloud.delete(one)
    assert cloud.here == {}


def lacks(one: Any) -> tuple[str, ...]:
    return _GATEWAY_LACKS if one.inputs.get("vpcEndpointType") == "Gateway" else ("prefixListId",)


def has(told: Any, path: str) -> bool:
    here = told
    for step in steps(path):
        try:
            here = here[step]
        except (KeyError, IndexError):
            return False
    return here is not None


def same(told: Any, given: Any) -> bool:
    """Whether a reply holds what was given, with sets in whatever order and defaults beside."""
    if isinstance(given, dict):
        return isinstance(told, dict) and all(key in told and same(told[key], value) for key, value in given.items())
    if isinstance(given, list):
        return len(told) == len(given) and all(any(same(other, one) for other in told) for one in given)
    return told == given


@pytest.mark.parametrize("stack", STACKS)
def test_a_shipped_stack_comes_up_and_goes(stack: str) -> None:
    resources = resources_of(stack)
    lives(resources, cloud_for(resources))


@pytest.mark.parametrize("mechanism", sorted(MECHANISMS))
def test_a_mechanism_comes_up_and_goes(mechanism: str) -> None:
    resources = resources_with(mechanism)
    cloud = cloud_for(resources)
    cloud.settings.update(_OUTSIDE)
    lives(resources, cloud)
