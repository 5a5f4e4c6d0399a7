"""The plan of a cluster on AWS: the shared plan, and what only AWS asks for.

Names of roles (`system-use1-az1`) are parts of logical names; ids of existing things stand as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from components.plan.model import ClusterPlan, PoolPlan, RungPlan, StoragePlan, SystemPlan
from components.records import record


@record(kw_only=True)
class NetworkInterface:
    """One network interface of a launch template."""

    card: int
    device: int
    type: str  # interface | efa | efa-only


@record(kw_only=True)
class Subnet:
    """A subnet; `id` is set where it exists already (then `cidr` is empty)."""

    name: str  # `public-use1-az1`, `system-use1-az1`, `storage-use1-az2`, `train-use1-az2`
    role: str  # public | system | storage | pool
    zone_id: str
    cidr: str = ""
    id: str | None = None


@record(kw_only=True)
class Endpoint:
    """A VPC endpoint for an AWS service (`s3`, `ecr.api`); type Gateway or Interface."""

    service: str
    type: str


@record(kw_only=True)
class AwsNetwork:
    """The VPC, its subnets, the ways out, and endpoints."""

    vpc_id: str | None  # an existing VPC
    cidr: str
    services_cidr: str
    subnets: tuple[Subnet, ...]
    nat_zones: tuple[str, ...]  # zones with a NAT gateway, in the public subnet of that zone
    endpoints: tuple[Endpoint, ...]

    def subnets_of(self, role: str, zones: tuple[str, ...] = ()) -> tuple[Subnet, ...]:
        return tuple(s for s in self.subnets if s.role == role and (not zones or s.zone_id in zones))


@record(kw_only=True)
class ScheduledSize:
    """A change of a node group's size at a time: once (`at`, RFC 3339 UTC) or by cron (`recurrence`, `timezone`)."""

    name: str
    min: int
    desired: int
    max: int
    at: str | None = None
    recurrence: str | None = None
    timezone: str | None = None


@record(kw_only=True)
class NodeGroup:
    """What the launch template and the managed node group of one rung, or of the system pool, say."""

    subnets: tuple[str, ...]  # names of subnets
    capacity_type: str  # ON_DEMAND | SPOT | CAPACITY_BLOCK
    instance_types: tuple[str, ...]  # on the node group; empty where the template names the type
    template_instance_type: str | None
    market_type: str | None  # capacity-block
    reservation_id: str | None
    reservation_preference: str | None  # open | none | capacity-reservations-only
    placement_group: bool
    ami_type: str
    release_version: str | None
    version: str | None = None  # Kubernetes minor; None: the cluster's at the time the group is made, and no later one
    interfaces: tuple[NetworkInterface, ...]  # empty: one plain interface, made by EKS
    max_pods: int | None  # None: the machine's limits are unknown and EKS decides
    root_disk_gib: int
    user_data: str | None  # MIME multipart text; None: nothing beside what EKS adds
    labels: Mapping[str, str]
    taints: tuple[tuple[str, str, str], ...]  # key, value, effect as EKS spells it (NO_SCHEDULE)
    node_repair: bool
    schedules: tuple[ScheduledSize, ...] = ()


@record(kw_only=True)
class AwsRung(RungPlan):
    group: NodeGroup

    @property
    def raised_on_time(self) -> bool:
        return any(one.at is not None for one in self.group.schedules)


@record(kw_only=True)
class AwsPool(PoolPlan):
    rungs: tuple[AwsRung, ...]


@record(kw_only=True)
class AwsSystem(SystemPlan):
    group: NodeGroup


@record(kw_only=True)
class Lustre(StoragePlan):
    """An FSx for Lustre file system (PERSISTENT_2, SSD); throughput in MB/s per TiB."""

    zone_id: str
    subnet: str  # name of the subnet that it stands in
    deployment_type: str
    storage_type: str
    version: str
    throughput: int
    throughput_asked: int | None
    efa: bool
    bucket: str | None  # name of the object storage of this spec that it is linked to
    bucket_url: str | None  # s3://… where the bucket is not of this stack


@record(kw_only=True)
class Bucket(StoragePlan):
    """An S3 bucket: versioned, encrypted, closed to the public."""


@record(kw_only=True)
class SharedFileSystem(StoragePlan):
    """An EFS file system with a mount target in each zone of `subnets`."""

    subnets: tuple[str, ...]


@record(kw_only=True)
class Addon:
    """An EKS add-on; `version` None leaves the choice to EKS. `role`: the service that pod identity grants it."""

    name: str
    version: str | None
    before_nodes: bool
    service_account: str | None = None
    role: str | None = None  # cni | ebs-csi | fsx-csi | efs-csi | s3-csi
    configuration: Mapping[str, object] | None = None


@record(kw_only=True)
class AwsAccess:
    """Who may enter, and from where."""

    public: bool
    allowed_cidrs: tuple[str, ...]
    admins: tuple[str, ...]


@record(kw_only=True)
class AwsClusterPlan(ClusterPlan):
    partition: str  # aws | aws-us-gov
    # What instances, volumes and interfaces carry: without the expiry, since a new tag there rolls the nodes.
    instance_tags: Mapping[str, str]
    system: AwsSystem
    pools: tuple[AwsPool, ...]
    storage: tuple[StoragePlan, ...]
    network: AwsNetwork
    access: AwsAccess
    key_arn: str | None  # None: a key of the cluster's own
    addons: tuple[Addon, ...]
    support_type: str  # STANDARD | EXTENDED
    log_retention_days: int
    fabric_security_group: bool  # whether any pool or file system speaks EFA
