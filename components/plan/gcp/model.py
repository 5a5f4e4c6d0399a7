"""The plan of a cluster on Google Cloud: the shared plan, and what only Google Cloud asks for.

Words in capitals (`SPECIFIC_RESERVATION`, `NO_SCHEDULE`) are the API's own. Names of networks and subnets are parts of
logical names; Pulumi makes the physical ones of those, so that a new network can come before the old one goes.
"""

from __future__ import annotations

from collections.abc import Mapping

from components.plan.model import ClusterPlan, NodeCount, PoolPlan, RungPlan, StoragePlan, SystemPlan
from components.records import record


@record(kw_only=True)
class NicSubnet:
    """A subnet of an additional network; `cidr` is empty where Google Cloud has made the subnet beforehand.

    `pod_network` is the name of the Kubernetes `Network` object of the interfaces in it (`vpc1`, `rdma-0`), unique in
    the cluster.
    """

    name: str  # `train-gpu-3`, `train-rdma-b-0`
    cidr: str
    pod_network: str = ""


@record(kw_only=True)
class NicNetwork:
    """A VPC that carries additional interfaces of a pool's nodes: one for each TCPX or TCPXO interface, one for all RDMA.

    `mtu` in bytes. `profile` is the name of the zonal network profile (`us-central1-b-vpc-roce`) of an RDMA network,
    which takes no firewall rule. `firewall_sources` are the ranges that its firewall lets in; empty: no rule. `pool` is
    the pool whose nodes it joins, and `zone` the one zone that it serves, or empty where it serves the whole region.
    """

    name: str
    mtu: int
    profile: str | None
    subnets: tuple[NicSubnet, ...]
    firewall_sources: tuple[str, ...]
    pool: str = ""
    zone: str = ""


@record(kw_only=True)
class GcpNetwork:
    """The VPC of the cluster, its one subnet with the ranges of pods and services, the way out, and other VPCs.

    With `vpc` and `subnet` (names or self links) the network exists and nothing of it is made; GKE then makes the
    secondary ranges itself, from `pods_cidr` and `services_cidr`.
    """

    vpc: str | None
    subnet: str | None
    cidr: str
    pods_cidr: str
    services_cidr: str
    mtu: int
    nat: bool
    private_services_cidr: str | None  # for private services access: Lustre, Filestore; None: nothing asks for it
    nic_networks: tuple[NicNetwork, ...]  # of every pool


@record(kw_only=True)
class Interface:
    """One additional interface of a node, in the order in which the node gets them: its network and subnet by name.

    `pod_network` is the name of the Kubernetes `Network` object by which pods ask for it (`vpc1`, `rdma-0`).
    """

    network: str
    subnet: str
    pod_network: str
    device_mode: str  # NetDevice | RDMA


@record(kw_only=True)
class ReservationUse:
    """Which reservation the nodes consume: `type` as the API has it; `values` name it where it is a specific one."""

    type: str  # NO_RESERVATION | SPECIFIC_RESERVATION
    values: tuple[str, ...] = ()


@record(kw_only=True)
class NodePool:
    """What one node pool says. A rung has several where a slice or an NVLink domain is a pool of its own.

    Counts are per zone: the pool has `per_zone` x the number of `zones` nodes. `name` is the physical name and ends in a
    hash of what the provider would replace, or silently ignore, when edited. What a plain machine has not is the default.
    """

    role: str  # part of the logical name: `train-reservation`, `train-reservation-2`, `system`
    name: str
    zones: tuple[str, ...]
    min_per_zone: int
    desired_per_zone: int
    max_per_zone: int
    autoscaled: bool  # the cluster autoscaler moves the size; bounds are then those of the whole pool
    machine_type: str
    guest_accelerator: str | None = None  # `nvidia-h100-mega-80gb`; None: a TPU or a plain machine
    guest_accelerator_count: int = 0
    driver_version: str | None = None  # DEFAULT | LATEST | INSTALLATION_DISABLED; None without a GPU
    partition_size: str | None = None  # MIG profile
    time_slices: int | None = None
    disk_type: str
    disk_gib: int
    local_ssds: int = 0  # 0: none, or the API's own count where `local_ssd_use` is None
    local_ssd_use: str | None = None  # ephemeral | block | None
    capacity: str  # standard | spot | flex-start
    queued: bool = False  # queued provisioning, with flex-start
    max_run_seconds: int | None = None
    reservation: ReservationUse
    compact: bool = False  # a COMPACT placement policy of the pool's own
    tpu_topology: str | None = None  # multi-host slice: 4x4
    workload_topology: str | None = None  # NVLink domain: 1x72, by a workload policy
    max_pods: int
    interfaces: tuple[Interface, ...] = ()
    accelerator_network_profile: str | None = None  # auto: DRANET
    fast_socket: bool = False
    secure_boot: bool
    auto_repair: bool
    max_surge: int
    max_unavailable: int
    image_type: str
    version: str | None = None  # of the nodes; None: the cluster's
    labels: Mapping[str, str]
    taints: tuple[tuple[str, str, str], ...]  # key, value, effect as GKE spells it (NO_SCHEDULE)

    @property
    def nodes_desired(self) -> int:
        return self.desired_per_zone * len(self.zones)

    @property
    def nodes_max(self) -> int:
        return self.max_per_zone * len(self.zones)

    @property
    def nodes(self) -> NodeCount:
        """In all zones together."""
        zones = len(self.zones)
        return NodeCount(
            min=self.min_per_zone * zones, desired=self.desired_per_zone * zones, max=self.max_per_zone * zones
        )


