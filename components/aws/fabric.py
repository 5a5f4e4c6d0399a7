"""What lets the EFA devices of one cluster talk to each other."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions

from components.aws.rules import ALL, both_ways, security_group


class Fabric(pulumi.ComponentResource):
    """The security group that every EFA device carries, on nodes and file systems alike.

    It allows all traffic to and from itself, in both directions by the group's own id: EFA's traffic matches rules that
    name a security group, and no range of addresses, 0.0.0.0/0 included
    (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html, "Prepare an EFA-enabled security group").
    """

    security_group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Fabric", f"{name}-fabric", None, opts)
        tags = dict(tags or {})
        below = ResourceOptions(parent=self)
        group = security_group(f"{name}-fabric-group", "EFA: all traffic between members", vpc_id, tags, below)
        both_ways(f"{name}-fabric", group.id, group.id, protocol=ALL, tags=tags, opts=below)
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": group.id})
