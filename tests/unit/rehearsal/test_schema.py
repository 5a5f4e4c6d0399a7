"""Inputs against the types of the provider's own SDK: names, kinds and what is required, at every depth."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pytest

from scripts.rehearsal import schema
from scripts.rehearsal.schema import UnknownType, failures
from scripts.rehearsal.wire import UNKNOWN

NODES = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
GOOD: dict[str, Any] = {
    "clusterName": "fleet",
    "nodeRoleArn": "arn:aws:iam::123456789012:role/nodes",
    "subnetIds": ["subnet-1", "subnet-2"],
    "scalingConfig": {"desiredSize": 2, "maxSize": 4, "minSize": 0},
    "labels": {"pool": "train"},
    "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}],
    "forceUpdateVersion": True,
    "__defaults": ["nodeGroupName"],
}


def said(type: str, inputs: Mapping[str, Any]) -> dict[str, str]:
    return {failure.property: failure.reason for failure in failures(type, inputs)}


def test_what_the_service_takes_is_taken() -> None:
    assert said(NODES, GOOD) == {}


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"subnetIdz": []}, "subnetIdz", "an unexpected property 'subnetIdz' was provided; did you mean 'subnetIds'?"),
        ({"subnet_ids": []}, "subnet_ids", "unexpected property"),  # a Python name is no wire name
        ({"qqqqqq": 1}, "qqqqqq", "an unexpected property 'qqqqqq' was provided"),
        ({"clusterName": None}, "clusterName", "missing required property 'clusterName'"),
        ({"clusterName": 7}, "clusterName", "expected a string, got an integer 7"),
        ({"subnetIds": "subnet-1"}, "subnetIds", "expected a list, got a string 'subnet-1'"),
        ({"subnetIds": ["subnet-1", 2]}, "subnetIds[1]", "expected a string, got an integer 2"),
        ({"labels": ["pool"]}, "labels", "expected a map, got a list"),
        ({"labels": {"pool": True}}, "labels.pool", "expected a string, got a boolean True"),
        ({"labels": {"a.b/c": 1}}, 'labels["a.b/c"]', "expected a string, got an integer 1"),
        ({"scalingConfig": []}, "scalingConfig", "expected an object, got a list"),
        ({"diskSize": 1.5}, "diskSize", "expected an integer, got a number 1.5"),
        ({"diskSize": True}, "diskSize", "expected an integer, got a boolean True"),
        ({"forceUpdateVersion": "true"}, "forceUpdateVersion", "expected a boolean, got a string 'true'"),
        (
            {"scalingConfig": {"desiredSize": 2, "maxsize": 4, "minSize": 0, "maxSize": 4}},
            "scalingConfig.maxsize",
            "did you mean 'maxSize'?",
        ),
        (
            {"scalingConfig": {"desiredSize": 2, "maxSize": 4}},
            "scalingConfig.minSize",
            "missing required property 'minSize'",
        ),
        ({"taints": [{"key": "a", "effect": "x"}, {"key": "b"}]}, "taints[1].effect", "missing required property"),
    ],
)
def test_one_thing_is_wrong(change: dict[str, Any], path: str, reason: str) -> None:
    found = said(NODES, GOOD | change)
    assert list(found) == [path]
    assert reason in found[path]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert set(said(NODES, {"scalingConfig": {"maxSize": "4"}, "tag": {}})) == {
        "scalingConfig.maxSize",
        "scalingConfig.desiredSize",
        "scalingConfig.minSize",
        "tag",
        "clusterName",
        "nodeRoleArn",
        "subnetIds",
    }


def test_three_levels_down() -> None:
    device = {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100, "volumetype": "gp3", "encrypted": "true"}}
    found = said(TEMPLATE, {"blockDeviceMappings": [device]})
    # This API takes "true" as a text, as the SDK says; the misspelt name is all that is wrong.
    assert list(found) == ["blockDeviceMappings[0].ebs.volumetype"]
    assert "did you mean 'volumeType'?" in found["blockDeviceMappings[0].ebs.volumetype"]


def test_unknown_values_are_of_every_kind_and_present() -> None:
    inputs = {
        **GOOD,
        "clusterName": UNKNOWN,
        "subnetIds": UNKNOWN,
        "scalingConfig": UNKNOWN,
        "forceUpdateVersion": UNKNOWN,
    }
    assert said(NODES, inputs) == {}
    assert said(NODES, {**GOOD, "subnetIdz": UNKNOWN}).keys() == {"subnetIdz"}


class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@pulumi.input_type
class PaintArgs:
    """An enum, a text beside an enum, a union of object and text, and any value: as SDKs write them."""

    def __init__(
        __self__,
        *,
        strict: pulumi.Input[Color],
        relaxed: pulumi.Input[str | Color] | None = None,
        either: pulumi.Input[PaintArgs | Sequence[pulumi.Input[str]]] | None = None,
        free: Any = None,
    ) -> None:
        pulumi.set(__self__, "strict", strict)

    @property
    @pulumi.getter
    def strict(self) -> pulumi.Input[Color]: ...

    @property
    @pulumi.getter
    def relaxed(self) -> pulumi.Input[str | Color] | None: ...

    @property
    @pulumi.getter
    def either(self) -> pulumi.Input[PaintArgs | Sequence[pulumi.Input[str]]] | None: ...

    @property
    @pulumi.getter
    def free(self) -> Any: ...


def paint(**inputs: Any) -> list[tuple[str, str]]:
    return [(one.property, one.reason) for one in schema._object(PaintArgs, inputs, "")]


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"strict": "red", "relaxed": "green", "free": {"a": [1]}}, []),
        ({"strict": "green"}, [("strict", "expected one of 'red', 'blue', got 'green'")]),
        ({"strict": "red", "relaxed": 1}, [("relaxed", "expected a string, got an integer 1")]),
        ({"strict": "red", "either": ["a"]}, []),
        ({"strict": "red", "either": {"strict": "blue"}}, []),
        ({"strict": "red", "either": {"strict": "x"}}, [("either.strict", "expected one of 'red', 'blue', got 'x'")]),
        ({"strict": "red", "either": [1]}, [("either[0]", "expected a string, got an integer 1")]),
    ],
)
def test_enums_and_unions(inputs: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert paint(**inputs) == found


def test_every_type_of_the_sdk_can_be_read() -> None:
    """Not a hand list: any type that the SDK registers, here those of the parts that clusters are made of."""
    import pulumi_aws  # noqa: F401
    from pulumi.runtime import rpc

    modules = [module for found in rpc._RESOURCE_MODULES.values() for module in found]
    wanted = ("pulumi_aws.ec2", "pulumi_aws.eks", "pulumi_aws.iam", "pulumi_aws.s3", "pulumi_aws.fsx", "pulumi_aws.efs")
    tokens = [token for module in modules if module.mod_info["fqn"] in wanted for token in module.mod_info["classes"]]
    assert len(tokens) > 200
    for token in tokens:
        inputs = schema.inputs_of(token)
        assert set(schema.required(token)) <= set(inputs), token
        assert next(iter(failures(token, {"nosuchproperty": 1}))).property == "nosuchproperty"


def test_a_type_that_the_sdk_lacks_is_refused_by_name() -> None:
    with pytest.raises(UnknownType, match=r"pulumi_aws\.ec2 has no class Vcp"):
        failures("aws:ec2/vcp:Vcp", {})


@pytest.mark.parametrize(
    ("token", "missing"),
    [
        ("gcp:container/nodePool:NodePool", {"cluster"}),
        # A class of the same name is a nested input there, and takes a part of this one's.
        ("azure-native:network:VirtualNetwork", {"resourceGroupName"}),
        ("kubernetes:apps/v1:Deployment", {"spec"}),
    ],
)
def test_other_clouds(token: str, missing: set[str]) -> None:
    assert said(token, {"nosuchproperty": 1}).keys() == {"nosuchproperty", *missing}


def test_without_an_sdk_nothing_is_refused() -> None:
    assert failures("nosuchcloud:a/b:C", {"anything": 1}) == []


def test_what_a_resource_always_tells() -> None:
    assert {"arn", "id", "ownerId", "tagsAll", "tags"} & set(schema.always_told("aws:ec2/vpc:Vpc")) == {
        "arn",
        "ownerId",
        "tagsAll",
    }
