"""Roles, policies, profiles: https://docs.aws.amazon.com/IAM/latest/APIReference/. IAM has no regions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call
from scripts.rehearsal.behaviour import MADE_AT
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import digest, texts

ATTACHMENT, INLINE = "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"
PROFILE, POLICY = "aws:iam/instanceProfile:InstanceProfile", "aws:iam/policy:Policy"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


def _unique(prefix: str, seed: str) -> str:
    """Unique ids of IAM: a prefix for the kind and capital letters or digits, 21 in all (IAM guide, identifiers)."""
    return prefix + digest(seed)[:17].upper()


def _document(call: Call, field: str) -> None:
    try:
        parsed = json.loads(call.text(field))
    except ValueError:
        raise CloudError("MalformedPolicyDocument", "Syntax errors in policy.") from None
    if not isinstance(parsed, dict) or "Statement" not in parsed:
        raise CloudError("MalformedPolicyDocument", "Syntax errors in policy.")


def _taken(call: Call, type: str, kind: str) -> None:
    name = call.text("name")
    for one in call.anywhere(type):
        if one.account == call.account and one.outputs.get("name") == name:
            raise CloudError("EntityAlreadyExists", f"{kind} with name {name} already exists.")


class Role(Behaviour):
    regional = False
    # API reference CreateRole; `forceDetachPolicies` is the provider's.
    defaults: ClassVar[Mapping[str, Any]] = {"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False}

    def verify(self, call: Call) -> None:
        _document(call, "assumeRolePolicy")
        _taken(call, lookup.ROLE, "Role")

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        path = call.text("path", default="/")
        return {
            "arn": call.arn("iam", f"role{path}{id}", region=""),
            "createDate": MADE_AT,
            "uniqueId": _unique("AROA", call.account + id),
        }

    def release(self, call: Call, gone: Resource) -> None:
        attached = [one for one in call.anywhere(ATTACHMENT) if one.inputs.get("role") == gone.id]
        inline = [one for one in call.anywhere(INLINE) if one.inputs.get("role") == gone.id]
        if any(one.inputs.get("role") == gone.id for one in call.anywhere(PROFILE)):
            words = "Cannot delete entity, must remove roles from instance profile first."
            raise CloudError("DeleteConflict", words)
        if gone.inputs.get("forceDetachPolicies"):
            return
        if attached:
            raise CloudError("DeleteConflict", "Cannot delete entity, must detach all policies first.")
        if inline:
            raise CloudError("DeleteConflict", "Cannot delete entity, must delete policies first.")


class Inline(Behaviour):
    tagged, regional = False, False

    def verify(self, call: Call) -> None:
        lookup.role(call, call.text("role"))
        _document(call, "policy")

    def identify(self, call: Call) -> str:
        return f"{call.text('role')}:{call.text('name')}"


class Attachment(Behaviour):
    tagged, regional = False, False

    def verify(self, call: Call) -> None:
        lookup.role(call, call.text("role"))
        arn = call.text("policyArn")
        managed = f"arn:{call.partition}:iam::aws:policy/"
        own = any(one.outputs.get("arn") == arn for one in call.anywhere(POLICY))
        if not arn.startswith(managed) and not own and lookup.outside(call, arn) is None:
            raise CloudError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")

    def identify(self, call: Call) -> str:
        return f"{call.text('role')}/{call.text('policyArn')}"


class Policy(Behaviour):
    regional = False
    # API reference CreatePolicy.
    defaults: ClassVar[Mapping[str, Any]] = {"path": "/"}

    def verify(self, call: Call) -> None:
        _document(call, "policy")
        if call.was is None:
            _taken(call, POLICY, "A policy called")

    def identify(self, call: Call) -> str:
        return call.arn("iam", f"policy{call.text('path', default='/')}{call.text('name')}", region="")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": id, "policyId": _unique("ANPA", id), "attachmentCount": 0}

    def release(self, call: Call, gone: Resource) -> None:
        if any(one.inputs.get("policyArn") == gone.id for one in call.anywhere(ATTACHMENT)):
            raise CloudError("DeleteConflict", "Cannot delete a policy attached to entities.")


class Profile(Behaviour):
    regional = False
    # API reference CreateInstanceProfile.
    defaults: ClassVar[Mapping[str, Any]] = {"path": "/"}

    def verify(self, call: Call) -> None:
        _taken(call, PROFILE, "Instance Profile")
        if call.text("role"):
            lookup.role(call, call.text("role"))

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        arn = call.arn("iam", f"instance-profile{call.text('path', default='/')}{id}", region="")
        return {"arn": arn, "createDate": MADE_AT, "uniqueId": _unique("AIPA", call.account + id)}


class Oidc(Behaviour):
    regional = False
    sets = ("clientIdLists",)

    def verify(self, call: Call) -> None:
        arn = self.identify(call)
        if any(one.id == arn for one in call.anywhere(OIDC)):
            words = f"Provider with url {call.text('url')} already exists."
            raise CloudError("EntityAlreadyExists", words)

    def identify(self, call: Call) -> str:
        return call.arn("iam", f"oidc-provider/{call.text('url').removeprefix('https://')}", region="")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        # API reference CreateOpenIDConnectProvider: IAM finds the thumbprint itself where none is given.
        given = texts(call.inputs, "thumbprintLists")
        return {"arn": id, "thumbprintLists": given or [digest(call.text("url"))[:40]]}


BEHAVIOURS: dict[str, Behaviour] = {
    lookup.ROLE: Role(),
    INLINE: Inline(),
    ATTACHMENT: Attachment(),
    POLICY: Policy(),
    PROFILE: Profile(),
    OIDC: Oidc(),
}
