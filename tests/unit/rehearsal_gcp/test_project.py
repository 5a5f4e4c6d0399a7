"""What a project lets nobody do: without its API, its agent's rights, or after what Google keeps for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_gcp.world import (
    BUCKET,
    FIREWALL,
    GLOBAL,
    KEY,
    LUSTRE,
    NAT,
    NETWORK,
    PEERING,
    RING,
    ROOT,
    ROUTER,
    SUBNETWORK,
    ZONE,
    World,
)

SERVICE, IDENTITY = "gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity"
GRANT, MEMBER = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "gcp:projects/iAMMember:IAMMember"
FILES, READER = "gcp:filestore/instance:Instance", "gcp:storage/bucketIAMMember:BucketIAMMember"
BUDGET, CHANNEL = "gcp:billing/budget:Budget", "gcp:monitoring/notificationChannel:NotificationChannel"
USES = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


def test_an_api_that_nobody_switched_on() -> None:
    world = World(apis=())
    with pytest.raises(CloudError, match=r"Error 403: Compute Engine API has not been used in project p1 before or it"):
        world.make("net", NETWORK, name="net")
    world.make("api", SERVICE, service="compute.googleapis.com", disableOnDestroy=False)
    world.make("net", NETWORK, name="net")
    world.make("bucket", BUCKET, name="b-1", location="us-central1")  # Storage is on in every project
    world.delete("api")
    world.make("two", NETWORK, name="two")  # it was left on


def test_an_api_that_goes_with_its_resource() -> None:
    world = World(apis=())
    world.make("api", SERVICE, service="compute.googleapis.com", disableOnDestroy=True)
    world.delete("api")
    with pytest.raises(CloudError, match="accessNotConfigured"):
        world.make("net", NETWORK, name="net")


def test_an_agent_has_the_number_of_its_project() -> None:
    world = World(apis=["lustre.googleapis.com"])
    with pytest.raises(CloudError, match=r"Service 'file\.googleapis\.com' is not enabled for consumer 'p1'"):
        world.make("files", IDENTITY, service="file.googleapis.com")
    email = world.make("lustre", IDENTITY, service="lustre.googleapis.com").outputs["email"]
    name, _, domain = email.partition("@")
    assert domain == "gcp-sa-lustre.iam.gserviceaccount.com"
    number = name.removeprefix("service-")
    assert number.isdigit() and len(number) == 12
    bucket = world.make("bucket", BUCKET, name="b-1", location="us-central1")
    assert str(bucket.outputs["projectNumber"]) == number


def test_an_agent_that_nobody_asked_for_gets_no_role() -> None:
    world = World()
    email = world.make("asked", IDENTITY, service="lustre.googleapis.com").outputs["email"]
    world.make("one", MEMBER, project="p1", role="roles/viewer", member=f"serviceAccount:{email}")
    other = email.replace("gcp-sa-lustre", "cloud-filer")
    with pytest.raises(CloudError, match=rf"Service account {other} does not exist"):
        world.make("two", MEMBER, project="p1", role="roles/viewer", member=f"serviceAccount:{other}")
    compute = email.replace("gcp-sa-lustre", "compute-system")  # which is there with its API
    world.make("three", MEMBER, project="p1", role="roles/viewer", member=f"serviceAccount:{compute}")


def test_workload_identities_need_a_cluster_that_has_them() -> None:
    """Google's words: github.com/hashicorp/terraform-provider-google, of grants before a project's first cluster."""
    world = World().cluster()
    world.make("bucket", BUCKET, name="b-1", location="us-central1")
    pool = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p1.svc.id.goog"
    given = {"bucket": "b-1", "role": "roles/storage.objectUser", "member": f"principal://{pool}/subject/ns/a/sa/b"}
    with pytest.raises(CloudError, match=r"Identity Pool does not exist \(p1\.svc\.id\.goog\)"):
        world.make("reader", READER, **given)
    world.edit("fleet", workloadIdentityConfig={"workloadPool": "p1.svc.id.goog"})
    world.make("reader", READER, **given)


def test_key_rings_and_keys_are_never_gone() -> None:
    """Cloud KMS guide, "Cloud KMS resources": neither can be deleted; terraform-provider-google issues 1214 and 7067."""
    world = World()
    ring = world.make("ring", RING, name="ring", location="us-central1")
    key = world.make("key", KEY, name="key", keyRing=ring.id)
    world.delete("key")
    with pytest.raises(CloudError, match=rf"Error 409: CryptoKey {key.id} already exists"):
        world.make("key", KEY, name="key", keyRing=ring.id)
    world.delete("ring")
    assert world.left() == []  # nobody pays for it, and nobody can take it away
    with pytest.raises(CloudError, match=rf"Error 409: KeyRing {ring.id} already exists"):
        world.make("ring", RING, name="ring", location="us-central1")
    world.make("ring", RING, name="ring-2", location="us-central1")


def encrypted(world: World, *agents: str) -> str:
    """A key that these may use."""
    world.make("ring", RING, name="ring", location="us-central1")
    key = world.make("key", KEY, name="key", keyRing=world.id("ring")).id
    for service in agents:
        email = world.make(service, IDENTITY, service=service).outputs["email"]
        world.make(f"{service}-uses", GRANT, cryptoKeyId=key, role=USES, member=f"serviceAccount:{email}")
    return key


ENCRYPTED: dict[str, tuple[str, Callable[[World, str], Any]]] = {
    "a bucket": (
        "storage.googleapis.com",
        lambda w, key: w.make("it", BUCKET, name="b-1", location="eu", encryption={"defaultKmsKeyName": key}),
    ),
    "secrets of a cluster": (
        "container.googleapis.com",
        lambda w, key: w.edit("fleet", databaseEncryption={"state": "ENCRYPTED", "keyName": key}),
    ),
    "boot disks": ("compute.googleapis.com", lambda w, key: w.pool(nodeConfig={"bootDiskKmsKey": key})),
    "a Lustre file system": ("lustre.googleapis.com", lambda w, key: lustre(w, kmsKey=key)),
    "a Filestore share": ("file.googleapis.com", lambda w, key: files(w, kmsKeyName=key)),
}


@pytest.mark.parametrize("what", ENCRYPTED)
def test_a_key_needs_a_grant_to_who_encrypts(what: str) -> None:
    service, make = ENCRYPTED[what]
    other = next(one for one, _ in ENCRYPTED.values() if one != service)
    world = peered()
    with pytest.raises(
        CloudError, match=r"'cloudkms\.cryptoKeyVersions\.useToEncrypt' denied on resource .*keys/key'|cryptoKeys/key'"
    ):
        make(world, encrypted(world, other))
    world = peered()
    make(world, encrypted(world, service))


def peered() -> World:
    world = World().cluster()
    world.make(
        "services",
        GLOBAL,
        name="services",
        purpose="VPC_PEERING",
        address="10.200.0.0",
        prefixLength=20,
        network=world.id("net"),
    )
    world.make(
        "peering",
        PEERING,
        network=world.id("net"),
        service="servicenetworking.googleapis.com",
        reservedPeeringRanges=["services"],
    )
    return world  # fmt: skip


def lustre(world: World, **more: Any) -> Any:
    given = {"instanceId": "scratch", "location": ZONE, "filesystem": "lfs", "capacityGib": "18000"}
    return world.make(
        "scratch", LUSTRE, **{**given, "perUnitStorageThroughput": "500", "network": world.id("net"), **more}
    )


def files(world: World, **more: Any) -> Any:
    shares = {"name": "home", "capacityGb": 1024}
    networks = [{"network": "net", "modes": ["MODE_IPV4"], "connectMode": "PRIVATE_SERVICE_ACCESS"}]
    given = {"name": "home", "location": ZONE, "tier": "ZONAL", "fileShares": shares, "networks": networks}
    return world.make("home", FILES, **{**given, **more})


@pytest.mark.parametrize(
    ("make", "change", "words"),
    [
        # Managed Lustre guide, "Performance tiers": 500 MB/s per TiB comes in steps of 18,000 GiB.
        (lustre, {"capacityGib": "20000"}, "capacity_gib 20000 is invalid for per_unit_storage_throughput 500"),
        (lustre, {"location": "us-central1"}, "Managed Lustre instances are zonal"),
        # Filestore guide, "Service tiers": a zonal instance begins at 1,024 GiB.
        (files, {"fileShares": {"name": "home", "capacityGb": 512}}, "tier ZONAL takes 1024 to"),
        (files, {"tier": "REGIONAL"}, f"Location {ZONE} is not a region, which tier REGIONAL needs"),
    ],
)
def test_sizes_and_places_of_file_systems(make: Callable[..., Any], change: dict[str, Any], words: str) -> None:
    make(peered())
    with pytest.raises(CloudError, match=words):
        make(peered(), **change)


def test_a_lustre_file_system_grows_and_never_shrinks() -> None:
    world = peered()
    lustre(world)
    world.edit("scratch", capacityGib="36000")
    with pytest.raises(CloudError, match="capacity_gib cannot be decreased from 36000 to 18000"):
        world.edit("scratch", capacityGib="18000")


def rdma(**more: Any) -> World:
    world = World()
    profile = f"{ROOT}/global/networkProfiles/{ZONE}-vpc-roce"
    given = {"name": "rdma", "autoCreateSubnetworks": False, "networkProfile": profile}
    world.make("rdma", NETWORK, **{**given, **more})
    return world


NOT_IN_RDMA: dict[str, Callable[[World], Any]] = {
    "firewall rules": lambda w: w.make("it", FIREWALL, name="it", network=w.id("rdma"), allows=[{"protocol": "tcp"}]),
    "Cloud NAT": lambda w: w.make("it", ROUTER, name="it", network=w.id("rdma")),
    "VPC peering": lambda w: w.make(
        "it", GLOBAL, name="it", purpose="VPC_PEERING", address="10.9.0.0", prefixLength=20, network=w.id("rdma")
    ),
}


@pytest.mark.parametrize("feature", NOT_IN_RDMA)
def test_an_rdma_network_takes_no(feature: str) -> None:
    """https://cloud.google.com/vpc/docs/rdma-network-profiles: features that are BLOCKED."""
    with pytest.raises(CloudError, match=f"vpc-roce of network .* does not allow {feature}"):
        NOT_IN_RDMA[feature](rdma())
    NOT_IN_RDMA[feature](rdma(networkProfile=None))


