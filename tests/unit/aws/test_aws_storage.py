"""File systems, buckets, the fabric's security group and the budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from components.plan.aws.model import SharedFileSystem
from components.plan.model import BudgetPlan
from tests.support.aws_plan import make_bucket, make_lustre, make_plan
from tests.support.aws_resources import Resources, ref, resources_of_plan, statements

CLUSTER_GROUP = ref("prod-aws-control-plane.vpcConfig.clusterSecurityGroupId")
FILES_GROUP = ref("prod-aws-scratch-files-group.id")
FABRIC_GROUP = ref("prod-aws-fabric-group.id")
IN = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT = "vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def rules(resources: Resources, kind: str, group: dict[str, str]) -> list[tuple[Any, ...]]:
    found = (rule.inputs for rule in resources.of(kind))
    return [
        (
            rule["ipProtocol"],
            rule.get("fromPort"),
            rule.get("toPort"),
            rule.get("referencedSecurityGroupId") or rule.get("cidrIpv4"),
        )
        for rule in found
        if rule["securityGroupId"] == group
    ]


@pytest.mark.parametrize("kind", [IN, OUT])
def test_efa_devices_reach_each_other_by_group_in_both_directions(cluster: Resources, kind: str) -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html, step 1: all traffic to and from the group
    # itself. A range beside it would only look like more: https://github.com/gardener/gardener-extension-provider-aws/issues/1832
    assert rules(cluster, kind, FABRIC_GROUP) == [("-1", None, None, FABRIC_GROUP)]


def test_the_fabrics_group_can_be_deleted(cluster: Resources) -> None:
    assert cluster.inputs("prod-aws-fabric-group")["revokeRulesOnDelete"] is True


def test_without_efa_there_is_no_fabric_group() -> None:
    resources = resources_of_plan(make_plan(fabric_security_group=False))
    assert "prod-aws-fabric-group" not in resources
    (card, *_) = resources.inputs("prod-aws-train-on-demand-template")["networkInterfaces"]
    assert card["securityGroups"] == [CLUSTER_GROUP]


@pytest.mark.parametrize("kind", [IN, OUT])
def test_lustre_clients_and_servers_call_each_other_on_988_and_1018_to_1023(cluster: Resources, kind: str) -> None:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
    ports = [(988, 988), (1018, 1023)]
    files = [("tcp", *span, other) for span in ports for other in (FILES_GROUP, CLUSTER_GROUP)]
    assert sorted(rules(cluster, kind, FILES_GROUP), key=str) == sorted(files, key=str)
    assert sorted(rules(cluster, kind, CLUSTER_GROUP), key=str) == [
        ("tcp", *span, FILES_GROUP) for span in sorted(ports, key=str)
    ]


def test_a_file_system_with_efa_lets_all_traffic_of_its_groups_through() -> None:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/efa-file-systems.html
    resources = resources_of_plan(make_plan(storage=(make_lustre(efa=True), make_bucket())))
    files = resources["prod-aws-scratch-files"]
    assert files.inputs["efaEnabled"] is True
    assert files.inputs["securityGroupIds"] == [FILES_GROUP, FABRIC_GROUP]
    for kind in (IN, OUT):
        assert ("-1", None, None, FILES_GROUP) in rules(resources, kind, FILES_GROUP)
    assert {"prod-aws-scratch-servers-all-in", "prod-aws-scratch-servers-all-out"} <= set(files.depends_on)


def test_lustre_is_what_the_plan_says(cluster: Resources) -> None:
    files = cluster.inputs("prod-aws-scratch-files")
    assert files["deploymentType"] == "PERSISTENT_2"
    assert files["storageType"] == "SSD"
    assert files["storageCapacity"] == 4800
    assert files["perUnitStorageThroughput"] == 250
    # AL2023's Lustre client 2.15 refuses servers of 2.10, which FSx would choose for some types:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/lustre-client-matrix.html
    assert files["fileSystemTypeVersion"] == "2.15"
    assert files["metadataConfiguration"] == {"mode": "AUTOMATIC"}
    assert files["kmsKeyId"] == ref("prod-aws-key.arn")
    # One id as text: FSx for Lustre stands in one subnet.
    assert files["subnetIds"] == ref("prod-aws-train-use1-az2-subnet.id")
    assert files["securityGroupIds"] == [FILES_GROUP]
    assert "efaEnabled" not in files


def test_lustre_waits_for_the_rules_between_its_servers(cluster: Resources) -> None:
    # CreateFileSystem: "do not permit Lustre LNET network traffic on port 988"
    waits = set(cluster["prod-aws-scratch-files"].depends_on)
    assert {f"prod-aws-scratch-servers-{port}-{way}" for port in (988, 1018) for way in ("in", "out")} <= waits


def test_a_linked_file_system_has_no_backups_and_one_without_a_link_has() -> None:
    # "Backups cannot be enabled on S3-linked file systems":
    # https://docs.aws.amazon.com/fsx/latest/APIReference/API_DeleteFileSystem.html
    linked = resources_of_plan(make_plan()).inputs("prod-aws-scratch-files")
    assert linked["skipFinalBackup"] is True
    assert "copyTagsToBackups" not in linked
    alone = resources_of_plan(make_plan(storage=(make_lustre(bucket=None),)))
    assert alone.inputs("prod-aws-scratch-files")["skipFinalBackup"] is False
    # Another value of it replaces the file system (terraform-provider-aws, fsx_lustre_file_system: ForceNew), so that
    # linking and unlinking must not touch it.
    assert "copyTagsToBackups" not in linked | alone.inputs("prod-aws-scratch-files")
    assert "prod-aws-scratch-link" not in alone


def test_a_link_carries_changes_both_ways_and_cutting_it_loses_nothing(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/create-dra-linked-data-repo.html
    link = cluster.inputs("prod-aws-scratch-link")
    assert link["fileSystemId"] == ref("prod-aws-scratch-files.id")
    assert link["dataRepositoryPath"] == {"join": ["s3://", ref("prod-aws-checkpoints-bucket.bucket")]}
    assert link["fileSystemPath"].startswith("/")
    events = {"events": ["NEW", "CHANGED", "DELETED"]}
    assert link["s3"] == {"autoImportPolicy": events, "autoExportPolicy": events}
    assert link["deleteDataInFilesystem"] is False


def test_a_bucket_of_another_stack_is_linked_by_its_url() -> None:
    resources = resources_of_plan(make_plan(storage=(make_lustre(bucket=None, bucket_url="s3://theirs/data"),)))
    assert resources.inputs("prod-aws-scratch-link")["dataRepositoryPath"] == "s3://theirs/data"
    assert resources.inputs("prod-aws-scratch-files")["skipFinalBackup"] is True


def test_a_bucket_is_closed_encrypted_versioned_and_tidy(cluster: Resources) -> None:
    bucket = cluster["prod-aws-checkpoints-bucket"]
    assert bucket.inputs["forceDestroy"] is False
    closed = cluster.inputs("prod-aws-checkpoints-bucket-access")
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    settings = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [closed[setting] for setting in settings] == [True] * 4
    (encryption,) = cluster.inputs("prod-aws-checkpoints-bucket-encryption")["rules"]
    assert encryption["bucketKeyEnabled"] is True
    assert encryption["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": ref("prod-aws-key.arn"),
    }
    versions = cluster.inputs("prod-aws-checkpoints-bucket-versioning")
    assert versions["versioningConfiguration"] == {"status": "Enabled"}
    unfinished, old = cluster.inputs("prod-aws-checkpoints-bucket-lifecycle")["rules"]
    assert unfinished["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert old["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert {unfinished["status"], old["status"]} == {"Enabled"}
    assert all(part.inputs["bucket"] == ref("prod-aws-checkpoints-bucket.id") for part in bucket_parts(cluster))


def bucket_parts(resources: Resources) -> list[Any]:
    parts = [one for one in resources.all if one.name.startswith("prod-aws-checkpoints-bucket-")]
    assert len(parts) == 5
    return parts


def test_a_bucket_refuses_plain_http(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    deny = statements(cluster.inputs("prod-aws-checkpoints-bucket-policy")["policy"])["TlsOnly"]
    assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", "s3:*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert deny["Resource"] == ["${prod-aws-checkpoints-bucket.arn}", "${prod-aws-checkpoints-bucket.arn}/*"]


SHARED = SharedFileSystem(
    name="home",
    kind="shared",
    asked_gib=None,
    given_gib=None,
    price=None,
    subnets=("system-use1-az1", "system-use1-az2"),
)


def test_shared_files_are_encrypted_and_reached_by_nfs_from_the_nodes_only() -> None:
    # https://docs.aws.amazon.com/efs/latest/ug/network-access.html
    resources = resources_of_plan(make_plan(storage=(SHARED,)))
    files = resources.inputs("prod-aws-home-files")
    assert (files["encrypted"], files["throughputMode"]) == (True, "elastic")
    assert files["kmsKeyId"] == ref("prod-aws-key.arn")
    group = ref("prod-aws-home-files-group.id")
    assert rules(resources, IN, group) == [("tcp", 2049, 2049, CLUSTER_GROUP)]
    assert rules(resources, OUT, group) == []
    mounts = resources.of("efs/mountTarget:MountTarget")
    assert [mount.inputs["subnetId"] for mount in mounts] == [
        ref("prod-aws-system-use1-az1-subnet.id"),
        ref("prod-aws-system-use1-az2-subnet.id"),
    ]
    assert [mount.inputs["securityGroups"] for mount in mounts] == [[group], [group]]


@pytest.mark.parametrize("protect", [True, False])
def test_what_holds_data_is_kept_where_the_plan_protects_it(protect: bool) -> None:
    resources = resources_of_plan(make_plan(protect=protect, storage=(make_lustre(), make_bucket(), SHARED)))
    for name in ("prod-aws-scratch-files", "prod-aws-checkpoints-bucket", "prod-aws-home-files"):
        assert (resources[name].protect, resources[name].retain_on_delete) == (protect, protect)


def budget(plan: BudgetPlan) -> Resources:
    return resources_of_plan(make_plan(budget=plan))


def test_aws_watches_the_monthly_ceiling_of_this_stack(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
    watched = cluster.inputs("prod-aws-monthly-budget")
    assert (watched["budgetType"], watched["timeUnit"]) == ("COST", "MONTHLY")
    assert (watched["limitAmount"], watched["limitUnit"]) == ("150000", "USD")
    assert watched["costFilters"] == [{"name": "TagKeyValue", "values": ["user:gpu-fleet:stack$prod-aws"]}]


def test_people_are_told_at_half_at_four_fifths_at_the_ceiling_and_when_it_is_foreseen(cluster: Resources) -> None:
    notices = cluster.inputs("prod-aws-monthly-budget")["notifications"]
    assert [(one["notificationType"], one["threshold"]) for one in notices] == [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    for one in notices:
        assert (one["comparisonOperator"], one["thresholdType"]) == ("GREATER_THAN", "PERCENTAGE")
        assert one["subscriberEmailAddresses"] == ["ml@example.com"]


def test_without_addresses_nobody_is_told_and_without_a_ceiling_nothing_is_watched() -> None:
    none = BudgetPlan(usd_per_month=None, usd_per_hour=None, usd_per_gpu_hour=None, alerts=("ml@example.com",))
    assert budget(none).of("budgets/budget:Budget") == []
    silent = BudgetPlan(usd_per_month=Decimal("1E+5"), usd_per_hour=None, usd_per_gpu_hour=None, alerts=())
    watched = budget(silent).inputs("prod-aws-monthly-budget")
    assert "notifications" not in watched
    assert watched["limitAmount"] == "100000"
