"""Resources of Google Cloud that someone wrote by hand, each with one thing wrong, and what only the cloud knows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from policies.context import Context
from policies.readers.gcp import subject_from_resources
from policies.settings import Settings
from policies.subject import Subject
from tests.unit.policies.gcp_by_hand import (
    LABELS,
    NET,
    RANGES,
    ROUTER,
    SOUND,
    TPU,
    UNKNOWN,
    bucket,
    by_name,
    cluster,
    disk,
    filestore,
    instance,
    lustre,
    nat,
    one,
    pool,
    public,
    subnet,
    template,
)
from tests.unit.policies.subjects import ON, cost, judged, with_parameters

KEY_ASKED = with_parameters("encryption", require_key=True)
NARROW = {"masterAuthorizedNetworksConfig": RANGES}

# rule, environment, resources, what the message says
REFUSED: list[tuple[str, str, list[dict[str, Any]], str]] = [
    ("no-public-ip", "prod", [public()], r"^the API endpoint of cluster main is open to 0\.0\.0\.0/0"),
    (
        "no-public-ip",
        "prod",
        [public(masterAuthorizedNetworksConfig={"cidrBlocks": [{"cidrBlock": "0.0.0.0/0", "displayName": "all"}]})],
        r"is open to 0\.0\.0\.0/0",
    ),
    (
        "no-public-ip",
        "prod",
        [public(masterAuthorizedNetworksConfig=RANGES | {"gcpPublicCidrsAccessEnabled": True})],
        "is open to every public address of Google Cloud",
    ),
    ("no-public-ip", "prod", [public(masterAuthorizedNetworksConfig=UNKNOWN)], "who may reach it .* is unknown"),
    (
        "no-public-ip",
        "prod",
        [public(masterAuthorizedNetworksConfig={"cidrBlocks": [{"cidrBlock": UNKNOWN}]})],
        "who may reach it .* is unknown",
    ),
    ("no-public-ip", "prod", [cluster(privateClusterConfig=UNKNOWN)], "who may reach it .* is unknown"),
    ("no-public-ip", "prod", [by_name(enableK8sTokensViaDns=True)], "^the DNS endpoint of cluster main, .* is open to"),
    ("no-public-ip", "prod", [by_name(enableK8sCertsViaDns=UNKNOWN)], "^the DNS endpoint .* is unknown"),
    (
        "no-public-ip",
        "prod",
        [pool(networkConfig={"enablePrivateNodes": False})],
        "^node pool workers: nodes get public addresses",
    ),
    ("no-public-ip", "prod", [pool(networkConfig=None)], "^node pool workers: whether nodes get public addresses is"),
    ("no-public-ip", "prod", [pool(networkConfig=UNKNOWN), cluster()], "^node pool workers: whether nodes"),
    (
        "no-public-ip",
        "prod",
        [cluster(privateClusterConfig={"enablePrivateEndpoint": True}), pool(networkConfig=None)],
        "^node pool workers: nodes get public",
    ),
    (
        "no-public-ip",
        "prod",
        [cluster(privateClusterConfig={"enablePrivateEndpoint": True}, removeDefaultNodePool=None)],
        "^cluster main: nodes get public addresses",
    ),
    (
        "no-public-ip",
        "prod",
        [instance(networkInterfaces=[{"accessConfigs": [{}]}])],
        "^instance box: nodes get public addresses",
    ),
    ("no-public-ip", "prod", [instance(networkInterfaces=[{"ipv6AccessConfigs": [{}]}])], "^instance box: nodes get"),
    ("no-public-ip", "prod", [instance(networkInterfaces=UNKNOWN)], "^instance box: whether nodes"),
    ("no-public-ip", "prod", [template(networkInterfaces=[{"accessConfigs": [{}]}])], "^instance template tpl: nodes"),
    ("no-public-ip", "prod", [TPU], "^TPU VM pod: nodes get public addresses"),
    ("encryption", "prod", [cluster(databaseEncryption=None)], "^the secrets of cluster main: nothing says"),
    ("encryption", "prod", [cluster(databaseEncryption={"state": "DECRYPTED"})], "^the secrets of cluster main: noth"),
    ("encryption", "prod", [cluster(databaseEncryption=UNKNOWN)], "^the secrets of cluster main: whether"),
    *(
        ("encryption", "prod", resources, f"^{what} is encrypted with the service's key")
        for what, resources in (
            ("the disks of node pool workers", [pool(config={"bootDiskKmsKey": None})]),
            ("the disks of cluster main", [cluster(removeDefaultNodePool=False)]),
            ("the disks of instance box", [instance(bootDisk={})]),
            ("the disks of instance box", [instance(attachedDisks=[{"source": "other"}])]),
            ("the disks of instance template tpl", [template(disks=[{"autoDelete": True}])]),
            ("the disks of instance template tpl", [template(disks=None)]),
            ("bucket weights", [bucket(encryption=None)]),
            ("Lustre instance fast", [lustre(kmsKey=None)]),
            ("Filestore instance home", [filestore(kmsKeyName=None)]),
            ("disk data", [disk(diskEncryptionKey=None)]),
            ("log bucket logs", [one("logging/projectBucketConfig:ProjectBucketConfig", "logs")]),
        )
    ),
    ("encryption", "prod", [bucket(encryption=UNKNOWN)], "^bucket weights: the key that encrypts it is unknown"),
    ("encryption", "prod", [pool(config=UNKNOWN)], "^the disks of node pool workers: the key that encrypts it is unkn"),
    ("required-tags", "prod", [cluster(resourceLabels=None)], "^cluster main: tags are missing: owner, cost-center"),
    ("required-tags", "prod", [bucket(labels={"owner": "research"})], "^bucket weights: tags are missing: cost-center"),
    ("required-tags", "prod", [lustre(labels=UNKNOWN)], "^Lustre instance fast: the tags are unknown"),
    ("required-tags", "prod", [disk(labels=LABELS | {"owner": UNKNOWN})], "tags are unknown until it exists: owner"),
    (
        "required-tags",
        "prod",
        [pool(config={"resourceLabels": None})],
        "^the nodes and disks of node pool workers: tags are missing: owner, cost-center",
    ),
    ("required-tags", "prod", [pool(config=UNKNOWN)], "^the nodes and disks of node pool workers: the tags are unkno"),
    (
        "required-tags",
        "prod",
        [cluster(removeDefaultNodePool=None)],
        "^the nodes and disks of cluster main: tags are missing",
    ),
    ("nat-egress", "prod", [NET, subnet(privateIpGoogleAccess=None), nat()], "reaches object-storage through NAT"),
    ("nat-egress", "prod", [NET, subnet(privateIpGoogleAccess=UNKNOWN), nat()], "which endpoints .* is unknown"),
    ("nat-egress", "prod", [nat()], "which endpoints it has beside its NAT gateways is unknown"),
    (
        "nat-egress",
        "prod",
        [NET, ROUTER, subnet(privateIpGoogleAccess=False), nat(subnetworks=None)],
        "^the network beside the cluster reaches object-storage through NAT",
    ),
    (
        "control-plane-waste",
        "prod",
        [cluster(releaseChannel={"channel": "EXTENDED"}, minMasterVersion="1.33.4-gke.1036000")],
        r"^cluster main stays on paid extended support: Kubernetes 1\.33 is billed at that price today",
    ),
    (
        "control-plane-waste",
        "prod",
        [cluster(releaseChannel={"channel": "EXTENDED"}, minMasterVersion="latest")],
        "since when its version has it is unknown",
    ),
    ("control-plane-waste", "prod", [cluster(releaseChannel=UNKNOWN)], "is unknown until it exists"),
    ("data-protection-and-teardown", "prod", [bucket() | {"protect": False}], "^bucket weights: not protected"),
    ("data-protection-and-teardown", "prod", [lustre() | {"protect": None}], "whether it is protected .* is unknown"),
    (
        "data-protection-and-teardown",
        "prod",
        [cluster(deletionProtection=False) | {"protect": False}],
        "^cluster main: not protected",
    ),
    ("data-protection-and-teardown", "prod", [bucket(forceDestroy=True)], r"throws away its objects \(forceDestroy\)"),
    ("data-protection-and-teardown", "prod", [bucket(forceDestroy=UNKNOWN)], "throws away its objects"),
    (
        "data-protection-and-teardown",
        "prod",
        [bucket(softDeletePolicy={"retentionDurationSeconds": 0})],
        "throws away what is deleted in it, at once",
    ),
    (
        "data-protection-and-teardown",
        "dev",
        [cluster() | {"protect": False}],  # the provider protects clusters that say nothing
        "^cluster main: protected, where things should be easy",
    ),
    (
        "data-protection-and-teardown",
        "dev",
        [lustre(deletionPolicy="PREVENT") | {"protect": False}],
        "^Lustre instance fast: protected, where",
    ),
]

ACCEPTED: list[tuple[str, str, list[dict[str, Any]]]] = [
    *(
        (rule, "prod", SOUND)
        for rule in (
            "no-public-ip",
            "encryption",
            "required-tags",
            "nat-egress",
            "control-plane-waste",
            "data-protection-and-teardown",
        )
    ),
    ("no-public-ip", "prod", [public(**NARROW)]),
    ("no-public-ip", "prod", [public(masterAuthorizedNetworksConfig={})]),
    ("no-public-ip", "prod", [by_name()]),
    ("no-public-ip", "prod", [public(controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": False}})]),
    ("no-public-ip", "prod", [cluster(), pool(networkConfig=None)]),
    ("no-public-ip", "prod", [cluster(), pool(networkConfig=None, cluster={"ref": "main.name"})]),
    ("no-public-ip", "prod", [instance(networkInterfaces=[{"network": "default", "accessConfigs": []}])]),
    ("nat-egress", "prod", [NET, ROUTER, subnet(), nat(subnetworks=None)]),
    # a subnet of the fabric has no way out, with Google's services or without
    ("nat-egress", "prod", [NET, subnet(), nat(), subnet(privateIpGoogleAccess=None) | {"name": "fabric"}]),
    ("control-plane-waste", "prod", [cluster(releaseChannel=None)]),
    ("data-protection-and-teardown", "prod", [filestore(deletionProtectionEnabled=True) | {"protect": False}]),
    (
        "data-protection-and-teardown",
        "prod",
        [bucket(softDeletePolicy={"retentionDurationSeconds": 0}, versioning={"enabled": True})],
    ),
    ("data-protection-and-teardown", "dev", [cluster(deletionProtection=False) | {"protect": False}]),
]


def read(environment: str, resources: list[dict[str, Any]]) -> Subject:
    made = subject_from_resources(resources, Context(stack="hand", environment=environment), cost(), ON, [])
    return replace(made, planned=True)


def settings(rule: str) -> Settings:
    return KEY_ASKED if rule == "encryption" else Settings()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[3]}")
def test_refuses(case: tuple[str, str, list[dict[str, Any]], str]) -> None:
    rule, environment, resources, message = case
    result, messages = judged(rule, read(environment, resources), settings(rule))
    assert result == "fail"
    assert any(re.search(message, found) for found in messages), messages


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: f"{case[0]}: {len(case[2])}")
def test_accepts(case: tuple[str, str, list[dict[str, Any]]]) -> None:
    rule, environment, resources = case
    assert judged(rule, read(environment, resources), settings(rule)) == ("pass", [])


def test_a_provider_s_default_labels_count_for_resources_but_not_for_nodes() -> None:
    defaults = '{"owner": "research", "cost-center": "4711"}'
    provider = {"type": "pulumi:providers:gcp", "name": "gcp", "inputs": {"defaultLabels": defaults}}
    bare = [provider, cluster(resourceLabels=None), bucket(labels=None), pool(config={"resourceLabels": None})]
    result, (message,) = judged("required-tags", read("prod", bare))
    assert (result, message.split(": tags")[0]) == ("fail", "the nodes and disks of node pool workers")


def test_required_tags_are_looked_for_as_labels_can_be_written() -> None:
    settings = with_parameters("required-tags", keys=["Owner", "Cost-Center"])
    assert judged("required-tags", read("prod", SOUND), settings) == ("pass", [])
    _, (message, *_) = judged(
        "required-tags", read("prod", SOUND), with_parameters("required-tags", keys=["acme.com/Team"])
    )
    assert "tags are missing: acme-com-team" in message
