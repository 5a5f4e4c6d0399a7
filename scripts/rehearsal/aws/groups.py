"""Security groups and their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call
from scripts.rehearsal.aws.network import ENDPOINT, INTERFACE, LUSTRE, MOUNT
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, mentions, shuffled, texts

_PEERS = ("referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId")


class Group(Behaviour):
    # API reference CreateSecurityGroup; "Managed by Pulumi" is the provider's. EC2 adds a rule that lets all out, and
    # the provider takes it away again.
    defaults: ClassVar[Mapping[str, Any]] = {
        "description": "Managed by Pulumi",
        "revokeRulesOnDelete": False,
        "ingress": [],
        "egress": [],
    }

    def verify(self, call: Call) -> None:
        vpc_id, name = call.text("vpcId"), call.text("name")
        if vpc_id:
            lookup.vpc(call, vpc_id)
        for one in call.others(lookup.GROUP):
            if name and (one.outputs.get("name"), one.outputs.get("vpcId")) == (name, vpc_id):
                words = f"The security group '{name}' already exists for VPC '{vpc_id}'"
                raise CloudError("InvalidGroup.Duplicate", words)

    def identify(self, call: Call) -> str:
        return call.fresh("sg-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("ec2", f"security-group/{id}"), "ownerId": call.account}

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        """The rules that stand in the group now, whoever made them: `DescribeSecurityGroups` tells all of them."""
        return {
            "ingress": now.inputs.get("ingress") or _rules(call, lookup.INGRESS, now.id),
            "egress": now.inputs.get("egress") or _rules(call, lookup.EGRESS, now.id),
        }

    def release(self, call: Call, gone: Resource) -> None:
        named = any(_named_by_another(one, gone.id) for one in call.others(lookup.INGRESS, lookup.EGRESS))
        worn = any(gone.id in worn_by(one) for one in call.others(ENDPOINT, MOUNT, LUSTRE, INTERFACE, lookup.CLUSTER))
        nodes = any(self._on_nodes(call, one, gone.id) for one in call.others(lookup.NODES))
        if named or worn or nodes or call.existing.setting(f"leaked.{gone.id}"):
            raise CloudError("DependencyViolation", f"resource {gone.id} has a dependent object")

    def _on_nodes(self, call: Call, nodes: Resource, id: str) -> bool:
        """Templates name groups that do not exist; the machines that run by them hold the groups."""
        template = at(nodes.inputs, "launchTemplate", "id")
        found = None if template is None else call.existing.find(str(template), lookup.TEMPLATE)
        return found is not None and mentions(found.inputs, id)


def _rules(call: Call, type: str, id: str) -> list[dict[str, Any]]:
    """A group's rules as its own block has them; EC2 tells -1 as no ports (API reference, IpPermission)."""
    found: list[Any] = []
    for rule in call.others(type):
        given = rule.inputs
        if given.get("securityGroupId") != id:
            continue
        peer, own = given.get("referencedSecurityGroupId"), given.get("referencedSecurityGroupId") == id
        found.append(
            {
                "description": given.get("description") or "",
                "protocol": str(given.get("ipProtocol")),
                "fromPort": given.get("fromPort", 0),
                "toPort": given.get("toPort", 0),
                "cidrBlocks": texts(given, "cidrIpv4"),
                "ipv6CidrBlocks": texts(given, "cidrIpv6"),
                "prefixListIds": texts(given, "prefixListId"),
                "securityGroups": [peer] if peer and not own else [],
                "self": own,
            }
        )
    return shuffled(found)


def _named_by_another(rule: Resource, id: str) -> bool:
    return rule.inputs.get("referencedSecurityGroupId") == id and rule.inputs.get("securityGroupId") != id


def worn_by(one: Resource) -> list[str]:
    """The security groups on the network interfaces that a resource made."""
    paths = (("securityGroupIds",), ("securityGroups",), ("vpcConfig", "securityGroupIds"))
    return [id for path in paths for id in texts(one.inputs, *path)]


class Rule(Behaviour):
    def __init__(self, type: str) -> None:
        self.type = type

    def verify(self, call: Call) -> None:
        lookup.group(call, call.text("securityGroupId"))
        peer = call.text("referencedSecurityGroupId")
        if peer and "/" not in peer:  # with an account before the slash it is somebody else's
            lookup.group(call, peer)
        given = [key for key in _PEERS if call.inputs.get(key)]
        if len(given) != 1:
            words = f"exactly one of {', '.join(_PEERS)} names the peer of a rule, not {len(given)} of them"
            raise CloudError("InvalidParameterCombination", words)
        protocol, ports = call.text("ipProtocol"), ("fromPort" in call.inputs, "toPort" in call.inputs)
        if protocol in ("tcp", "udp", "6", "17") and not all(ports):
            raise CloudError(
                "InvalidParameterValue", "Invalid value for portRange. Must specify both from and to ports"
            )
        if any(_same(one, call.inputs) for one in call.others(self.type)):
            words = f'the specified rule "peer: {call.inputs[given[0]]}, {_ports(call)}, ALLOW" already exists'
            raise CloudError("InvalidPermission.Duplicate", words)

    def identify(self, call: Call) -> str:
        return call.fresh("sgr-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("ec2", f"security-group-rule/{id}"), "securityGroupRuleId": id}


def _same(one: Resource, inputs: Mapping[str, Any]) -> bool:
    keys = ("securityGroupId", "ipProtocol", "fromPort", "toPort", *_PEERS)
    return all(one.inputs.get(key) == inputs.get(key) for key in keys)


def _ports(call: Call) -> str:
    if call.text("ipProtocol") == "-1":
        return "ALL"
    return f"{call.text('ipProtocol').upper()}, from port: {call.text('fromPort')}, to port: {call.text('toPort')}"


def allows(rules: Iterable[Resource], group: str, peers: set[str], ports: tuple[int, int] | None) -> bool:
    """Whether some rule of `group` lets a member of `peers` use all `ports`; None asks for every protocol."""
    return any(
        rule.inputs.get("securityGroupId") == group
        and rule.inputs.get("referencedSecurityGroupId") in peers
        and _covers(rule.inputs, ports)
        for rule in rules
    )


def _covers(rule: Mapping[str, Any], ports: tuple[int, int] | None) -> bool:
    if str(rule.get("ipProtocol")) == "-1":
        return True
    if ports is None or str(rule.get("ipProtocol")) not in ("tcp", "6"):
        return False
    return int(rule.get("fromPort") or 0) <= ports[0] and ports[1] <= int(rule.get("toPort") or 0)


BEHAVIOURS: dict[str, Behaviour] = {
    lookup.GROUP: Group(),
    lookup.INGRESS: Rule(lookup.INGRESS),
    lookup.EGRESS: Rule(lookup.EGRESS),
}
