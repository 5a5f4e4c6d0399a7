"""The VPC: subnets by zone id, the ways out, and endpoints; or an existing VPC, taken as it is."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.rules import ingress, security_group
from components.aws.tags import named
from components.plan.aws.model import AwsNetwork, Endpoint, Subnet

# Where load balancers may be put, for EKS and the AWS Load Balancer Controller.
# https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
_BALANCERS = {"public": "kubernetes.io/role/elb"}
_INTERNAL_BALANCERS = "kubernetes.io/role/internal-elb"


class Network(pulumi.ComponentResource):
    """A VPC of the cluster's own, or references to an existing one.

    `name` is what the logical names begin with (the stack, in a whole cluster). In an existing VPC nothing is created.
    """

    vpc_id: pulumi.Output[str]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    """Ids by the subnet's name in the plan (`train-use1-az2`)."""
    account_id: pulumi.Output[str] | None
    """The account that owns the VPC; None where the VPC existed."""
    ways_out: tuple[pulumi.Resource, ...]
    """Routes and endpoints: nodes that start before these cannot join the cluster."""

    def __init__(
        self,
        name: str,
        network: AwsNetwork,
        *,
        region: str,
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Network", f"{name}-network", None, opts)
        self._prefix = name
        self._plan = network
        self._region = region
        self._tags = dict(tags or {})
        if network.vpc_id is None:
            self._create()
        else:
            self.vpc_id = pulumi.Output.from_input(network.vpc_id)
            self.subnet_ids = {s.name: pulumi.Output.from_input(_existing(s)) for s in network.subnets}
            self.account_id = None
            self.ways_out = ()
        self.register_outputs({"vpc_id": self.vpc_id, "subnet_ids": dict(self.subnet_ids)})

    def _create(self) -> None:
        name = f"{self._prefix}-vpc"
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=self._plan.cidr,
            # Interface endpoints and the private API endpoint are found by private DNS, which needs both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=named(self._tags, name),
            opts=ResourceOptions(parent=self),
        )
        self.vpc_id = vpc.id
        self.account_id = vpc.owner_id
        self._subnets = {subnet.name: self._subnet(subnet) for subnet in self._plan.subnets}
        self.subnet_ids = {subnet: made.id for subnet, made in self._subnets.items()}
        nats = self._nats(self._public())
        tables = {zone: self._private_table(zone) for zone in self._private_zones()}
        routes = [self._default_route(zone, table, nats) for zone, table in tables.items() if nats]
        joined = self._join(tables)
        self.ways_out = (*routes, *joined, *self._endpoints(tables))

    def _subnet(self, subnet: Subnet) -> aws.ec2.Subnet:
        name = f"{self._prefix}-{subnet.name}-subnet"
        balancers = _BALANCERS.get(subnet.role, _INTERNAL_BALANCERS)
        return aws.ec2.Subnet(
            name,
            vpc_id=self.vpc_id,
            cidr_block=subnet.cidr,
            # By id, because the name of a zone means another place in another account.
            availability_zone_id=subnet.zone_id,
            map_public_ip_on_launch=False,
            tags=named(self._tags, name, **{balancers: "1"}),
            opts=ResourceOptions(parent=self),
        )

    def _public(self) -> aws.ec2.InternetGateway | None:
        """The internet gateway and the public subnets' routes; None without public subnets."""
        subnets = self._plan.subnets_of("public")
        if not subnets:
            return None
        below = ResourceOptions(parent=self)
        name = f"{self._prefix}-internet"
        gateway = aws.ec2.InternetGateway(name, vpc_id=self.vpc_id, tags=named(self._tags, name), opts=below)
        table = self._table("public")
        aws.ec2.Route(
            f"{self._prefix}-public-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=below,
        )
        for subnet in subnets:
            self._associate(subnet, table)
        return gateway

    def _nats(self, gateway: aws.ec2.InternetGateway | None) -> dict[str, aws.ec2.NatGateway]:
        """NAT gateways by zone id."""
        return {zone: self._nat(zone, gateway) for zone in self._plan.nat_zones}

    def _nat(self, zone: str, gateway: aws.ec2.InternetGateway | None) -> aws.ec2.NatGateway:
        name = f"{self._prefix}-nat-{zone}"
        # A NAT gateway fails to start while its VPC has no internet gateway.
        opts = ResourceOptions(parent=self, depends_on=[] if gateway is None else [gateway])
        address = aws.ec2.Eip(f"{name}-address", domain="vpc", tags=named(self._tags, f"{name}-address"), opts=opts)
        (public, *_) = self._plan.subnets_of("public", (zone,))
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=self.subnet_ids[public.name],
            tags=named(self._tags, name),
            opts=opts,
        )

    def _private_zones(self) -> list[str]:
        return list(dict.fromkeys(s.zone_id for s in self._plan.subnets if s.role != "public"))

    def _private_table(self, zone: str) -> aws.ec2.RouteTable:
        # One for each zone even with a single NAT gateway: going from one to one per zone then changes routes only.
        return self._table(f"private-{zone}")

    def _table(self, role: str) -> aws.ec2.RouteTable:
        name = f"{self._prefix}-{role}-routes"
        opts = ResourceOptions(parent=self)
        return aws.ec2.RouteTable(name, vpc_id=self.vpc_id, tags=named(self._tags, name), opts=opts)

    def _default_route(
        self, zone: str, table: aws.ec2.RouteTable, nats: Mapping[str, aws.ec2.NatGateway]
    ) -> aws.ec2.Route:
        nat = nats.get(zone) or nats[self._plan.nat_zones[0]]
        return aws.ec2.Route(
            f"{self._prefix}-private-{zone}-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=nat.id,
            opts=ResourceOptions(parent=self),
        )

    def _join(self, tables: Mapping[str, aws.ec2.RouteTable]) -> list[aws.ec2.RouteTableAssociation]:
        return [self._associate(s, tables[s.zone_id]) for s in self._plan.subnets if s.role != "public"]

    def _associate(self, subnet: Subnet, table: aws.ec2.RouteTable) -> aws.ec2.RouteTableAssociation:
        return aws.ec2.RouteTableAssociation(
            f"{self._prefix}-{subnet.name}-association",
            subnet_id=self.subnet_ids[subnet.name],
            route_table_id=table.id,
            opts=ResourceOptions(parent=self),
        )

    def _endpoints(self, tables: Mapping[str, aws.ec2.RouteTable]) -> list[aws.ec2.VpcEndpoint]:
        endpoints = self._plan.endpoints
        gateways = [self._gateway_endpoint(e, tables) for e in endpoints if e.type == "Gateway"]
        interfaces = [e for e in endpoints if e.type == "Interface"]
        if not interfaces:
            return gateways
        group_id = self._endpoint_group().id
        return gateways + [self._interface_endpoint(e, group_id) for e in interfaces]

    def _gateway_endpoint(self, endpoint: Endpoint, tables: Mapping[str, aws.ec2.RouteTable]) -> aws.ec2.VpcEndpoint:
        name = f"{self._prefix}-{endpoint.service}-endpoint"
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._region}.{endpoint.service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables.values()],
            tags=named(self._tags, name),
            opts=ResourceOptions(parent=self),
        )

    def _interface_endpoint(self, endpoint: Endpoint, group_id: pulumi.Output[str]) -> aws.ec2.VpcEndpoint:
        name = f"{self._prefix}-{endpoint.service}-endpoint"
        # The system subnets: an endpoint takes one subnet of a zone, and these are one to a zone.
        subnets = self._plan.subnets_of("system")
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._region}.{endpoint.service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[self.subnet_ids[subnet.name] for subnet in subnets],
            security_group_ids=[group_id],
            tags=named(self._tags, name),
            opts=ResourceOptions(parent=self),
        )

    def _endpoint_group(self) -> aws.ec2.SecurityGroup:
        below = ResourceOptions(parent=self)
        name = f"{self._prefix}-endpoints"
        group = security_group(f"{name}-group", "Interface endpoints", self.vpc_id, self._tags, below)
        # From the VPC's range and not from a group: nodes, pods and whatever else lives there are one client.
        ingress(f"{name}-https", group.id, source_range=self._plan.cidr, ports=(443, 443), tags=self._tags, opts=below)
        return group


def _existing(subnet: Subnet) -> str:
    if subnet.id is None:
        raise ValueError(f"subnet {subnet.name!r} of an existing VPC has no id")
    return subnet.id
