"""The network: subnets by zone id, one or several ways out, endpoints, and an existing VPC left alone."""

from __future__ import annotations

import pulumi
import pytest

from components.aws import Network
from components.plan.aws.model import AwsNetwork, Endpoint, Subnet
from tests.support.aws_plan import make_network, make_plan
from tests.support.aws_resources import Resources, ref, resources_of, resources_of_plan

TAGS = {"owner": "research"}


def network(plan: AwsNetwork) -> Resources:
    return resources_of(lambda: Network("net", plan, region="us-east-1", tags=TAGS))


def test_private_dns_works_in_the_vpc(cluster: Resources) -> None:
    # Private endpoints need both: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
    vpc = cluster.inputs("prod-aws-vpc")
    assert (vpc["enableDnsSupport"], vpc["enableDnsHostnames"]) == (True, True)
    assert vpc["cidrBlock"] == "10.0.0.0/16"


def test_subnets_stand_in_zones_by_id_and_give_no_public_addresses(cluster: Resources) -> None:
    subnets = cluster.of("ec2/subnet:Subnet")
    assert {s.inputs["availabilityZoneId"] for s in subnets} == {"use1-az1", "use1-az2"}
    assert not any("availabilityZone" in s.inputs for s in subnets)
    assert [s.inputs["mapPublicIpOnLaunch"] for s in subnets] == [False] * 4


@pytest.mark.parametrize(
    ("subnet", "tag", "other"),
    [
        ("public-use1-az1", "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"),
        ("system-use1-az2", "kubernetes.io/role/internal-elb", "kubernetes.io/role/elb"),
        ("train-use1-az2", "kubernetes.io/role/internal-elb", "kubernetes.io/role/elb"),
    ],
)
def test_load_balancers_find_their_subnets(cluster: Resources, subnet: str, tag: str, other: str) -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
    tags = cluster.inputs(f"prod-aws-{subnet}-subnet")["tags"]
    assert tags[tag] == "1"
    assert other not in tags


def routes_out(resources: Resources) -> dict[str, str]:
    """NAT gateway by private route table."""
    routes = [route.inputs for route in resources.of("ec2/route:Route") if "natGatewayId" in route.inputs]
    assert {route["destinationCidrBlock"] for route in routes} == {"0.0.0.0/0"}
    return {route["routeTableId"]["ref"]: route["natGatewayId"]["ref"] for route in routes}


def test_one_nat_gateway_serves_every_zone(cluster: Resources) -> None:
    assert routes_out(cluster) == {
        "prod-aws-private-use1-az1-routes.id": "prod-aws-nat-use1-az1.id",
        "prod-aws-private-use1-az2-routes.id": "prod-aws-nat-use1-az1.id",
    }
    nat = cluster["prod-aws-nat-use1-az1"]
    assert nat.inputs["subnetId"] == ref("prod-aws-public-use1-az1-subnet.id")
    assert nat.inputs["allocationId"] == ref("prod-aws-nat-use1-az1-address.id")
    assert "prod-aws-internet" in nat.depends_on


def test_with_a_nat_gateway_in_each_zone_traffic_stays_in_its_zone() -> None:
    plan = make_network(
        nat_zones=("use1-az1", "use1-az2"),
        subnets=(
            *make_network().subnets,
            Subnet(name="public-use1-az2", role="public", zone_id="use1-az2", cidr="10.0.1.0/24"),
        ),
    )
    assert routes_out(network(plan)) == {
        "net-private-use1-az1-routes.id": "net-nat-use1-az1.id",
        "net-private-use1-az2-routes.id": "net-nat-use1-az2.id",
    }


def test_every_subnet_has_the_route_table_of_its_zone_and_role(cluster: Resources) -> None:
    joined = cluster.of("ec2/routeTableAssociation:RouteTableAssociation")
    assert {j.inputs["subnetId"]["ref"]: j.inputs["routeTableId"]["ref"] for j in joined} == {
        "prod-aws-public-use1-az1-subnet.id": "prod-aws-public-routes.id",
        "prod-aws-system-use1-az1-subnet.id": "prod-aws-private-use1-az1-routes.id",
        "prod-aws-system-use1-az2-subnet.id": "prod-aws-private-use1-az2-routes.id",
        "prod-aws-train-use1-az2-subnet.id": "prod-aws-private-use1-az2-routes.id",
    }
    public = cluster.inputs("prod-aws-public-out")
    assert public["gatewayId"] == ref("prod-aws-internet.id")
    assert public["routeTableId"] == ref("prod-aws-public-routes.id")


