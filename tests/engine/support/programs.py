"""Small programs for the engine: a cluster of each cloud, and what runs in it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_azure_native as azure
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

PROJECT, SUBSCRIPTION = "rehearsed", "22222222-2222-2222-2222-222222222222"
ACCELERATOR = {
    "type": "nvidia-h200-141gb",
    "count": 8,
    "gpu_driver_installation_config": {"gpu_driver_version": "LATEST"},
}
CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"  # Network Contributor, a role of Azure's own
WORKER = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"


def on_google_cloud() -> None:
    """A network, a cluster, a plain pool and one with GPUs; in it a namespace with a load balancer and a disk."""
    google = gcp.Provider("google", project=PROJECT, region="us-central1")
    enabled = [
        gcp.projects.Service(
            f"{api}-api",
            service=f"{api}.googleapis.com",
            disable_on_destroy=False,
            opts=pulumi.ResourceOptions(provider=google),
        )
        for api in ("compute", "container", "iam", "storage")
    ]
    here = pulumi.ResourceOptions(provider=google, depends_on=enabled)
    network, subnetwork = _google_network(here)
    nodes = gcp.serviceaccount.Account("nodes", account_id="gke-nodes", opts=here)
    bucket = gcp.storage.Bucket("checkpoints", location="us-central1", uniform_bucket_level_access=True, opts=here)
    gcp.storage.BucketIAMMember(
        "reads", bucket=bucket.name, role="roles/storage.objectUser", member=nodes.member, opts=here
    )
    cluster = gcp.container.Cluster(
        "gke",
        location="us-central1",
        network=network.id,
        subnetwork=subnetwork.id,
        networking_mode="VPC_NATIVE",
        ip_allocation_policy={"cluster_secondary_range_name": "pods", "services_secondary_range_name": "services"},
        datapath_provider="ADVANCED_DATAPATH",
        remove_default_node_pool=True,
        initial_node_count=1,
        release_channel={"channel": "REGULAR"},
        min_master_version="1.34",
        deletion_protection=False,
        opts=here,
    )
    in_cluster(cluster.endpoint, [_google_pools(google, cluster, nodes)])


def _google_network(here: pulumi.ResourceOptions) -> tuple[gcp.compute.Network, gcp.compute.Subnetwork]:
    ranges = [
        {"range_name": "pods", "ip_cidr_range": "10.4.0.0/14"},
        {"range_name": "services", "ip_cidr_range": "10.0.32.0/20"},
    ]
    network = gcp.compute.Network("network", auto_create_subnetworks=False, mtu=8896, opts=here)
    subnetwork = gcp.compute.Subnetwork(
        "subnetwork", network=network.id, ip_cidr_range="192.168.0.0/18", secondary_ip_ranges=ranges, opts=here
    )
    return network, subnetwork


def _google_pools(
    google: gcp.Provider, cluster: gcp.container.Cluster, nodes: gcp.serviceaccount.Account
) -> gcp.container.NodePool:
    """A plain pool, and one with GPUs after it, which is returned."""
    system = gcp.container.NodePool(
        "gke-system",
        cluster=cluster.id,
        location="us-central1",
        autoscaling={"total_min_node_count": 2, "total_max_node_count": 6, "location_policy": "ANY"},
        node_config={"machine_type": "e2-standard-16", "service_account": nodes.email},
        opts=pulumi.ResourceOptions(provider=google),
    )
    config = {"machine_type": "a3-ultragpu-8g", "disk_type": "hyperdisk-balanced", "guest_accelerators": [ACCELERATOR]}
    return gcp.container.NodePool(
        "gke-train",
        cluster=cluster.id,
        location="us-central1",
        node_locations=["us-central1-b"],
        node_count=2,
        node_config={**config, "service_account": nodes.email},
        opts=pulumi.ResourceOptions(provider=google, depends_on=[system]),
    )


def in_cluster(server: pulumi.Output[str], after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
    """A namespace, a Service of type LoadBalancer and a PersistentVolumeClaim, in the cluster of this API server."""
    kubeconfig = server.apply(
        lambda host: json.dumps({"clusters": [{"name": "it", "cluster": {"server": f"https://{host}"}}]})
    )
    provider = kubernetes.Provider("in-cluster", kubeconfig=kubeconfig)
    here = pulumi.ResourceOptions(provider=provider, depends_on=list(after))
    team = kubernetes.core.v1.Namespace("team", opts=here)
    head = {"namespace": team.metadata.name}
    service = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}}
    claim = {"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
    return [
        kubernetes.core.v1.Service("web", metadata={**head, "name": "web"}, spec=service, opts=here),
        kubernetes.core.v1.PersistentVolumeClaim("data", metadata={**head, "name": "data"}, spec=claim, opts=here),
    ]


def on_azure() -> None:
    """A network with its way out, a cluster that acts as an identity, a pool of GPUs and one of spot machines."""
    provider = azure.Provider("azure", subscription_id=SUBSCRIPTION, location="westus3")
    here = pulumi.ResourceOptions(provider=provider)
    name = azure.resources.ResourceGroup("group", opts=here).name
    network, subnet = _azure_network(here, name)
    identity = azure.managedidentity.UserAssignedIdentity("identity", resource_group_name=name, opts=here)
    role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
    joins = {"principal_id": identity.principal_id, "principal_type": "ServicePrincipal", "role_definition_id": role}
    azure.authorization.RoleAssignment("joins", scope=network.id, opts=here, **joins)
    system = {
        "name": "system",
        "mode": "System",
        "count": 3,
        "vm_size": "Standard_D8ds_v5",
        "vnet_subnet_id": subnet.id,
    }
    cluster = azure.containerservice.ManagedCluster(
        "aks",
        resource_group_name=name,
        dns_prefix="aks",
        kubernetes_version="1.34.9",
        identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
        sku={"name": "Base", "tier": "Standard"},
        agent_pool_profiles=[system],
        network_profile={
            "network_plugin": "azure",
            "network_plugin_mode": "overlay",
            "outbound_type": "userAssignedNATGateway",
            "service_cidr": "172.16.0.0/16",
            "dns_service_ip": "172.16.0.10",
        },
        opts=here,
    )
    counted = pulumi.ResourceOptions(provider=provider, ignore_changes=["count"])
    for pool, more in _agent_pools().items():
        given = {"mode": "User", "vnet_subnet_id": subnet.id, **more}
        azure.containerservice.AgentPool(
            pool, resource_group_name=name, resource_name_=cluster.name, opts=counted, **given
        )


def _azure_network(
    here: pulumi.ResourceOptions, group: pulumi.Output[str]
) -> tuple[azure.network.VirtualNetwork, azure.network.Subnet]:
    standard = {"resource_group_name": group, "sku": {"name": "Standard"}, "opts": here}
    address = azure.network.PublicIPAddress("address", public_ip_allocation_method="Static", **standard)
    nat = azure.network.NatGateway("nat", public_ip_addresses=[{"id": address.id}], **standard)
    network = azure.network.VirtualNetwork(
        "vnet", resource_group_name=group, address_space={"address_prefixes": ["10.1.0.0/16"]}, opts=here
    )
    subnet = azure.network.Subnet(
        "aks-nodes",
        resource_group_name=group,
        virtual_network_name=network.name,
        address_prefix="10.1.0.0/20",
        nat_gateway={"id": nat.id},
        opts=here,
    )
    return network, subnet


def _agent_pools() -> dict[str, dict[str, object]]:
    train = {"vm_size": "Standard_ND96isr_H100_v5", "count": 2, "gpu_profile": {"driver": "None"}}
    spot = {
        "vm_size": "Standard_NC24ads_A100_v4",
        "enable_auto_scaling": True,
        "count": 1,
        "min_count": 0,
        "max_count": 4,
        "scale_set_priority": "Spot",
        "node_taints": ["sku=gpu:NoSchedule"],
    }
    return {"train": {**train, "availability_zones": ["1"]}, "spot": spot}


def on_aws(*, objects_first: bool) -> None:
    """An EKS cluster with one node group, and what runs in it.

    The engine takes down first what depends on something else. The objects depend on the nodes, as is right, or with
    `objects_first` false the nodes on the objects.
    """
    home = pulumi.ComponentResource(
        "test:index:Aws", "on-aws", {}, pulumi.ResourceOptions(providers=[aws.Provider("aws", region="us-east-1")])
    )
    here = pulumi.ResourceOptions(parent=home)
    subnets, ways = _aws_network(here)
    roles = {name: aws.iam.Role(name, assume_role_policy=_trust(name), opts=here) for name in ("eks", "ec2")}
    worker = aws.iam.RolePolicyAttachment("worker", role=roles["ec2"].name, policy_arn=WORKER, opts=here)
    cluster = aws.eks.Cluster(
        "eks-cluster",
        role_arn=roles["eks"].arn,
        version="1.33",
        bootstrap_self_managed_addons=False,
        vpc_config={"subnet_ids": [subnet.id for subnet in subnets]},
        opts=here,
    )
    addons = [
        aws.eks.Addon(name, cluster_name=cluster.name, addon_name=name, opts=here) for name in ("vpc-cni", "kube-proxy")
    ]
    server = cluster.endpoint.apply(lambda url: url.removeprefix("https://"))
    objects = [] if objects_first else in_cluster(server, [])
    group = aws.eks.NodeGroup(
        "nodes",
        cluster_name=cluster.name,
        node_role_arn=roles["ec2"].arn,
        subnet_ids=[subnet.id for subnet in subnets],
        instance_types=["m6i.large"],
        scaling_config={"min_size": 1, "desired_size": 1, "max_size": 1},
        opts=pulumi.ResourceOptions(parent=home, depends_on=[worker, *ways, *addons, *objects]),
    )
    if objects_first:
        in_cluster(server, [group])


def _aws_network(here: pulumi.ResourceOptions) -> tuple[list[aws.ec2.Subnet], list[pulumi.Resource]]:
    """Two subnets, and what leads out of them."""
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=here)
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone, opts=here
        )
        for number, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, opts=here)
    table = aws.ec2.RouteTable("table", vpc_id=vpc.id, opts=here)
    out = aws.ec2.Route(
        "out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id, opts=here
    )
    ways = [
        aws.ec2.RouteTableAssociation(f"way-{index}", route_table_id=table.id, subnet_id=subnet.id, opts=here)
        for index, subnet in enumerate(subnets)
    ]
    return subnets, [out, *ways]


def _trust(service: str) -> str:
    allow = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})
