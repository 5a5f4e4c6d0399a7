"""Security groups and the rules between them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.tags import named

ALL = "-1"
"""Every protocol; takes no ports."""

Ports = tuple[int, int]


def security_group(
    name: str, description: str, vpc_id: pulumi.Input[str], tags: Mapping[str, str], opts: ResourceOptions
) -> aws.ec2.SecurityGroup:
    """A group without rules."""
    return aws.ec2.SecurityGroup(
        name,
        description=description,
        vpc_id=vpc_id,
        # Rules that name a group keep it from being deleted, also those that others added.
        revoke_rules_on_delete=True,
        tags=named(tags, name),
        opts=opts,
    )


def ingress(
    name: str,
    group: pulumi.Input[str],
    *,
    source: pulumi.Input[str] | None = None,
    source_range: str | None = None,
    protocol: str = "tcp",
    ports: Ports | None = None,
    tags: Mapping[str, str],
    opts: ResourceOptions,
) -> aws.vpc.SecurityGroupIngressRule:
    """Let `source` (a group) or `source_range` into `group`."""
    low, high = ports or (None, None)
    return aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=group,
        referenced_security_group_id=source,
        cidr_ipv4=source_range,
        ip_protocol=protocol,
        from_port=low,
        to_port=high,
        tags=dict(tags),
        opts=opts,
    )


def both_ways(
    name: str,
    group: pulumi.Input[str],
    other: pulumi.Input[str],
    *,
    protocol: str = "tcp",
    ports: Ports | None = None,
    tags: Mapping[str, str],
    opts: ResourceOptions,
) -> tuple[pulumi.Resource, pulumi.Resource]:
    """Let `other` into `group`, and `group` out to `other`: by group id, the only kind of rule that EFA's traffic obeys."""
    low, high = ports or (None, None)
    entry = ingress(f"{name}-in", group, source=other, protocol=protocol, ports=ports, tags=tags, opts=opts)
    leave = aws.vpc.SecurityGroupEgressRule(
        f"{name}-out",
        security_group_id=group,
        referenced_security_group_id=other,
        ip_protocol=protocol,
        from_port=low,
        to_port=high,
        tags=dict(tags),
        opts=opts,
    )
    return entry, leave