def test_subnets_of_a_metal_network_are_googles() -> None:
    metal = rdma(networkProfile=f"{ROOT}/global/networkProfiles/{ZONE}-vpc-roce-metal")
    given = {"name": "rdma-0", "ipCidrRange": "10.129.0.0/24"}
    rdma().make("plain", NETWORK, name="plain", autoCreateSubnetworks=False)
    with pytest.raises(CloudError, match="does not allow subnetworks"):
        metal.make("rdma-0", SUBNETWORK, **given, network=metal.id("rdma"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"networkProfile": f"global/networkProfiles/{ZONE}-vpc-roce"}, "The URL is malformed"),
        ({"networkProfile": f"{ROOT}/global/networkProfiles/{ZONE}-vpc-rdma"}, "was not found"),
        ({"autoCreateSubnetworks": True}, "Auto mode networks are not allowed"),
    ],
)
def test_a_profile_that_is_none(given: dict[str, Any], words: str) -> None:
    """github.com/GoogleCloudPlatform/cloud-image-tests/pull/537: a profile is named with its project."""
    with pytest.raises(CloudError, match=words):
        rdma(**given)


def test_a_range_that_something_else_has() -> None:
    world = peered()
    with pytest.raises(
        CloudError, match=r"Requested range 10\.0\.0\.0/20 conflicts with the range of .*subnetworks/sub"
    ):
        world.make("two", GLOBAL, name="two", purpose="VPC_PEERING", address="10.0.0.0", prefixLength=20, network="net")
    with pytest.raises(CloudError, match=r"global address resource .* is already being used by"):
        world.delete("services")


