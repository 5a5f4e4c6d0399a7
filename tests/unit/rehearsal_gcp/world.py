"""A GKE cluster with its network and two pools, part by part."""

from __future__ import annotations

from typing import Any

from tests.support.clouds import Clouds

NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
FIREWALL, ROUTER, NAT = (
    "gcp:compute/firewall:Firewall",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
)
ADDRESS, GLOBAL = "gcp:compute/address:Address", "gcp:compute/globalAddress:GlobalAddress"
POLICY, RESERVATION = "gcp:compute/resourcePolicy:ResourcePolicy", "gcp:compute/reservation:Reservation"
CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
ACCOUNT, BUCKET = "gcp:serviceaccount/account:Account", "gcp:storage/bucket:Bucket"
LUSTRE, PEERING = "gcp:lustre/instance:Instance", "gcp:servicenetworking/connection:Connection"
RING, KEY = "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"

GPU, MACHINE, ZONE = "nvidia-h200-141gb", "a3-ultragpu-8g", "us-central1-b"
ROOT = "projects/p1"


class World(Clouds):
    def __init__(self, **settings: Any) -> None:
        super().__init__("gcp", account="p1", region="us-central1", **{"apis": "*", **settings})

    def network(self) -> World:
        self.make("net", NETWORK, name="net", autoCreateSubnetworks=False, mtu=8896)
        self.subnetwork("sub", "10.0.0.0/20")
        return self

    def subnetwork(self, name: str, cidr: str, **more: Any) -> None:
        ranges = [
            {"rangeName": "pods", "ipCidrRange": "10.64.0.0/14"},
            {"rangeName": "services", "ipCidrRange": "10.32.0.0/20"},
        ]
        given = {"network": self.id("net"), "ipCidrRange": cidr, "secondaryIpRanges": ranges, **more}
        self.make(name, SUBNETWORK, name=name, **given)

    def cluster(self, **more: Any) -> World:
        self.network()
        given = {
            "name": "fleet",
            "location": "us-central1",
            "network": self.id("net"),
            "subnetwork": self.id("sub"),
            "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
            "removeDefaultNodePool": True,
            "initialNodeCount": 1,
            "deletionProtection": False,
        }
        self.make("fleet", CLUSTER, **{**given, **more})
        return self

    def pool(self, name: str = "train", **more: Any) -> None:
        config = {
            "machineType": MACHINE,
            "guestAccelerators": [{"type": GPU, "count": 8}],
            **more.pop("nodeConfig", {}),
        }
        given = {"cluster": self.id("fleet"), "nodeLocations": [ZONE], "nodeCount": 2, "nodeConfig": config}
        self.make(name, POOL, name=name, location="us-central1", **{**given, **more})

    def plain(self, name: str = "system", **more: Any) -> None:
        self.pool(name, nodeConfig={"machineType": "e2-standard-16", "guestAccelerators": None}, **more)
