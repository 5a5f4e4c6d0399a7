"""The least that a preview costs: the same SDK modules, as many resources, bare, under mocks (`--hook`, `--modules`)."""

import sys

from components import sdk_imports

if "--hook" in sys.argv:
    sdk_imports.install()

import pulumi
import pulumi_aws as aws

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


class Mocks(pulumi.runtime.Mocks):
    new_resource = staticmethod(lambda args: (args.name, {}))
    call = staticmethod(lambda args: {})


@pulumi.runtime.test
def program() -> None:
    for number in range(RESOURCES):
        BARE[number % len(BARE)](f"resource-{number}")


pulumi.runtime.set_mocks(Mocks())
program()
if "--modules" in sys.argv:
    print(*sorted(name for name in sys.modules if name.partition(".")[0] == "pulumi_aws"), sep="\n")
