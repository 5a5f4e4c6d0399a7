"""Which AWS resource types cost nothing by themselves. A type that stands nowhere has a loud line, never a zero."""

from __future__ import annotations

from components.cost.readers.loud import FREE_PREFIXES, ORDERS_OUTSIDE

# Types that are read elsewhere in this package, each into lines of its own.
READ = frozenset(
    {
        "aws:eks/cluster:Cluster",
        "aws:eks/nodeGroup:NodeGroup",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/instance:Instance",
        "aws:autoscaling/group:Group",
        "aws:autoscaling/schedule:Schedule",
        "aws:ec2/capacityReservation:CapacityReservation",
        "aws:ebs/volume:Volume",
        "aws:ec2/volume:Volume",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/eip:Eip",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:kms/key:Key",
        "aws:fsx/lustreFileSystem:LustreFileSystem",
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketV2:BucketV2",
        "aws:efs/fileSystem:FileSystem",
        "aws:cloudwatch/logGroup:LogGroup",
    }
)

# No charge of their own. Sources: aws.amazon.com/vpc/pricing (what is billed: NAT gateways, endpoints, public IPv4
# addresses, IPAM, analysers, peering traffic), aws.amazon.com/iam ("at no additional charge"),
# aws.amazon.com/eks/pricing (clusters, and the resources that nodes and add-ons create),
# aws.amazon.com/ec2/autoscaling/pricing ("no additional charge"), aws.amazon.com/s3/pricing (data and requests),
# aws.amazon.com/aws-cost-management/aws-budgets/pricing (only actions and reports are billed).
_FREE = frozenset(
    {
        "aws:autoscaling/attachment:Attachment",
        "aws:autoscaling/lifecycleHook:LifecycleHook",
        "aws:autoscaling/policy:Policy",
        "aws:autoscaling/tag:Tag",
        "aws:budgets/budget:Budget",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ec2/eipAssociation:EipAssociation",
        "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        "aws:ec2/keyPair:KeyPair",
        "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "aws:ec2/networkAcl:NetworkAcl",
        "aws:ec2/networkAclRule:NetworkAclRule",
        "aws:ec2/networkInterface:NetworkInterface",
        "aws:ec2/placementGroup:PlacementGroup",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/tag:Tag",
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
        "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
        "aws:efs/accessPoint:AccessPoint",
        "aws:efs/backupPolicy:BackupPolicy",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:efs/mountTarget:MountTarget",
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:eks/addon:Addon",
        "aws:eks/identityProviderConfig:IdentityProviderConfig",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation",
        "aws:kms/alias:Alias",
        "aws:kms/grant:Grant",
        "aws:kms/keyPolicy:KeyPolicy",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation",
    }
)

# Whole families: IAM, and the settings of a bucket (`bucketV2` is read above).
_FREE_PREFIXES = ("aws:iam/", "aws:s3/bucket", *FREE_PREFIXES)

# Bucket resources that store or replicate data.
_NOT_FREE = ORDERS_OUTSIDE | {
    "aws:s3/bucketMetric:BucketMetric",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
    "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
    "aws:s3/bucketMetadataConfiguration:BucketMetadataConfiguration",
}


def is_free(type_: str) -> bool:
    """Whether a resource of this type is known to cost nothing by itself."""
    return type_ in _FREE or (type_.startswith(_FREE_PREFIXES) and type_ not in _NOT_FREE)
