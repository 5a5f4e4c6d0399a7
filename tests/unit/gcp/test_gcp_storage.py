"""Buckets and file systems: closed, encrypted, kept, and mounted as the stack tells."""

from __future__ import annotations

import pulumi

from components.gcp import build
from tests.support.gcp_groups import ZONE
from tests.support.gcp_plan import PROJECT, make_bucket, make_filestore, make_lustre, make_plan
from tests.support.gcp_resources import Resources, ref, resources_of, resources_of_plan, text

BUCKET = "prod-gcp-checkpoints-bucket"
NUMBER = "${prod-gcp-container-agent.email|service-*@}"


def test_a_bucket_is_closed_encrypted_and_keeps_what_was_deleted(cluster: Resources) -> None:
    made = cluster.inputs(BUCKET)
    assert (made["uniformBucketLevelAccess"], made["publicAccessPrevention"]) == (True, "enforced")
    assert made["encryption"] == {"defaultKmsKeyName": ref("prod-gcp-key.id")}
    assert made["softDeletePolicy"] == {"retentionDurationSeconds": 7 * 86400}
    assert (made["location"], made["forceDestroy"]) == ("US-CENTRAL1", False)
    assert "prod-gcp-key-storage" in cluster[BUCKET].depends_on


def test_a_bucket_has_folders_where_the_plan_says_so_and_never_versions(cluster: Resources) -> None:
    # The two exclude each other: https://cloud.google.com/storage/docs/hns-overview
    made = cluster.inputs(BUCKET)
    assert made["hierarchicalNamespace"] == {"enabled": True} and "versioning" not in made
    flat = resources_of_plan(make_plan(storage=(make_bucket(hierarchical=False),)))
    assert "hierarchicalNamespace" not in flat.inputs(BUCKET)


def test_parts_of_uploads_that_never_ended_go(cluster: Resources) -> None:
    assert cluster.inputs(BUCKET)["lifecycleRules"] == [
        {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}}
    ]


def test_pods_of_this_cluster_may_use_the_bucket_and_nobody_else(cluster: Resources) -> None:
    # "All Pods in a specific cluster": https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity
    pods = (
        f"principalSet://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/{PROJECT}.svc.id.goog"
        "/kubernetes.cluster/https://container.googleapis.com/v1/${prod-gcp-control-plane.id}"
    )
    lustre = f"serviceAccount:service-{NUMBER}@gcp-sa-lustre.iam.gserviceaccount.com"
    granted = cluster.of("storage/bucketIAMMember:BucketIAMMember")
    assert {(one.inputs["role"], text(one.inputs["member"])) for one in granted} == {
        (role, who)
        for role in ("roles/storage.objectUser", "roles/storage.legacyBucketReader")
        for who in (pods, lustre)
    }
    assert all(one.inputs["bucket"] == ref(f"{BUCKET}.name") for one in granted)


def test_lustre_stands_in_its_zone_with_the_plans_size(cluster: Resources) -> None:
    made = cluster.inputs("prod-gcp-scratch-files")
    assert (made["instanceId"], made["location"], made["filesystem"]) == ("prod-gcp-scratch", ZONE, "scratch")
    # Text, both: lustre.v1, Instance
    assert (made["capacityGib"], made["perUnitStorageThroughput"]) == ("18000", "500")
    assert (made["network"], made["kmsKey"]) == (ref("prod-gcp-vpc.id"), ref("prod-gcp-key.id"))
    assert cluster["prod-gcp-scratch-files"].custom_timeouts["create"] == "90m"


def test_lustres_servers_may_call_their_clients(cluster: Resources) -> None:
    # https://cloud.google.com/managed-lustre/docs/vpc
    rule = cluster.inputs("prod-gcp-lustre-firewall")
    assert (rule["network"], rule["sourceRanges"]) == (ref("prod-gcp-vpc.id"), ["10.0.64.0/20"])
    assert rule["allows"] == [{"protocol": "tcp", "ports": ["988"]}]
    without = resources_of_plan(make_plan(storage=(make_bucket(),)))
    assert "prod-gcp-lustre-firewall" not in without


def test_lustre_without_a_bucket_of_this_stack_gets_no_rights() -> None:
    resources = resources_of_plan(make_plan(storage=(make_lustre(bucket=None, bucket_url="gs://data"),)))
    assert resources.of("storage/bucketIAMMember:BucketIAMMember") == []


def test_filestore_is_reached_by_private_services_and_kept_from_deletion() -> None:
    resources = resources_of_plan(make_plan(storage=(make_filestore(),)))
    made = resources.inputs("prod-gcp-home-files")
    assert (made["tier"], made["location"], made["kmsKeyName"]) == ("ZONAL", ZONE, ref("prod-gcp-key.id"))
    assert made["fileShares"] == {"name": "home", "capacityGb": 1024}
    assert made["networks"] == [
        {"network": ref("prod-gcp-vpc.id"), "modes": ["MODE_IPV4"], "connectMode": "PRIVATE_SERVICE_ACCESS"}
    ]
    assert made["deletionProtectionEnabled"] is True
    assert "prod-gcp-private-services-connection" in resources["prod-gcp-home-files"].depends_on


def test_the_stack_tells_how_to_mount_and_what_things_are_called() -> None:
    def program() -> None:
        outputs = build(make_plan(storage=(make_lustre(), make_bucket(), make_filestore())))
        pulumi.export("storage", dict(outputs.storage))
        mount = outputs.mounts["scratch"]
        pulumi.export("mount", [mount.dns_name, mount.mount_name])

    outputs = resources_of(program).outputs
    assert outputs["storage"] == {
        "checkpoints": ref(f"{BUCKET}.name"),
        "scratch": ref("prod-gcp-scratch-files.id"),
        "home": ref("prod-gcp-home-files.id"),
    }
    # `mount -t lustre <address>@tcp:/<file system>`: https://cloud.google.com/managed-lustre/docs/connect
    assert outputs["mount"] == [ref("prod-gcp-scratch-files.mountPoint|*@"), "scratch"]
