"""The VPC: one subnet with ranges for pods and services, the way out, and Google's own services; or an existing VPC."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from components.plan.gcp.model import GcpNetwork
from components.resources import waiting

PODS, SERVICES = "pods", "services"
"""What the secondary ranges are called."""


class Network(pulumi.ComponentResource):
    """A VPC of the cluster's own, or references to an existing one.

    `name` is what the logical names begin with (the stack, in a whole cluster). In an existing VPC no subnet is made.
    `opts.depends_on` is what all of it waits for: the APIs.
    """

    plan: GcpNetwork
    network_id: pulumi.Output[str]
    subnet_id: pulumi.Output[str]
    ways_out: tuple[pulumi.Resource, ...]
    """Nodes that start before these cannot pull an image."""
    private_services: tuple[pulumi.Resource, ...]
    """The peering that Lustre and Filestore wait for; empty where nothing asks for it."""

    def __init__(
        self,
        name: str,
        network: GcpNetwork,
        *,
        project: pulumi.Input[str],
        region: str,
        labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:Network", f"{name}-network", None, opts)
        self._prefix = name
        self.plan = network
        self._region = region
        self._below = ResourceOptions(parent=self)
        self.ways_out = ()
        if network.vpc is None:
            self._create(waiting(self._below, opts))
        else:
            self.network_id = _full(network.vpc, project, "global/networks")
            self.subnet_id = _full(_existing(network), project, f"regions/{region}/subnetworks")
        self.private_services = self._peering(dict(labels or {}), waiting(self._below, opts))
        self.register_outputs({"network_id": self.network_id, "subnet_id": self.subnet_id})

    def _create(self, own: ResourceOptions) -> None:
        plan = self.plan
        network = gcp.compute.Network(
            f"{self._prefix}-vpc",
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            mtu=plan.mtu,
            opts=own,
        )
        subnet = gcp.compute.Subnetwork(
            f"{self._prefix}-nodes-subnet",
            network=network.id,
            region=self._region,
            ip_cidr_range=plan.cidr,
            # Nodes have no public address: this is how they reach Google's APIs.
            private_ip_google_access=True,
            secondary_ip_ranges=[
                gcp.compute.SubnetworkSecondaryIpRangeArgs(range_name=PODS, ip_cidr_range=plan.pods_cidr),
                gcp.compute.SubnetworkSecondaryIpRangeArgs(range_name=SERVICES, ip_cidr_range=plan.services_cidr),
            ],
            opts=self._below,
        )
        self.network_id, self.subnet_id = network.id, subnet.id
        if plan.nat:
            self.ways_out = (self._nat(network, subnet),)

    def _nat(self, network: gcp.compute.Network, subnet: gcp.compute.Subnetwork) -> gcp.compute.RouterNat:
        router = gcp.compute.Router(f"{self._prefix}-router", network=network.id, region=self._region, opts=self._below)
        return gcp.compute.RouterNat(
            f"{self._prefix}-nat",
            router=router.name,
            region=self._region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[
                gcp.compute.RouterNatSubnetworkArgs(name=subnet.id, source_ip_ranges_to_nats=["ALL_IP_RANGES"])
            ],
            # A node that pulls images for many pods needs more ports than the 64 that each gets otherwise.
            enable_dynamic_port_allocation=True,
            log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
            opts=self._below,
        )

    def _peering(self, labels: Mapping[str, str], own: ResourceOptions) -> tuple[pulumi.Resource, ...]:
        """Private services access: https://cloud.google.com/vpc/docs/configure-private-services-access."""
        cidr = self.plan.private_services_cidr
        if cidr is None:
            return ()
        address, _, bits = cidr.partition("/")
        given = gcp.compute.GlobalAddress(
            f"{self._prefix}-private-services",
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=address,
            prefix_length=int(bits),
            network=self.network_id,
            labels=dict(labels),
            opts=own,
        )
        connection = gcp.servicenetworking.Connection(
            f"{self._prefix}-private-services-connection",
            network=self.network_id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[given.name],
            opts=self._below,
        )
        return (connection,)


def _existing(network: GcpNetwork) -> str:
    if network.subnet is None:
        raise ValueError(f"the existing VPC {network.vpc!r} has no subnet to put nodes in")
    return network.subnet


def _full(given: str, project: pulumi.Input[str], kind: str) -> pulumi.Output[str]:
    """A name, as Lustre and Filestore want it; a link stays as it is, as it may be that of another project."""
    if "/" in given:
        return pulumi.Output.from_input(given)
    return pulumi.Output.concat("projects/", project, f"/{kind}/{given}")
