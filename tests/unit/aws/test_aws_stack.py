"""What holds for the whole cluster: provider, tags, names, order, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pulumi
import pytest

from components.aws import GpuCluster
from components.plan.aws.model import Subnet
from components.plan.model import NodeCount
from tests.support.aws_plan import TAGS, make_group, make_network, make_plan, make_pool, make_rung
from tests.support.aws_resources import ROOT, Resources, resources_of, resources_of_plan

# What AWS has no tags for: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
UNTAGGED = {
    "pulumi:providers:aws",
    "aws:autoscaling/schedule:Schedule",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
}


def test_every_resource_uses_the_plans_provider(cluster: Resources) -> None:
    provider = cluster.inputs("prod-aws-aws")
    assert provider["region"] == "us-east-1"
    # On the wire a provider's lists are JSON text.
    assert provider["allowedAccountIds"] in (["123456789012"], '["123456789012"]')
    made = [one for one in cluster.all if one.type.startswith("aws:")]
    assert {one.provider for one in made} == {"prod-aws-aws"}


def test_a_given_provider_is_used_instead() -> None:
    import pulumi_aws as aws

    def program() -> None:
        mine = aws.Provider("mine", region="us-east-1")
        GpuCluster(make_plan(), pulumi.ResourceOptions(providers=[mine]))

    resources = resources_of(program)
    assert "prod-aws-aws" not in resources
    assert {one.provider for one in resources.all if one.type.startswith("aws:")} == {"mine"}


def test_everything_that_can_carry_tags_carries_the_plans(cluster: Resources) -> None:
    made = [one for one in cluster.all if one.custom and one.type not in UNTAGGED]
    assert len(made) > 30
    for one in made:
        assert TAGS.items() <= one.inputs["tags"].items(), one.name


def test_physical_names_are_pulumis_own_but_for_those_that_others_know(cluster: Resources) -> None:
    fixed = {
        one.name for one in cluster.all if one.type.startswith("aws:") and {"name", "namePrefix"} & set(one.inputs)
    }
    assert fixed == {"prod-aws-control-plane", "prod-aws-control-plane-logs"}


def test_every_component_is_the_clusters_child(cluster: Resources) -> None:
    components = {one.name: one for one in cluster.all if not one.custom}
    assert components.pop("prod-aws").parent is None
    assert {one.parent for one in components.values()} == {"prod-aws"}
    assert {one.type for one in components.values()} >= {
        f"gpu-fleet:aws:{kind}"
        for kind in ("Network", "Identity", "Cluster", "Fabric", "Storage", "NodePool", "Addons", "Budget")
    }
    assert all(one.parent in components for one in cluster.all if one.type.startswith("aws:"))


def test_adding_a_pool_moves_no_other_resource(cluster: Resources) -> None:
    group = make_group(subnets=("serve-use1-az1",), interfaces=(), placement_group=False)
    rung = make_rung(name="serve-spot", nodes=NodeCount(min=0, desired=0, max=4), group=group)
    subnet = Subnet(name="serve-use1-az1", role="pool", zone_id="use1-az1", cidr="10.0.128.0/20")
    network = make_network(subnets=(subnet, *make_network().subnets))
    more = resources_of_plan(make_plan(network=network, pools=(make_pool(name="serve", rungs=(rung,)), make_pool())))
    assert {one.name for one in more.all} > {one.name for one in cluster.all}
    for one in cluster.all:
        assert dict(more.inputs(one.name)) == dict(one.inputs), one.name


def test_two_runs_register_the_same(cluster: Resources) -> None:
    again = resources_of_plan(make_plan())
    assert sorted(map(repr, again.all)) == sorted(map(repr, cluster.all))


@pytest.mark.parametrize("stack", ["prod-aws", "dev"])
def test_logical_names_begin_with_the_stack(stack: str) -> None:
    resources = resources_of_plan(replace(make_plan(), stack=stack))
    assert all(one.name == stack or one.name.startswith(f"{stack}-") for one in resources.all)


def test_only_the_modules_that_the_plan_needs_are_imported() -> None:
    # Each of the SDK's modules costs import time; these two belong to shared file systems and schedules.
    program = (
        "import sys\n"
        "from tests.support.aws_plan import make_plan\n"
        "from components.aws import build\n"
        "from scripts.preview import capture\n"
        "capture.run(lambda: (build(make_plan()), None)[1], stack='prod-aws', config={})\n"
        "loaded = {name.split('.')[1] for name in sys.modules if name.startswith('pulumi_aws.') and name.count('.') > 1}\n"
        "print(*sorted(loaded))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"eks", "ec2", "iam", "kms", "fsx", "s3", "budgets", "cloudwatch", "vpc"} <= loaded
    assert not {"efs", "autoscaling", "rds", "lambda_"} & loaded
