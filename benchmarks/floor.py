"""The least that a preview can cost: the same SDK modules, and as many resources, bare, under Pulumi's own mocks.

`--hook` imports the SDK as our programs do; `--modules` prints which of its modules were loaded.
"""

import sys

from components import sdk_imports

if "--hook" in sys.argv:
    sdk_imports.install()

import pulumi
import pulumi_aws as aws

RESOURCES = 97  # what `gpufleet preview prod-aws` registers; a test holds it to that
CLASSES = (  # one of each of its SDK modules
    aws.Provider, aws.budgets.Budget, aws.cloudwatch.LogGroup, aws.ec2.Vpc, aws.eks.Cluster, aws.fsx.LustreFileSystem,
    aws.iam.Role, aws.kms.Key, aws.s3.Bucket, aws.vpc.SecurityGroupIngressRule,
)  # fmt: skip


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        return args.name, {}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, object]:
        return {}


@pulumi.runtime.test
def program() -> None:
    for number in range(RESOURCES):
        pulumi.CustomResource(CLASSES[number % len(CLASSES)].pulumi_type, f"resource-{number}", {})


pulumi.runtime.set_mocks(Mocks())
program()
if "--modules" in sys.argv:
    print(*sorted(name for name in sys.modules if name.partition(".")[0] == "pulumi_aws"), sep="\n")