def test_s3_is_reached_without_nat_from_every_private_table(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
    endpoint = cluster.inputs("prod-aws-s3-endpoint")
    assert endpoint["vpcEndpointType"] == "Gateway"
    assert endpoint["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert endpoint["routeTableIds"] == [
        ref("prod-aws-private-use1-az1-routes.id"),
        ref("prod-aws-private-use1-az2-routes.id"),
    ]


def closed() -> Resources:
    private = tuple(subnet for subnet in make_network().subnets if subnet.role != "public")
    endpoints = (Endpoint(service="s3", type="Gateway"), Endpoint(service="ecr.api", type="Interface"))
    return network(make_network(nat_zones=(), subnets=private, endpoints=endpoints))


def test_a_closed_network_has_interface_endpoints_for_the_vpc_only() -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
    resources = closed()
    endpoint = resources.inputs("net-ecr.api-endpoint")
    assert endpoint["serviceName"] == "com.amazonaws.us-east-1.ecr.api"
    assert endpoint["vpcEndpointType"] == "Interface"
    assert endpoint["privateDnsEnabled"] is True
    # One subnet of a zone: AWS refuses two (DuplicateSubnetsInSameZone), so the pool's subnet is not there.
    assert endpoint["subnetIds"] == [ref("net-system-use1-az1-subnet.id"), ref("net-system-use1-az2-subnet.id")]
    assert endpoint["securityGroupIds"] == [ref("net-endpoints-group.id")]
    (rule,) = resources.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert rule.inputs["securityGroupId"] == ref("net-endpoints-group.id")
    assert (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("tcp", 443, 443)
    assert rule.inputs["cidrIpv4"] == "10.0.0.0/16"


def test_a_closed_network_has_no_way_to_the_internet() -> None:
    resources = closed()
    ways = ("ec2/internetGateway:InternetGateway", "ec2/natGateway:NatGateway", "ec2/eip:Eip", "ec2/route:Route")
    assert [resources.of(way) for way in ways] == [[], [], [], []]


EXISTING = AwsNetwork(
    vpc_id="vpc-0a",
    cidr="",
    services_cidr="172.20.0.0/16",
    subnets=(
        Subnet(name="system-use1-az1", role="system", zone_id="use1-az1", id="subnet-01"),
        Subnet(name="system-use1-az2", role="system", zone_id="use1-az2", id="subnet-02"),
        Subnet(name="train-use1-az2", role="pool", zone_id="use1-az2", id="subnet-03"),
    ),
    nat_zones=(),
    endpoints=(),
)


def test_in_an_existing_vpc_nothing_is_created_and_its_ids_are_used() -> None:
    resources = resources_of_plan(make_plan(network=EXISTING))
    assert [r.name for r in resources.all if r.parent == "prod-aws-network"] == []
    assert resources.inputs("prod-aws-fabric-group")["vpcId"] == "vpc-0a"
    assert resources.inputs("prod-aws-train-on-demand-nodes")["subnetIds"] == ["subnet-03"]
    assert resources.inputs("prod-aws-control-plane")["vpcConfig"]["subnetIds"] == ["subnet-01", "subnet-02"]


def test_an_existing_subnet_without_an_id_is_refused_by_name() -> None:
    nameless = AwsNetwork(
        vpc_id="vpc-0a",
        cidr="",
        services_cidr="172.20.0.0/16",
        subnets=(Subnet(name="system-use1-az1", role="system", zone_id="use1-az1"),),
        nat_zones=(),
        endpoints=(),
    )
    with pytest.raises(ValueError, match="'system-use1-az1' of an existing VPC has no id"):
        network(nameless)


def test_the_network_alone_publishes_ids_by_the_plans_names() -> None:
    def program() -> None:
        made = Network("net", make_network(), region="us-east-1")
        pulumi.export("subnet", made.subnet_ids["train-use1-az2"])
        pulumi.export("vpc", made.vpc_id)

    resources = resources_of(program)
    assert resources.outputs == {"subnet": ref("net-train-use1-az2-subnet.id"), "vpc": ref("net-vpc.id")}
