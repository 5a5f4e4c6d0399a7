"""The networks between the nodes: VPCs that carry the additional interfaces of accelerated machines."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from components.plan.gcp.model import NicNetwork
from components.resources import waiting

_PROFILES = "https://www.googleapis.com/compute/v1/projects/"


class Fabric(pulumi.ComponentResource):
    """VPCs of the fabric, with their subnets, and a firewall rule where the plan lets somebody in.

    A VPC with a network profile takes no firewall rule
    (https://cloud.google.com/vpc/docs/rdma-network-profiles), and Google has made the subnets of some profiles
    beforehand. `opts.depends_on` is what the VPCs wait for: the APIs.
    """

    network_names: dict[str, pulumi.Output[str]]
    """Physical names by the network's name in the plan (`train-rdma`)."""
    subnet_names: dict[str, pulumi.Output[str]]
    """Physical names by the subnet's name in the plan (`train-rdma-0`)."""

    def __init__(
        self,
        name: str,
        networks: Sequence[NicNetwork],
        *,
        project: pulumi.Input[str],
        region: str,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:Fabric", f"{name}-fabric", None, opts)
        self._prefix, self._project, self._region = name, project, region
        self._below = ResourceOptions(parent=self)
        self.network_names, self.subnet_names = {}, {}
        for network in networks:
            self._network(network, waiting(self._below, opts))
        self.register_outputs({"network_names": self.network_names, "subnet_names": self.subnet_names})

    def _network(self, plan: NicNetwork, own: ResourceOptions) -> None:
        name = f"{self._prefix}-{plan.name}"
        made = gcp.compute.Network(
            f"{name}-network",
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            mtu=plan.mtu,
            network_profile=None if plan.profile is None else self._profile(plan.profile),
            opts=own,
        )
        self.network_names[plan.name] = made.name
        for place, subnet in enumerate(plan.subnets, 1):
            self.subnet_names[subnet.name] = (
                self._subnet(subnet.name, subnet.cidr, made)
                if subnet.cidr
                else pulumi.Output.concat(f"default-subnet-{place}-", made.name)  # Google's own name for it
            )
        if plan.firewall_sources:
            self._open(name, made, plan.firewall_sources)

    def _profile(self, profile: str) -> pulumi.Output[str]:
        return pulumi.Output.concat(_PROFILES, self._project, f"/global/networkProfiles/{profile}")

    def _subnet(self, name: str, cidr: str, network: gcp.compute.Network) -> pulumi.Output[str]:
        return gcp.compute.Subnetwork(
            f"{self._prefix}-{name}-subnet",
            network=network.id,
            region=self._region,
            ip_cidr_range=cidr,
            opts=self._below,
        ).name

    def _open(self, name: str, network: gcp.compute.Network, sources: Sequence[str]) -> None:
        # GPUDirect over TCP picks its ports freely.
        gcp.compute.Firewall(
            f"{name}-firewall",
            network=network.id,
            direction="INGRESS",
            source_ranges=list(sources),
            allows=[gcp.compute.FirewallAllowArgs(protocol=protocol) for protocol in ("tcp", "udp", "icmp")],
            opts=self._below,
        )
