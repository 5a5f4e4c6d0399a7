"""The control plane: endpoint, access, encryption, logs, add-ons and what the stack tells of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pulumi
import pytest

from components.aws import Addons, build, kubeconfig
from components.plan.aws.model import Addon, AwsAccess
from tests.support.aws_plan import ADDONS, ADMIN, make_plan
from tests.support.aws_resources import Resources, document, ref, resources_of, resources_of_plan


def test_the_endpoint_is_private_unless_the_plan_opens_it(cluster: Resources) -> None:
    closed = cluster.inputs("prod-aws-control-plane")["vpcConfig"]
    assert (closed["endpointPrivateAccess"], closed["endpointPublicAccess"]) == (True, False)
    assert "publicAccessCidrs" not in closed
    access = AwsAccess(public=True, allowed_cidrs=("203.0.113.0/24",), admins=())
    opened = resources_of_plan(make_plan(access=access)).inputs("prod-aws-control-plane")["vpcConfig"]
    assert (opened["endpointPrivateAccess"], opened["endpointPublicAccess"]) == (True, True)
    assert opened["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_ranges_for_a_public_endpoint_mean_nothing_to_a_private_one() -> None:
    access = AwsAccess(public=False, allowed_cidrs=("203.0.113.0/24",), admins=())
    closed = resources_of_plan(make_plan(access=access)).inputs("prod-aws-control-plane")["vpcConfig"]
    assert "publicAccessCidrs" not in closed


def test_the_control_plane_stands_in_the_system_subnets_of_two_zones(cluster: Resources) -> None:
    # At least two zones: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    assert cluster.inputs("prod-aws-control-plane")["vpcConfig"]["subnetIds"] == [
        ref("prod-aws-system-use1-az1-subnet.id"),
        ref("prod-aws-system-use1-az2-subnet.id"),
    ]


def test_the_physical_name_is_the_plans(cluster: Resources) -> None:
    made = cluster.inputs("prod-aws-control-plane")
    assert (made["name"], made["version"]) == ("prod-aws", "1.35")
    assert made["kubernetesNetworkConfig"] == {"serviceIpv4Cidr": "172.20.0.0/16"}
    assert made["upgradePolicy"] == {"supportType": "STANDARD"}
    assert "zonalShiftConfig" not in made


def test_secrets_are_encrypted_with_the_clusters_key(cluster: Resources) -> None:
    assert cluster.inputs("prod-aws-control-plane")["encryptionConfig"] == {
        "provider": {"keyArn": ref("prod-aws-key.arn")},
        "resources": ["secrets"],
    }


def test_the_creator_is_no_administrator_by_accident(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    assert cluster.inputs("prod-aws-control-plane")["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


def test_every_log_type_goes_to_a_group_that_expires_and_stands_first(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
    made = cluster["prod-aws-control-plane"]
    assert set(made.inputs["enabledClusterLogTypes"]) == {
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    }
    logs = cluster.inputs("prod-aws-control-plane-logs")
    assert (logs["name"], logs["retentionInDays"]) == ("/aws/eks/prod-aws/cluster", 30)
    assert logs["kmsKeyId"] == ref("prod-aws-key.arn")
    assert "prod-aws-control-plane-logs" in made.depends_on


def test_the_cluster_waits_for_its_roles_policy(cluster: Resources) -> None:
    assert "prod-aws-cluster-role-AmazonEKSClusterPolicy" in cluster["prod-aws-control-plane"].depends_on


@pytest.mark.parametrize("protect", [True, False])
def test_protection_is_the_plans(protect: bool) -> None:
    resources = resources_of_plan(make_plan(protect=protect))
    made = resources["prod-aws-control-plane"]
    assert (made.protect, made.inputs["deletionProtection"]) == (protect, protect)
    key = resources["prod-aws-key"]
    assert (key.protect, key.retain_on_delete) == (protect, protect)


def test_administrators_enter_by_access_entries(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
    name = f"prod-aws-admin-{hashlib.sha256(ADMIN.encode()).hexdigest()[:8]}"
    assert cluster.inputs(name)["principalArn"] == ADMIN
    policy = cluster[f"{name}-policy"]
    assert policy.inputs["principalArn"] == ADMIN
    assert policy.inputs["accessScope"] == {"type": "cluster"}
    assert policy.inputs["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert name in policy.depends_on


def test_removing_an_administrator_moves_no_other() -> None:
    def entries(*admins: str) -> set[str]:
        access = AwsAccess(public=False, allowed_cidrs=(), admins=admins)
        resources = resources_of_plan(make_plan(access=access))
        return {entry.name for entry in resources.of("eks/accessEntry:AccessEntry")}

    assert entries(f"{ADMIN}-two") < entries(ADMIN, f"{ADMIN}-two")


def test_networking_is_managed_and_comes_before_the_nodes(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, bootstrapSelfManagedAddons
    assert cluster.inputs("prod-aws-control-plane")["bootstrapSelfManagedAddons"] is False
    for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent"):
        waits = cluster[f"prod-aws-{name}-addon"].depends_on
        assert not [one for one in waits if one.endswith("-nodes")]


def test_the_other_add_ons_come_after_the_system_nodes(cluster: Resources) -> None:
    for name in ("coredns", "aws-ebs-csi-driver", "aws-fsx-csi-driver"):
        waits = cluster[f"prod-aws-{name}-addon"].depends_on
        assert "prod-aws-system-nodes" in waits
        # A pool that cannot get its machines must not leave the cluster without DNS.
        assert "prod-aws-train-on-demand-nodes" not in waits


def test_an_add_on_gets_its_role_by_pod_identity_and_waits_for_its_policies(cluster: Resources) -> None:
    cni = cluster["prod-aws-vpc-cni-addon"]
    assert cni.inputs["podIdentityAssociations"] == [
        {"roleArn": ref("prod-aws-cni-role.arn"), "serviceAccount": "aws-node"}
    ]
    assert "prod-aws-cni-role-AmazonEKS_CNI_Policy" in cni.depends_on
    assert "podIdentityAssociations" not in cluster.inputs("prod-aws-coredns-addon")
    assert "prod-aws-fsx-csi-role-grants" in cluster["prod-aws-aws-fsx-csi-driver-addon"].depends_on


def test_conflicts_versions_and_configuration_of_add_ons(cluster: Resources) -> None:
    cni = cluster.inputs("prod-aws-vpc-cni-addon")
    assert (cni["resolveConflictsOnCreate"], cni["resolveConflictsOnUpdate"]) == ("OVERWRITE", "PRESERVE")
    assert cni["addonVersion"] == "v1.23.0-eksbuild.1"
    # Absent: EKS takes the default version of the cluster's Kubernetes version.
    assert "addonVersion" not in cluster.inputs("prod-aws-coredns-addon")
    driver = cluster.inputs("prod-aws-aws-mountpoint-s3-csi-driver-addon")
    assert json.loads(driver["configurationValues"]) == {"node": {"tolerateAllTaints": True}}
    assert "configurationValues" not in cni


def test_an_add_on_that_changes_its_stage_is_not_replaced() -> None:
    def urn(addon: Addon) -> tuple[str, str]:
        others = tuple(one for one in ADDONS if one.name != addon.name)
        resources = resources_of_plan(make_plan(addons=(*others, addon)))
        parent = resources[f"prod-aws-{addon.name}-addon"].parent
        assert parent is not None
        return parent, resources[parent].type

    (coredns,) = (one for one in ADDONS if one.name == "coredns")
    late, early = urn(coredns), urn(replace(coredns, before_nodes=True))
    assert late[0] != early[0]
    assert late[1] == early[1]  # a URN holds the parents' types and not their names


def test_a_role_without_a_service_account_is_refused() -> None:
    addon = Addon(name="vpc-cni", version=None, before_nodes=True, role="cni")
    with pytest.raises(ValueError, match="'vpc-cni' has a role and no service account"):
        resources_of(lambda: Addons("x", [addon], cluster_name="c", role_arns={"cni": "arn"}))


def test_the_kubeconfig_logs_in_with_the_readers_own_identity() -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
    def program() -> None:
        made = kubeconfig(
            cluster_name="c", endpoint="https://c.example", certificate_authority="Q0E=", region="us-east-1"
        )
        pulumi.export("plain", pulumi.Output.unsecret(made))
        pulumi.export("secret", made)

    outputs = resources_of(program).outputs
    assert outputs["secret"] == {"secret": True}
    config = json.loads(outputs["plain"])
    assert config["clusters"][0]["cluster"] == {
        "server": "https://c.example",
        "certificate-authority-data": "Q0E=",
    }
    login = config["users"][0]["user"]["exec"]
    assert login["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert [login["command"], *login["args"]] == (
        ["aws", "--region", "us-east-1", "eks", "get-token", "--cluster-name", "c", "--output", "json"]
    )
    assert config["current-context"] == config["contexts"][0]["name"]


def test_what_a_stack_tells_of_its_cluster() -> None:
    def program() -> None:
        outputs = build(make_plan())
        pulumi.export("name", outputs.cluster_name)
        pulumi.export("endpoint", outputs.endpoint)
        pulumi.export("issuer", outputs.oidc_issuer)
        pulumi.export("kubeconfig", outputs.kubeconfig)
        pulumi.export("pools", {name: list(groups) for name, groups in outputs.pools.items()})
        pulumi.export("storage", dict(outputs.storage))
        pulumi.export("mount", outputs.mounts["scratch"].dns_name)

    assert resources_of(program).outputs == {
        "name": "prod-aws",
        "endpoint": ref("prod-aws-control-plane.endpoint"),
        "issuer": ref("prod-aws-control-plane.identities[0].oidcs[0].issuer"),
        "kubeconfig": {"secret": True},
        "pools": {"train": [ref("prod-aws-train-on-demand-nodes.nodeGroupName")]},
        "storage": {"scratch": ref("prod-aws-scratch-files.id"), "checkpoints": ref("prod-aws-checkpoints-bucket.id")},
        "mount": ref("prod-aws-scratch-files.dnsName"),
    }


def test_documents_show_what_only_aws_knows(cluster: Resources) -> None:
    policy = document(cluster.inputs("prod-aws-checkpoints-bucket-policy")["policy"])
    assert policy["Version"] == "2012-10-17"