def test_a_subnets_range_grows_and_never_moves() -> None:
    """compute.v1, subnetworks.expandIpCidrRange."""
    world = World().network()
    world.edit("sub", ipCidrRange="10.0.0.0/19")
    with pytest.raises(CloudError, match=r"New range 10\.9\.0\.0/19 must contain the original range 10\.0\.0\.0/19"):
        world.edit("sub", ipCidrRange="10.9.0.0/19")


def test_multi_networking_is_for_good_and_needs_the_second_dataplane() -> None:
    world = World()
    with pytest.raises(CloudError, match=r"requires the cluster to use Dataplane V2"):
        world.cluster(enableMultiNetworking=True)
    world = World().cluster(enableMultiNetworking=True, datapathProvider="ADVANCED_DATAPATH")
    with pytest.raises(CloudError, match="can only be enabled when a cluster is created"):
        world.edit("fleet", enableMultiNetworking=False)


def test_where_alerts_go_is_kept_by_who_sends_them() -> None:
    world = World()
    channel = world.make("ops", CHANNEL, type="email", labels={"email_address": "ops@example.com"})
    rule = {"monitoringNotificationChannels": [channel.id]}
    amount = {"specifiedAmount": {"currencyCode": "USD", "units": "100"}}
    given = {"billingAccount": "A-1", "amount": amount, "allUpdatesRule": rule}
    budget = world.make("budget", BUDGET, **given)
    assert budget.id.startswith("billingAccounts/A-1/budgets/")
    with pytest.raises(CloudError, match="it is in use by billingAccounts/A-1/budgets/"):
        world.delete("ops")
    with pytest.raises(CloudError, match="notFound"):
        gone = {"monitoringNotificationChannels": [f"{ROOT}/notificationChannels/1"]}
        world.make("two", BUDGET, **{**given, "allUpdatesRule": gone})


def test_a_nat_of_no_router() -> None:
    with pytest.raises(CloudError, match="notFound"):
        World().make("nat", NAT, name="nat", router="gone", natIpAllocateOption="AUTO_ONLY", sourceSubnetworkIpRangesToNat="ALL_SUBNETWORKS_ALL_IP_RANGES")  # fmt: skip
