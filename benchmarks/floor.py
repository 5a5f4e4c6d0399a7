"""The least that a preview of prod-aws costs: the same SDK modules, as many resources, bare, under mocks.

`--hook` imports the SDK with our hook, `--modules` tells which of its modules were loaded.
"""

import sys

from components import sdk_imports

if "--hook" in sys.argv:
    sdk_imports.install()

import pulumi_aws as aws

from benchmarks import bare

RESOURCES = 97  # what `gpufleet preview prod-aws` registers; a test holds it to that
# A resource of each of its SDK modules, with the arguments that it cannot do without.
BARE = (
    aws.Provider, aws.ec2.Vpc, aws.s3.Bucket, aws.kms.Key, aws.cloudwatch.LogGroup,
    lambda name: aws.iam.Role(name, assume_role_policy="{}"),
    lambda name: aws.eks.Addon(name, cluster_name="c", addon_name="a"),
    lambda name: aws.fsx.LustreFileSystem(name, subnet_ids="s"),
    lambda name: aws.budgets.Budget(name, budget_type="COST", time_unit="MONTHLY"),
    lambda name: aws.vpc.SecurityGroupIngressRule(name, security_group_id="g", ip_protocol="-1"),
)  # fmt: skip

bare.run(BARE, RESOURCES, "pulumi_aws")
