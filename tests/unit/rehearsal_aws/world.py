"""A whole small cluster, hand-written: what each refusal's test breaks in one place."""

from __future__ import annotations

import json
from typing import Any

from scripts.rehearsal.model import Resource
from tests.unit.rehearsal_aws.simulated import ACCOUNT, REGION, Cloud

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
TABLE, ROUTE = "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GATEWAY, NAT, EIP = "aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ROLE, ATTACHMENT = "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE, PROFILE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/instanceProfile:InstanceProfile"
POLICY, OIDC = "aws:iam/policy:Policy", "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
KEY, ALIAS, LOGS = "aws:kms/key:Key", "aws:kms/alias:Alias", "aws:cloudwatch/logGroup:LogGroup"
CLUSTER, ADDON, NODES = "aws:eks/cluster:Cluster", "aws:eks/addon:Addon", "aws:eks/nodeGroup:NodeGroup"
ENTRY, ACCESS = "aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
TEMPLATE, PLACEMENT = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/placementGroup:PlacementGroup"
RESERVATION, SCHEDULE = "aws:ec2/capacityReservation:CapacityReservation", "aws:autoscaling/schedule:Schedule"
BUCKET, BUCKET_POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
CLOSED = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
FILES, MOUNT = "aws:efs/fileSystem:FileSystem", "aws:efs/mountTarget:MountTarget"
LUSTRE, LINK = (
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation",
)
BUDGET = "aws:budgets/budget:Budget"

MACHINE, ZONES = "p5.48xlarge", ("use1-az1", "use1-az2")
CARDS = 32  # network cards of p5.48xlarge, each with one EFA device: EC2 guide, "efa-acc-inst-types"


