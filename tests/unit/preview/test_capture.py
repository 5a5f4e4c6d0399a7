"""A program without an engine: what is captured, what fails by name, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import settings

from scripts.preview import capture
from scripts.preview.monitor import DuplicateName, PreviewError, UnknownReply

CONFIG = {"gpu-fleet:cluster": json.dumps({"region": "us-east-1"})}


class Network(pulumi.ComponentResource):
    def __init__(self, name: str, provider: pulumi.ProviderResource) -> None:
        super().__init__("gpu-fleet:aws:Network", name, None, pulumi.ResourceOptions(provider=provider))
        below = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=below)
        self.subnets = [
            aws.ec2.Subnet(f"subnet-{zone}", vpc_id=self.vpc.id, availability_zone_id=zone, opts=below)
            for zone in ("use1-az1", "use1-az2")
        ]
        self.register_outputs({"vpc_id": self.vpc.id})


def program() -> None:
    region = pulumi.Config("gpu-fleet").require_object("cluster")["region"]
    provider = aws.Provider("aws", region=region)
    here = pulumi.ResourceOptions(provider=provider)
    network = Network("network", provider)
    role = aws.iam.Role("role", assume_role_policy="{}", opts=here)
    cluster = aws.eks.Cluster(
        "cluster",
        role_arn=role.arn,
        vpc_config={"subnet_ids": [subnet.id for subnet in network.subnets], "endpoint_public_access": False},
        opts=pulumi.ResourceOptions(
            provider=provider,
            protect=True,
            retain_on_delete=True,
            delete_before_replace=True,
            ignore_changes=["version", "access_config"],
            replace_on_changes=["kubernetes_network_config"],
            additional_secret_outputs=["certificate_authority"],
            custom_timeouts=pulumi.CustomTimeouts(create="40m"),
            aliases=[pulumi.Alias(name="old-cluster")],
        ),
    )
    template = aws.ec2.LaunchTemplate(
        "template",
        vpc_security_group_ids=[cluster.vpc_config.cluster_security_group_id],
        user_data=pulumi.Output.concat("server: ", cluster.endpoint, "\nca: ", cluster.certificate_authority.data),
        tags={"token": pulumi.Output.secret("hush")},
        opts=here,
    )
    issuer = cluster.identities[0].oidcs[0].issuer
    policy = {"Statement": [{"Federated": role.arn, "Condition": {"sub": issuer}}], "Version": "2012-10-17"}
    trust = aws.iam.Role("trust", assume_role_policy=pulumi.Output.json_dumps(policy), opts=here)
    aws.eks.NodeGroup(
        "nodes",
        cluster_name=cluster.name,
        node_role_arn=role.arn,
        subnet_ids=[network.subnets[1].id],
        scaling_config={"min_size": 0, "max_size": 2, "desired_size": 1},
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[trust]),
    )
    pulumi.export("endpoint", cluster.endpoint)
    pulumi.export("kubeconfig", pulumi.Output.secret(cluster.endpoint))


def run(program: capture.Program = program) -> capture.Captured:
    return capture.run(program, stack="dev", config=CONFIG)


@pytest.fixture(scope="module")
def captured() -> dict[str, capture.Registered]:
    return {resource.name: resource for resource in run().resources}


def test_values_of_the_cloud_are_references(captured: dict[str, capture.Registered]) -> None:
    assert captured["subnet-use1-az1"].inputs == {"vpcId": {"ref": "vpc.id"}, "availabilityZoneId": "use1-az1"}
    assert captured["cluster"].inputs == {
        "roleArn": {"ref": "role.arn"},
        "vpcConfig": {
            "subnetIds": [{"ref": "subnet-use1-az1.id"}, {"ref": "subnet-use1-az2.id"}],
            "endpointPublicAccess": False,
        },
    }
    assert captured["nodes"].inputs == {
        "clusterName": {"ref": "cluster.name"},
        "nodeRoleArn": {"ref": "role.arn"},
        "subnetIds": [{"ref": "subnet-use1-az2.id"}],
        "scalingConfig": {"minSize": 0, "maxSize": 2, "desiredSize": 1},
        "launchTemplate": {"id": {"ref": "template.id"}, "version": {"ref": "template.latestVersion"}},
    }


def test_text_made_of_them_is_joined_and_secrets_are_hidden(captured: dict[str, capture.Registered]) -> None:
    endpoint, data = {"ref": "cluster.endpoint"}, {"ref": "cluster.certificateAuthority.data"}
    assert captured["template"].inputs == {
        "vpcSecurityGroupIds": [{"ref": "cluster.vpcConfig.clusterSecurityGroupId"}],
        "userData": {"join": ["server: ", endpoint, "\nca: ", data]},
        "tags": {"token": {"secret": True}},
    }
    assert captured["trust"].inputs["assumeRolePolicy"] == {
        "join": [
            '{"Statement": [{"Federated": "',
            {"ref": "role.arn"},
            '", "Condition": {"sub": "',
            {"ref": "cluster.identities[0].oidcs[0].issuer"},
            '"}}], "Version": "2012-10-17"}',
        ]
    }


def test_options_are_captured_in_wire_names(captured: dict[str, capture.Registered]) -> None:
    cluster = captured["cluster"]
    assert (cluster.protect, cluster.retain_on_delete, cluster.delete_before_replace) == (True, True, True)
    assert cluster.ignore_changes == ("version", "accessConfig")
    assert cluster.replace_on_changes == ("kubernetesNetworkConfig",)
    assert cluster.additional_secret_outputs == ("certificateAuthority",)
    assert cluster.custom_timeouts == {"create": "40m"}
    assert cluster.aliases == ({"name": "old-cluster"},)
    plain = captured["nodes"]
    assert (plain.protect, plain.retain_on_delete, plain.delete_before_replace) == (False, False, False)
    assert (plain.custom_timeouts, plain.aliases) == ({}, ())


def test_parents_dependencies_and_providers_are_logical_names(captured: dict[str, capture.Registered]) -> None:
    assert captured["vpc"].parent == "network"
    assert captured["network"].parent is None
    assert captured["nodes"].depends_on == ("cluster", "role", "subnet-use1-az2", "template", "trust")
    assert captured["vpc"].provider == "aws"
    assert captured["network"].provider is None


def test_providers_and_components_are_there_in_order_of_registration() -> None:
    captured = run()
    names = [resource.name for resource in captured.resources]
    assert names[:4] == ["aws", "network", "role", "vpc"]
    assert captured.resources[0].type == "pulumi:providers:aws"
    assert captured.resources[0].custom
    network = captured.resources[1]
    assert not network.custom
    assert network.outputs == {"vpc_id": {"ref": "vpc.id"}}
    assert captured.outputs == {"endpoint": {"ref": "cluster.endpoint"}, "kubeconfig": {"secret": True}}


def test_json_has_the_names_of_the_document() -> None:
    document = json.loads(json.dumps(run().to_json()))
    options = "depends_on protect retain_on_delete replace_on_changes ignore_changes aliases provider"
    assert all(list(resource) == ["type", "name", "parent", *options.split(), "inputs"] for resource in document)
    assert document[-1]["depends_on"] == ["cluster", "role", "subnet-use1-az2", "template", "trust"]


def test_an_asynchronous_program_is_awaited() -> None:
    async def later() -> None:
        await asyncio.sleep(0)
        program()

    assert run(later) == run()


def test_outputs_that_only_an_apply_makes_are_waited_for() -> None:
    def nested() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        vpc.id.apply(lambda _: aws.ec2.InternetGateway("gateway", vpc_id=vpc.id))

    assert [resource.name for resource in run(nested).resources] == ["vpc", "gateway"]


class TestFailures:
    def test_the_programs_exception_surfaces_as_itself(self) -> None:
        error = KeyError("no such thing")

        def broken() -> None:
            program()
            raise error

        with pytest.raises(KeyError) as raised:
            run(broken)
        assert raised.value is error
        assert error.__cause__ is None

    def test_it_wins_over_what_failed_in_the_background(self) -> None:
        def broken() -> None:
            aws.sqs.Queue("queue")
            raise KeyError("first")

        with pytest.raises(KeyError, match="first"):
            run(broken)

    def test_an_apply_that_raises_surfaces_as_itself(self) -> None:
        def broken() -> None:
            vpc = aws.ec2.Vpc("vpc")
            aws.ec2.Subnet("subnet", vpc_id=vpc.id.apply(lambda _: {}["missing"]))

        with pytest.raises(KeyError, match="missing"):
            run(broken)

    def test_a_type_without_a_row_fails_by_name(self) -> None:
        def broken() -> None:
            queue = aws.sqs.Queue("queue")
            aws.ec2.Vpc("vpc", tags={"queue": queue.arn})

        expected = (
            r"no recorded reply for aws:sqs/queue:Queue \(resource 'queue'\); add a row to scripts/preview/replies"
        )
        with pytest.raises(UnknownReply, match=expected):
            run(broken)

    @pytest.mark.parametrize("use", ["input", "output"])
    def test_an_output_without_a_row_fails_by_name(self, use: str) -> None:
        def broken() -> None:
            vpc = aws.ec2.Vpc("vpc")
            if use == "output":
                pulumi.export("association", vpc.ipv6_association_id)
            else:
                aws.ec2.Subnet("subnet", vpc_id=vpc.id, tags={"association": vpc.ipv6_association_id})

        where = {"output": "'association' registered by", "input": "'tags.association' of resource 'subnet'"}[use]
        with pytest.raises(UnknownReply, match=f"{where}.* comes from an output that has no recorded reply"):
            run(broken)

    @pytest.mark.parametrize("ask", [aws.get_caller_identity, aws.get_caller_identity_output])
    def test_a_question_to_a_provider_fails_by_name(self, ask: Callable[[], object]) -> None:
        with pytest.raises(UnknownReply, match="the program calls aws:index/getCallerIdentity:getCallerIdentity"):
            run(lambda: (ask(), None)[1])

    def test_reading_a_resource_fails_by_name(self) -> None:
        with pytest.raises(UnknownReply, match=r"reads aws:ec2/vpc:Vpc \('theirs'\); there is no cloud"):
            run(lambda: (aws.ec2.Vpc.get("theirs", "vpc-0"), None)[1])

    def test_two_resources_of_one_name_fail_by_name(self) -> None:
        def broken() -> None:
            aws.ec2.Vpc("same")
            aws.iam.Role("same", assume_role_policy="{}")

        with pytest.raises(DuplicateName, match="two resources are called 'same', the second is a aws:iam/role:Role"):
            run(broken)

    def test_a_missing_setting_is_the_programs_error(self) -> None:
        with pytest.raises(pulumi.ConfigMissingError):
            capture.run(program, stack="dev", config={})


class TestCleanliness:
    def test_runs_are_equal_and_leave_nothing_behind(self) -> None:
        before = (settings.get_root_resource(), settings.get_monitor(), settings.get_stack(), settings.is_dry_run())
        threads = threading.active_count()
        first = run()
        with pytest.raises(PreviewError):
            run(lambda: (aws.sqs.Queue("queue"), None)[1])
        assert run() == first
        after = (settings.get_root_resource(), settings.get_monitor(), settings.get_stack(), settings.is_dry_run())
        assert after == before
        assert pulumi.Config("gpu-fleet").get("cluster") is None
        assert threading.active_count() == threads
        gc.collect()  # an unclosed loop would warn here, and warnings are errors

    def test_each_run_has_its_own_project_stack_and_settings(self) -> None:
        def names() -> None:
            pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), pulumi.Config().get("size")])

        one = capture.run(names, project="one", stack="a", config={"one:size": "1"})
        two = capture.run(names, project="two", stack="b", config={})
        assert (one.outputs, two.outputs) == ({"names": ["one", "a", "1"]}, {"names": ["two", "b", None]})

    def test_the_document_is_the_same_in_every_process(self) -> None:
        code = (
            "import json, runpy, sys\n"
            "from components import sdk_imports; sdk_imports.install()\n"
            f"here = runpy.run_path({__file__!r})\n"
            "print(json.dumps(here['run']().to_json()))"
        )
        root = str(Path(__file__).parents[3])
        texts = {
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "PYTHONPATH": root, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert texts == {json.dumps(run().to_json()) + "\n"}
