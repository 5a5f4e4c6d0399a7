"""What AWS's API models refuse before anything exists: one good value and one bad, in AWS's words.

Limits: the API references of each service, as botocore ships them; the S3 guide, "Bucket naming rules".
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.rehearsal.aws.limits import TABLE
from scripts.rehearsal.aws.service import BEHAVIOURS, service
from scripts.rehearsal.aws.shapes import shapes
from scripts.rehearsal.model import CloudError, Failure
from tests.unit.rehearsal_aws import world as w
from tests.unit.rehearsal_aws.simulated import Cloud

ENUM = "Member must satisfy enum value set"
PATTERN = "Member must satisfy regular expression pattern"
LONG = "Member must have length less than or equal to"

ROWS: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    (w.CLUSTER, {"name": "a-b_1"}, {"name": "a.b"}, "name", PATTERN),
    (w.CLUSTER, {"name": "a" * 100}, {"name": "a" * 101}, "name", f"{LONG} 100"),
    (
        w.CLUSTER,
        {"enabledClusterLogTypes": ["api"]},
        {"enabledClusterLogTypes": ["all"]},
        "enabledClusterLogTypes[0]",
        ENUM,
    ),
    (
        w.CLUSTER,
        {"accessConfig": {"authenticationMode": "API"}},
        {"accessConfig": {"authenticationMode": "IAM"}},
        "accessConfig.authenticationMode",
        ENUM,
    ),
    (
        w.CLUSTER,
        {"upgradePolicy": {"supportType": "STANDARD"}},
        {"upgradePolicy": {"supportType": "LONG"}},
        "upgradePolicy.supportType",
        ENUM,
    ),
    (w.NODES, {"amiType": "AL2023_x86_64_NVIDIA"}, {"amiType": "AL2023_x86_64_GPU"}, "amiType", ENUM),
    (w.NODES, {"capacityType": "CAPACITY_BLOCK"}, {"capacityType": "BLOCK"}, "capacityType", ENUM),
    (
        w.NODES,
        {"taints": [{"key": "a", "effect": "NO_SCHEDULE"}]},
        {"taints": [{"key": "a", "effect": "NoSchedule"}]},
        "taints[0].effect",
        ENUM,
    ),
    (
        w.NODES,
        {"scalingConfig": {"maxSize": 1}},
        {"scalingConfig": {"maxSize": 0}},
        "scalingConfig.maxSize",
        "Member must have value greater than or equal to 1",
    ),
    (w.NODES, {"labels": {"a" * 63: "b"}}, {"labels": {"a" * 64: "b"}}, "labels", "length less than or equal to 63"),
    (w.NODES, {"nodeGroupName": "a-1"}, {"nodeGroupName": "a/1"}, "nodeGroupName", PATTERN),
    (
        w.ADDON,
        {"resolveConflictsOnUpdate": "PRESERVE"},
        {"resolveConflictsOnUpdate": "KEEP"},
        "resolveConflictsOnUpdate",
        ENUM,
    ),
    (
        w.TEMPLATE,
        {"networkInterfaces": [{"interfaceType": "efa-only"}]},
        {"networkInterfaces": [{"interfaceType": "efa-0"}]},
        "networkInterfaces[0].interfaceType",
        ENUM,
    ),
    (
        w.TEMPLATE,
        {"instanceMarketOptions": {"marketType": "capacity-block"}},
        {"instanceMarketOptions": {"marketType": "block"}},
        "instanceMarketOptions.marketType",
        ENUM,
    ),
    (
        w.TEMPLATE,
        {"blockDeviceMappings": [{"ebs": {"volumeType": "gp3"}}]},
        {"blockDeviceMappings": [{"ebs": {"volumeType": "gp4"}}]},
        "blockDeviceMappings[0].ebs.volumeType",
        ENUM,
    ),
    (
        w.TEMPLATE,
        {"metadataOptions": {"httpTokens": "required"}},
        {"metadataOptions": {"httpTokens": "yes"}},
        "metadataOptions.httpTokens",
        ENUM,
    ),
    (
        w.TEMPLATE,
        {"tagSpecifications": [{"resourceType": "instance"}]},
        {"tagSpecifications": [{"resourceType": "machine"}]},
        "tagSpecifications[0].resourceType",
        ENUM,
    ),
    (w.PLACEMENT, {"strategy": "cluster"}, {"strategy": "close"}, "strategy", ENUM),
    (w.LUSTRE, {"deploymentType": "PERSISTENT_2"}, {"deploymentType": "PERSISTENT_3"}, "deploymentType", ENUM),
    (w.LUSTRE, {"storageType": "SSD"}, {"storageType": "NVME"}, "storageType", ENUM),
    (w.LUSTRE, {"dataCompressionType": "LZ4"}, {"dataCompressionType": "ZSTD"}, "dataCompressionType", ENUM),
    (
        w.LUSTRE,
        {"perUnitStorageThroughput": 1000},
        {"perUnitStorageThroughput": 1001},
        "perUnitStorageThroughput",
        "Member must have value less than or equal to 1000",
    ),
    (
        w.LUSTRE,
        {"weeklyMaintenanceStartTime": "1:05:30"},
        {"weeklyMaintenanceStartTime": "8:05:30"},
        "weeklyMaintenanceStartTime",
        PATTERN,
    ),
    (
        w.LINK,
        {"s3": {"autoImportPolicy": {"events": ["NEW"]}}},
        {"s3": {"autoImportPolicy": {"events": ["MOVED"]}}},
        "s3.autoImportPolicy.events[0]",
        ENUM,
    ),
    (w.ROLE, {"name": "a+=,.@-_"}, {"name": "a b"}, "name", PATTERN),
    (w.ROLE, {"name": "a" * 64}, {"name": "a" * 65}, "name", f"{LONG} 64"),
    (
        w.ROLE,
        {"maxSessionDuration": 3600},
        {"maxSessionDuration": 60},
        "maxSessionDuration",
        "greater than or equal to 3600",
    ),
    (w.LOGS, {"name": "/aws/eks/a/cluster"}, {"name": "/aws eks"}, "name", PATTERN),
    (w.LOGS, {"retentionInDays": 30}, {"retentionInDays": 31}, "retentionInDays", ENUM),
    (w.BUDGET, {"timeUnit": "MONTHLY"}, {"timeUnit": "WEEKLY"}, "timeUnit", ENUM),
    (w.BUDGET, {"limitAmount": "10.5"}, {"limitAmount": "ten"}, "limitAmount", PATTERN),
    (w.BUDGET, {"name": "a" * 100}, {"name": "a" * 101}, "name", f"{LONG} 100"),
    (
        w.BUDGET,
        {"notifications": [{"notificationType": "ACTUAL"}]},
        {"notifications": [{"notificationType": "REAL"}]},
        "notifications[0].notificationType",
        ENUM,
    ),
    (w.KEY, {"keyUsage": "ENCRYPT_DECRYPT"}, {"keyUsage": "ALL"}, "keyUsage", ENUM),
    (w.KEY, {"deletionWindowInDays": 7}, {"deletionWindowInDays": 6}, "deletionWindowInDays", "within 7 and 30 days"),
    (w.ALIAS, {"name": "alias/a"}, {"name": "alias/a b"}, "name", PATTERN),
    (w.FILES, {"throughputMode": "elastic"}, {"throughputMode": "fast"}, "throughputMode", ENUM),
    (w.ENTRY, {"type": "EC2_LINUX"}, {"type": "LINUX"}, "type", ENUM),
    (w.BUCKET, {"bucket": "a-b.c"}, {"bucket": "A-b"}, "bucket", "InvalidBucketName"),
    (w.BUCKET, {"bucket": "a" * 63}, {"bucket": "a" * 64}, "bucket", "InvalidBucketName"),
    (w.BUCKET, {"bucket": "a192.168.1.1"}, {"bucket": "192.168.1.1"}, "bucket", "InvalidBucketName"),
    (w.BUCKET, {"bucket": "axn--b"}, {"bucket": "xn--b"}, "bucket", "InvalidBucketName"),
]


def found(type: str, inputs: dict[str, Any]) -> list[Failure]:
    return list(service().check(type, inputs, Cloud()))


@pytest.mark.parametrize(("type", "good", "bad", "path", "words"), ROWS)
def test_a_limit(type: str, good: dict[str, Any], bad: dict[str, Any], path: str, words: str) -> None:
    assert found(type, good) == []
    (failure,) = found(type, bad)
    assert failure.property == path
    assert words in failure.reason


def test_a_machine_that_the_model_does_not_know_may_exist() -> None:
    assert found(w.TEMPLATE, {"instanceType": "p9-future.48xlarge"}) == []


def test_what_is_not_known_yet_is_not_judged() -> None:
    assert found(w.CLUSTER, {"name": object(), "vpcConfig": object(), "enabledClusterLogTypes": object()}) == []


def test_a_type_without_a_behaviour_fails_by_name() -> None:
    with pytest.raises(CloudError, match="does not know aws:ec2/instance:Instance"):
        found("aws:ec2/instance:Instance", {})


def test_every_row_names_a_shape_and_its_members() -> None:
    for type, rows in TABLE.items():
        assert type in BEHAVIOURS
        for name, shape, _, members in rows:
            known = shapes(name)[shape]
            for member in filter(None, members.values()):
                assert member.lower() in {one.lower() for one in known["members"]}, (type, member)


def test_every_pattern_that_a_row_reaches_is_one_that_python_knows() -> None:
    unknown = set()
    for rows in TABLE.values():
        for name, shape, *_ in rows:
            for pattern in patterns(name, shape, set()):
                try:
                    re.compile(pattern)
                except re.error:
                    unknown.add(pattern)
    # Classes of Unicode are translated; an inline flag in the middle and surrogates are not judged.
    assert all(any(mark in pattern for mark in ("\\p{", "(?i)", "\\uD800")) for pattern in unknown), unknown


def patterns(name: str, shape: str, seen: set[str]) -> list[str]:
    if shape in seen:
        return []
    seen.add(shape)
    model = shapes(name)[shape]
    below = [*model.get("members", {}).values(), *(model[key] for key in ("member", "key", "value") if key in model)]
    mine = [model["pattern"]] if "pattern" in model else []
    return mine + [pattern for one in below for pattern in patterns(name, one["shape"], seen)]


def test_the_models_are_read_when_they_are_needed() -> None:
    code = (
        "import sys; from scripts.rehearsal.aws.service import service; service()\n"
        "from scripts.rehearsal.aws.shapes import shapes\n"
        "assert shapes.cache_info().currsize == 0 and 'botocore' not in sys.modules and 'pulumi_aws' not in sys.modules"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
