"""Keys, logs and budgets of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call
from scripts.rehearsal.aws.compute import uuid
from scripts.rehearsal.model import CloudError, Resource

ALIAS, KEY_POLICY = "aws:kms/alias:Alias", "aws:kms/keyPolicy:KeyPolicy"
LOGS, BUDGET = "aws:cloudwatch/logGroup:LogGroup", "aws:budgets/budget:Budget"


def _keeps_door(call: Call) -> None:
    """KMS refuses a policy by which nobody could change the policy (KMS guide, "Default key policy")."""
    policy = call.text("policy")
    skipped = bool(call.inputs.get("bypassPolicyLockoutSafetyCheck"))
    if policy and not skipped and f":iam::{call.account}:" not in policy:
        words = "The new key policy will not allow you to update the key policy in the future."
        raise CloudError("MalformedPolicyDocumentException", words)


class Key(Behaviour):
    # API reference CreateKey and KeyMetadata.
    defaults: ClassVar[Mapping[str, Any]] = {
        "description": "",
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "enableKeyRotation": False,
        "multiRegion": False,
        "bypassPolicyLockoutSafetyCheck": False,
    }

    def verify(self, call: Call) -> None:
        _keeps_door(call)

    def identify(self, call: Call) -> str:
        return call.fresh("key-", form=uuid)

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        made: dict[str, Any] = {"arn": call.arn("kms", f"key/{id}"), "keyId": id}
        if call.inputs.get("enableKeyRotation"):
            # API reference EnableKeyRotation: 365 days where nobody chose.
            made["rotationPeriodInDays"] = call.inputs.get("rotationPeriodInDays") or 365
        return made

    def release(self, call: Call, gone: Resource) -> None:
        return None  # ScheduleKeyDeletion never asks who still uses the key


class Alias(Behaviour):
    tagged = False

    def verify(self, call: Call) -> None:
        name = call.text("name")
        if not name.startswith("alias/"):
            words = 'Alias must start with the prefix "alias/". Please see'
            link = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
            raise CloudError("ValidationException", f"{words} {link}")
        if name.startswith("alias/aws/"):
            raise CloudError("NotAuthorizedException", "Alias names that begin with alias/aws/ are reserved.")
        lookup.key(call, call.text("targetKeyId"))
        if any(one.id == name for one in call.others(ALIAS)):
            words = f"An alias with the name {call.arn('kms', name)} already exists"
            raise CloudError("AlreadyExistsException", words)

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        key = lookup.key(call, call.text("targetKeyId"))
        arn = key.outputs["arn"] if key else call.text("targetKeyId")
        return {"arn": call.arn("kms", id), "targetKeyArn": arn}


class KeyPolicy(Behaviour):
    tagged = False

    def verify(self, call: Call) -> None:
        lookup.key(call, call.text("keyId"))
        _keeps_door(call)

    def identify(self, call: Call) -> str:
        return call.text("keyId")


class LogGroup(Behaviour):
    # API reference CreateLogGroup; 0 days is the provider's word for "for ever".
    defaults: ClassVar[Mapping[str, Any]] = {
        "logGroupClass": "STANDARD",
        "retentionInDays": 0,
        "skipDestroy": False,
        "deletionProtectionEnabled": False,
    }

    def verify(self, call: Call) -> None:
        name = call.text("name")
        if any(one.id == name for one in call.others(LOGS)):
            raise CloudError("ResourceAlreadyExistsException", "The specified log group already exists")
        if call.text("kmsKeyId"):
            self._readable(call, name)

    def _readable(self, call: Call, name: str) -> None:
        arn = call.arn("logs", f"log-group:{name}")
        try:
            key = lookup.key(call, call.text("kmsKeyId"))
        except CloudError:
            key, missing = None, True
        else:
            missing = key is not None and f"logs.{call.region}." not in str(key.inputs.get("policy"))
        if missing:
            words = f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
            raise CloudError("InvalidParameterException", words)

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("logs", f"log-group:{id}")}

    def release(self, call: Call, gone: Resource) -> None:
        if gone.outputs.get("deletionProtectionEnabled"):
            raise CloudError("ValidationException", "The log group has deletion protection enabled.")


class Budget(Behaviour):
    regional = False
    # API reference, Budget: the period ends in 2087 where nobody chose; CostTypes: each flag's default.
    defaults: ClassVar[Mapping[str, Any]] = {"timePeriodEnd": "2087-06-15_00:00", "timePeriodStart": "2026-01-01_00:00"}
    costs: ClassVar[Mapping[str, Any]] = {
        "includeCredit": True,
        "includeDiscount": True,
        "includeOtherSubscription": True,
        "includeRecurring": True,
        "includeRefund": True,
        "includeSubscription": True,
        "includeSupport": True,
        "includeTax": True,
        "includeUpfront": True,
        "useAmortized": False,
        "useBlended": False,
    }
    sets = ("costFilters.values", "notifications.subscriberEmailAddresses")

    def verify(self, call: Call) -> None:
        name = call.text("name")
        if any((one.account, one.outputs.get("name")) == (call.account, name) for one in call.anywhere(BUDGET)):
            raise CloudError("DuplicateRecordException", f"Error creating budget: {name} - the budget already exists.")

    def identify(self, call: Call) -> str:
        return f"{call.account}:{call.text('name')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        arn = call.arn("budgets", f"budget/{call.text('name')}", region="")
        made: dict[str, Any] = {"accountId": call.account, "arn": arn}
        if call.text("budgetType") == "COST" and not call.inputs.get("filterExpression"):
            made["costTypes"] = {**self.costs, **(call.inputs.get("costTypes") or {})}
        return made


BEHAVIOURS: dict[str, Behaviour] = {
    lookup.KEY: Key(),
    ALIAS: Alias(),
    KEY_POLICY: KeyPolicy(),
    LOGS: LogGroup(),
    BUDGET: Budget(),
}