@record(kw_only=True)
class GcpRung(RungPlan):
    groups: tuple[NodePool, ...]

    @property
    def node_groups(self) -> tuple[tuple[str, NodeCount], ...]:
        return tuple((group.role, group.nodes) for group in self.groups)


@record(kw_only=True)
class GcpPool(PoolPlan):
    """`nodes` are as given; `nodes_asked` where rounding up to zones and slices made more of them than were asked."""

    rungs: tuple[GcpRung, ...]
    nodes_asked: NodeCount | None = None


@record(kw_only=True)
class GcpSystem(SystemPlan):
    group: NodePool


@record(kw_only=True)
class Lustre(StoragePlan):
    """A Managed Lustre instance; throughput in MB/s per TiB. It has no lasting link to a bucket: data is moved by jobs."""

    zone: str
    filesystem: str
    throughput: int
    throughput_asked: int | None
    bucket: str | None  # name of the object storage of this spec that it imports from
    bucket_url: str | None  # gs://… where the bucket is not of this stack


@record(kw_only=True)
class Bucket(StoragePlan):
    """A Cloud Storage bucket: uniform access, closed to the public, encrypted with the cluster's key."""

    location: str
    hierarchical: bool
    soft_delete_days: int


@record(kw_only=True)
class Filestore(StoragePlan):
    """A Filestore instance; `location` is a zone, or the region for the tiers that span it."""

    tier: str
    location: str
    share: str


@record(kw_only=True)
class GcpAccess:
    """Who may enter, and from where. The DNS endpoint is guarded by IAM and needs no bastion."""

    public: bool
    dns_endpoint: bool
    allowed_cidrs: tuple[str, ...]
    admins: tuple[str, ...]  # IAM principals: group:…, user:…, serviceAccount:…


@record(kw_only=True)
class Maintenance:
    """A weekly window (RFC 3339 start and end of the first one, RFC 5545 recurrence) and whether upgrades are held.

    `hold_upgrades`: no minor and no node upgrade until the version's end of support, so that none ends a training run.
    """

    start: str
    end: str
    recurrence: str
    hold_upgrades: bool
    hold_from: str


@record(kw_only=True)
class GcpClusterPlan(ClusterPlan):
    project: str | None  # the same as `account`
    location: str  # region: the control plane is regional
    labels: Mapping[str, str]  # the tags as Google Cloud takes them: lower case, no dots
    machine_labels: Mapping[str, str]  # what nodes and disks carry: without the expiry
    system: GcpSystem
    pools: tuple[GcpPool, ...]
    storage: tuple[StoragePlan, ...]
    network: GcpNetwork
    access: GcpAccess
    key: str | None  # full name of a KMS key; None: a key of the cluster's own
    services: tuple[str, ...]  # APIs that are enabled, and kept on destroy: container.googleapis.com
    channel: str  # RAPID | REGULAR | STABLE | EXTENDED
    min_master_version: str  # 1.35, or the floor with its patch: 1.34.1-gke.1829001
    multi_networking: bool
    pod_networks: str  # none | objects (Network and GKENetworkParamSet) | dranet
    maintenance: Maintenance
    csi_drivers: tuple[str, ...]  # gcs-fuse | lustre | filestore
    billing_account: str | None  # None: no budget is made
    log_retention_days: int

    @property
    def support_type(self) -> str:
        """`EXTENDED` where the channel has versions in paid extended support, else `STANDARD`."""
        return "EXTENDED" if self.channel == "EXTENDED" else "STANDARD"
