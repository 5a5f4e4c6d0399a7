"""Which Google Cloud resource types cost nothing by themselves. A type that stands nowhere has a loud line, never a zero."""

from __future__ import annotations

import re

from components.cost.readers.loud import FREE_PREFIXES, ORDERS_OUTSIDE

CLUSTER, NODE_POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
INSTANCE, FROM_TEMPLATE = "gcp:compute/instance:Instance", "gcp:compute/instanceFromTemplate:InstanceFromTemplate"
TEMPLATES = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
MANAGERS = (
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
)
AUTOSCALERS = ("gcp:compute/autoscaler:Autoscaler", "gcp:compute/regionAutoscaler:RegionAutoscaler")
RESERVATION = "gcp:compute/reservation:Reservation"
TPU = "gcp:tpu/v2Vm:V2Vm"
DISK = "gcp:compute/disk:Disk"
NAT = "gcp:compute/routerNat:RouterNat"
ADDRESSES = ("gcp:compute/address:Address", "gcp:compute/globalAddress:GlobalAddress")
KEY = "gcp:kms/cryptoKey:CryptoKey"
BUCKET = "gcp:storage/bucket:Bucket"
LUSTRE = "gcp:lustre/instance:Instance"
FILESTORE = "gcp:filestore/instance:Instance"
LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"

# Types that are read elsewhere in this package, each into lines of its own.
READ = frozenset(
    (
        CLUSTER,
        NODE_POOL,
        INSTANCE,
        FROM_TEMPLATE,
        *TEMPLATES,
        *MANAGERS,
        *AUTOSCALERS,
        RESERVATION,
        TPU,
        DISK,
        NAT,
        *ADDRESSES,
        KEY,
        BUCKET,
        LUSTRE,
        FILESTORE,
        LOG_BUCKET,
    )
)

# No charge of their own. Sources: cloud.google.com/vpc/network-pricing (what is billed: traffic, addresses, NAT, VPN,
# packet mirroring), cloud.google.com/iam/pricing ("no charge"), cloud.google.com/kms/pricing (key versions and
# operations), cloud.google.com/stackdriver/pricing (data), cloud.google.com/billing/docs/how-to/budgets.
_FREE = frozenset(
    {
        "gcp:compute/attachedDisk:AttachedDisk",
        "gcp:compute/firewall:Firewall",
        "gcp:compute/instanceGroup:InstanceGroup",
        "gcp:compute/network:Network",
        "gcp:compute/networkPeering:NetworkPeering",
        "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig",
        "gcp:compute/projectMetadata:ProjectMetadata",
        "gcp:compute/projectMetadataItem:ProjectMetadataItem",
        "gcp:compute/resourcePolicy:ResourcePolicy",
        "gcp:compute/route:Route",
        "gcp:compute/router:Router",
        "gcp:compute/sharedVPCHostProject:SharedVPCHostProject",
        "gcp:compute/sharedVPCServiceProject:SharedVPCServiceProject",
        "gcp:compute/subnetwork:Subnetwork",
        "gcp:kms/keyRing:KeyRing",
        "gcp:logging/metric:Metric",
        "gcp:monitoring/alertPolicy:AlertPolicy",
        "gcp:monitoring/dashboard:Dashboard",
        "gcp:monitoring/notificationChannel:NotificationChannel",
        "gcp:servicenetworking/connection:Connection",
        "gcp:storage/bucketACL:BucketACL",
        "gcp:storage/defaultObjectACL:DefaultObjectACL",
    }
)

# Whole families: IAM, the settings of projects and organisations (APIs, budgets, quotas, tags), service accounts.
_FREE_PREFIXES = (
    "gcp:billing/",
    "gcp:cloudquota/",
    "gcp:iam/",
    "gcp:organizations/",
    "gcp:orgpolicy/",
    "gcp:projects/",
    "gcp:serviceaccount/",
    "gcp:tags/",
    *FREE_PREFIXES,
)

# The rights on anything: `BucketIAMMember`, `CryptoKeyIAMBinding`, `SubnetworkIAMPolicy`.
_RIGHTS = re.compile(r"gcp:\w+/\w+:\w+IAM(?:Member|Binding|Policy|AuditConfig)")

# Objects in a cluster that have machines or other things made for them, by GKE or by a program in it.
_MAKERS = re.compile(
    r"kubernetes:(?:karpenter\.sh/\w+:NodePool|cloud\.google\.com/\w+:ComputeClass"
    r"|[\w.]+\.cnrm\.cloud\.google\.com/\w+:\w+)"
)


def is_free(type_: str) -> bool:
    """Whether a resource of this type is known to cost nothing by itself."""
    if type_ in ORDERS_OUTSIDE or _MAKERS.fullmatch(type_):
        return False
    return type_ in _FREE or type_.startswith(_FREE_PREFIXES) or _RIGHTS.fullmatch(type_) is not None