def trust(service: str, *actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions or ("sts:AssumeRole",))}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def key_policy(account: str = ACCOUNT) -> str:
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    logs = {"Effect": "Allow", "Principal": {"Service": f"logs.{REGION}.amazonaws.com"}, "Action": "kms:*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [root, {**logs, "Resource": "*"}]})


class World:
    """The cluster's parts by name; `made` is filled as far as `build` went."""

    def __init__(self, **settings: Any) -> None:
        self.cloud = Cloud(**settings)
        self.made: dict[str, Resource] = {}

    def __getitem__(self, name: str) -> Resource:
        return self.made[name]

    def id(self, name: str) -> str:
        return self.made[name].id

    def add(self, part: str, type: str, /, **inputs: Any) -> Resource:
        self.made[part] = self.cloud.create(type, part, {k: v for k, v in inputs.items() if v is not None})
        return self.made[part]

    def network(self) -> World:
        self.add("vpc", VPC, cidrBlock="10.0.0.0/16")
        self.add("internet", GATEWAY, vpcId=self.id("vpc"))
        for index, zone in enumerate(ZONES):
            self.subnet(f"system-{index}", f"10.0.{index}.0/24", zone)
        self.subnet("train", "10.0.8.0/22", ZONES[0])
        self.add("table", TABLE, vpcId=self.id("vpc"))
        self.add("address", EIP, domain="vpc")
        self.add("nat", NAT, allocationId=self.id("address"), subnetId=self.id("system-0"))
        way = {"routeTableId": self.id("table"), "destinationCidrBlock": "0.0.0.0/0"}
        self.add("out", ROUTE, **way, natGatewayId=self.id("nat"))
        for subnet in ("system-0", "system-1", "train"):
            self.add(f"{subnet}-way", ASSOCIATION, routeTableId=self.id("table"), subnetId=self.id(subnet))
        self.add("fabric", GROUP, vpcId=self.id("vpc"), description="EFA")
        return self

    def subnet(self, name: str, cidr: str, zone: str) -> Resource:
        return self.add(name, SUBNET, vpcId=self.id("vpc"), cidrBlock=cidr, availabilityZoneId=zone)

    def identity(self) -> World:
        self.add("key", KEY, policy=key_policy(), enableKeyRotation=True)
        self.add("cluster-role", ROLE, assumeRolePolicy=trust("eks.amazonaws.com"))
        self.add("node-role", ROLE, assumeRolePolicy=trust("ec2.amazonaws.com"))
        self.add("pod-role", ROLE, assumeRolePolicy=trust("pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"))
        worker = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
        self.add("worker", ATTACHMENT, role=self["node-role"].outputs["name"], policyArn=worker)
        return self

    def cluster_inputs(self) -> dict[str, Any]:
        return {
            "name": "fleet",
            "version": "1.33",
            "roleArn": self["cluster-role"].outputs["arn"],
            "bootstrapSelfManagedAddons": False,
            "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
            "vpcConfig": {
                "subnetIds": [self.id("system-0"), self.id("system-1")],
                "endpointPrivateAccess": True,
                "endpointPublicAccess": False,
            },
        }

    def cluster(self) -> World:
        self.network().identity()
        self.add("cluster", CLUSTER, **self.cluster_inputs())
        for addon in ("vpc-cni", "kube-proxy"):
            self.add(addon, ADDON, clusterName="fleet", addonName=addon)
        return self

    def interfaces(self) -> list[dict[str, Any]]:
        """Card 0 plain and one EFA-only beside it, one EFA-only on each other card: EC2 guide, "efa-acc-inst-types"."""
        groups = [self["cluster"].outputs["vpcConfig"]["clusterSecurityGroupId"], self.id("fabric")]
        places = [(0, 0, "interface"), (0, 1, "efa-only"), *((card, 0, "efa-only") for card in range(1, CARDS))]
        keys = ("networkCardIndex", "deviceIndex", "interfaceType")
        return [{**dict(zip(keys, place, strict=True)), "securityGroups": groups} for place in places]

    def template_inputs(self) -> dict[str, Any]:
        return {
            "networkInterfaces": self.interfaces(),
            "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
            "updateDefaultVersion": True,
        }

    def nodes_inputs(self, template: str = "template") -> dict[str, Any]:
        version = str(self[template].outputs["latestVersion"])
        return {
            "clusterName": "fleet",
            "nodeGroupName": "train",
            "nodeRoleArn": self["node-role"].outputs["arn"],
            "subnetIds": [self.id("train")],
            "amiType": "AL2023_x86_64_NVIDIA",
            "capacityType": "ON_DEMAND",
            "instanceTypes": [MACHINE],
            "launchTemplate": {"id": self.id(template), "version": version},
            "scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 4},
        }

    def template(self) -> World:
        self.cluster()
        self.add("template", TEMPLATE, **self.template_inputs())
        return self

    def pool(self) -> World:
        self.template()
        self.add("nodes", NODES, **self.nodes_inputs())
        return self

    def lustre_inputs(self) -> dict[str, Any]:
        return {
            "subnetIds": self.id("train"),
            "deploymentType": "PERSISTENT_2",
            "storageType": "SSD",
            "storageCapacity": 2400,
            "perUnitStorageThroughput": 250,
            "fileSystemTypeVersion": "2.15",
            "metadataConfiguration": {"mode": "AUTOMATIC"},
            "securityGroupIds": [self.id("files-group")],
        }

    def doors(self, *, ports: tuple[tuple[int, int], ...] = ((988, 988), (1018, 1023))) -> World:
        """The ports of Lustre between the file system's servers: FSx for Lustre guide, limit-access-security-groups."""
        self.add("files-group", GROUP, vpcId=self.id("vpc"))
        for low, high in ports:
            self.rule_both(f"files-{low}", "files-group", "tcp", low, high)
        return self

    def rule_both(self, name: str, group: str, protocol: str, low: int | None = None, high: int | None = None) -> None:
        id = self.id(group)
        peer = {"securityGroupId": id, "referencedSecurityGroupId": id, "ipProtocol": protocol}
        self.add(f"{name}-in", INGRESS, **peer, fromPort=low, toPort=high)
        self.add(f"{name}-out", EGRESS, **peer, fromPort=low, toPort=high)


def group(world: World, template: dict[str, Any] | None = None, **changes: Any) -> World:
    """A cluster, a template with changes, and a node group with changes that runs by it."""
    world.cluster()
    inputs = {**world.template_inputs(), **(template or {})}
    world.add("template", TEMPLATE, **inputs)
    world.add("nodes", NODES, **{**world.nodes_inputs(), **changes})
    return world


def sized(low: int, asked: int, high: int) -> dict[str, Any]:
    return {"scalingConfig": {"minSize": low, "desiredSize": asked, "maxSize": high}}
