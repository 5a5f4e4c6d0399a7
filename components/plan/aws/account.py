"""Account, region, access, key and tags: what ties a cluster on AWS to its place."""

from __future__ import annotations

import re

from components.catalog.aws import AwsCatalog
from components.errors import did_you_mean
from components.plan.aws.model import AwsAccess
from components.plan.notes import Notes
from components.spec.models import ClusterSpec

# AWS takes 50 tags on a resource; the plan's own and `Name` come on top of the user's.
_MOST_TAGS = 44
EXPIRY_TAG = "expires-at"


def partition_of(spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> str:
    """The partition that the ARNs of a region follow (`aws`, `aws-us-gov`)."""
    region = catalog.region(spec.region)
    if region is None:
        hint = did_you_mean(spec.region, tuple(catalog.regions))
        notes.error("region", "region", f"{spec.region!r} is no region of the catalogue", hint)
        notes.raise_if_failed()  # nothing else can be said without a region
        raise AssertionError
    if not catalog.zones(spec.region) and spec.network.existing is None:
        hint = "choose another region, or give network.existing with its subnets by zone id"
        notes.error("region", "region", f"the catalogue knows no zones of {spec.region}", hint)
        notes.raise_if_failed()
    return region.partition


def check_account(spec: ClusterSpec, notes: Notes) -> None:
    """An AWS account id has 12 digits; without one the provider is not held to an account."""
    if spec.account is None:
        hint = 'add account: "123456789012", so that no other account can be changed by mistake'
        notes.advise(
            "account", "account", "no account is given: the provider takes whichever its credentials open", hint
        )
    elif not re.fullmatch("[0-9]{12}", spec.account):
        notes.error(
            "account",
            "account",
            f"{spec.account!r} is no AWS account id",
            'write its 12 digits in quotes: "123456789012"',
        )


def access_of(spec: ClusterSpec, partition: str, notes: Notes) -> AwsAccess:
    """Who may enter and from where; a cluster that nobody can enter is worth a word."""
    access = spec.access
    arn = re.compile(rf"arn:{partition}:iam::[0-9]{{12}}:(role|user)/[A-Za-z0-9_+=,.@/-]+")
    for index, admin in enumerate(access.admins):
        if not arn.fullmatch(admin):
            hint = f"write arn:{partition}:iam::123456789012:role/platform"
            notes.error(
                "admins", f"access.admins.{index}", f"{admin!r} is no ARN of a role or user in {partition}", hint
            )
    if not access.admins:
        hint = "add access: {admins: [<role ARN>]}"
        notes.advise("no-admin", "access.admins", "nobody administers the cluster: no one can use kubectl on it", hint)
    public = access.endpoint == "public"
    if public and not access.allowed_cidrs:
        message = "a public endpoint without ranges that may reach it stays private: nobody reaches it from outside"
        notes.advise("no-way-in", "access.allowed_cidrs", message, "list your office's or VPN's ranges")
    elif not public:
        if access.allowed_cidrs:
            notes.advise(
                "no-effect",
                "access.allowed_cidrs",
                "has no effect on a private endpoint",
                "remove it, or use endpoint: public",
            )
        if spec.network.existing is None:
            message = "the endpoint is private, and this network is new: nothing outside it reaches the cluster yet"
            notes.advise(
                "no-way-in",
                "access.endpoint",
                message,
                "peer the VPC or use a VPN; or endpoint: public with allowed_cidrs",
            )
    cidrs = tuple(str(one) for one in access.allowed_cidrs) if public else ()
    return AwsAccess(public=public and bool(cidrs), allowed_cidrs=cidrs, admins=access.admins)


def check_key(spec: ClusterSpec, partition: str, notes: Notes) -> None:
    """A key of the account is given by its ARN, in the cluster's region."""
    key = spec.encryption.key
    if key and not re.fullmatch(rf"arn:{partition}:kms:{re.escape(spec.region)}:[0-9]{{12}}:key/[A-Za-z0-9-]+", key):
        hint = f"write arn:{partition}:kms:{spec.region}:123456789012:key/<id>"
        notes.error("key", "encryption.key", f"{key!r} is no ARN of a KMS key in {spec.region}", hint)


def tags_of(stack: str, spec: ClusterSpec, blueprint: str, notes: Notes) -> dict[str, str]:
    """The user's tags and the plan's own, on every resource."""
    for key in spec.tags:
        if key.lower().startswith("aws:") or key.startswith("gpu-fleet:"):
            notes.error("tags", f"tags.{key}", f"{key!r} is a reserved prefix", "choose another key")
    if len(spec.tags) > _MOST_TAGS:
        notes.error(
            "tags",
            "tags",
            f"{len(spec.tags)} tags are too many",
            f"AWS takes 50 on a resource, {_MOST_TAGS} of them yours",
        )
    own = {"gpu-fleet:stack": stack, "gpu-fleet:environment": spec.environment, "gpu-fleet:blueprint": blueprint}
    if spec.schedule.expires:
        own[EXPIRY_TAG] = spec.schedule.expires.isoformat()
    return {**spec.tags, **own}
