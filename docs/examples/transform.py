"""A property that no component asks for: every role gets the organisation's permissions boundary.

`opts` reaches all children of a component, so one transformation says it once. It is the kind that runs inside the program
(`transformations`): it works with the engine and in `gpufleet preview`, which has none.
"""

import pulumi

from components.aws import Identity

config = pulumi.Config()
boundary = config.require("permissionsBoundary")


def with_boundary(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Add the boundary to roles, and leave everything else as it is."""
    if args.type_ != "aws:iam/role:Role":
        return None
    return pulumi.ResourceTransformationResult({**args.props, "permissions_boundary": boundary}, args.opts)


identity = Identity(
    "research",
    cluster_name="research",
    partition="aws",
    region="us-east-1",
    account=config.require("account"),
    tags={"owner": "research"},
    opts=pulumi.ResourceOptions(transformations=[with_boundary]),
)

pulumi.export("node_role", identity.node_role_arn)
