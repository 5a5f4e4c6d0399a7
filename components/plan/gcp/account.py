"""Project, region, access, key, labels and services: what ties a cluster on Google Cloud to its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.catalog.gcp import GcpCatalog
from components.errors import did_you_mean
from components.plan.gcp.model import GcpAccess
from components.plan.model import StoragePlan
from components.plan.notes import Notes
from components.spec.models import ClusterSpec

# 6 to 30 characters; projects of the time of domain-scoped ids have their domain in front.
# Source: Resource Manager, creating and managing projects.
_PROJECT = re.compile(r"(?:[a-z0-9.-]+\.[a-z]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_BILLING = re.compile(r"(?:billingAccounts/)?([0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6})")
# People, groups and service accounts by their address, a whole domain, or identities of a federation.
# Source: IAM, principal identifiers.
_ADMIN = re.compile(
    r"(?:user|group|serviceAccount):[^@\s:]+@[^@\s:]+\.[^@\s:]+|domain:[a-z0-9.-]+\.[a-z]+"
    r"|principal(?:Set)?://iam\.googleapis\.com/\S+"
)
# Source: GKE, authorized networks: at most 100 ranges.
_MOST_RANGES = 100
EXPIRY_LABEL = "expires-at"
# A resource takes 64 labels, keys and values of 63 characters; keys begin with a letter.
# Source: Resource Manager, requirements for labels.
_MOST_LABELS = 64
_LONGEST = 63
_OWN = ("gpu-fleet-stack", "gpu-fleet-environment", "gpu-fleet-blueprint", EXPIRY_LABEL)
_RESERVED = ("goog-", "gpu-fleet-")


def check_region(spec: ClusterSpec, catalog: GcpCatalog, notes: Notes) -> None:
    """Whether the region exists. Raises InputError where not: nothing else can be said then."""
    if catalog.region(spec.region) is not None:
        return
    parent = spec.region.rpartition("-")[0]
    if parent in catalog.regions:
        message, hint = f"{spec.region!r} is a zone", f"write region: {parent}, and the zone under zones of a pool"
    else:
        message, hint = (
            f"{spec.region!r} is no region of the catalogue",
            did_you_mean(spec.region, tuple(catalog.regions)),
        )
    notes.error("region", "region", message, hint)
    notes.raise_if_failed()


def check_account(spec: ClusterSpec, notes: Notes) -> None:
    """The project's id, and what else in the spec has a form of Google's: billing account, principals, labels."""
    project = spec.account
    if project is None:
        message = "no project is given: the provider takes whichever its credentials open"
        notes.advise(
            "account", "account", message, "add account: my-project, so that no other can be changed by mistake"
        )
    elif not _PROJECT.fullmatch(project):
        hint = "write the project's id (my-project-123456), which is neither its number nor its name"
        notes.error("account", "account", f"{project!r} is no id of a project", hint)
    _check_budget(spec, notes)
    _check_access(spec, notes)
    _check_labels(spec, notes)


def _check_budget(spec: ClusterSpec, notes: Notes) -> None:
    account = spec.budget.billing_account
    if account is not None and not _BILLING.fullmatch(account):
        hint = "write it as 0A1B2C-3D4E5F-6A7B8C"
        notes.error("billing-account", "budget.billing_account", f"{account!r} is no id of a billing account", hint)
    if account is None and spec.budget.usd_per_month is not None:
        message = "no billing account is given: no budget is made that tells of what was spent"
        notes.advise("no-budget", "budget.billing_account", message, "add billing_account: 0A1B2C-3D4E5F-6A7B8C")


def _check_access(spec: ClusterSpec, notes: Notes) -> None:
    access = spec.access
    for index, admin in enumerate(access.admins):
        if not _ADMIN.fullmatch(admin):
            hint = "write group:platform@example.com, user:… or serviceAccount:…"
            notes.error("admins", f"access.admins.{index}", f"{admin!r} is no principal of IAM", hint)
    if len(access.allowed_cidrs) > _MOST_RANGES:
        message = f"{len(access.allowed_cidrs)} ranges are too many: GKE takes {_MOST_RANGES}"
        notes.error("allowed-cidrs", "access.allowed_cidrs", message, "merge ranges, or use the private endpoint")


def billing_account_of(spec: ClusterSpec) -> str | None:
    """The bare id of the billing account (`0A1B2C-3D4E5F-6A7B8C`), or None where no budget is made in one."""
    found = _BILLING.fullmatch(spec.budget.billing_account or "") if spec.budget.usd_per_month is not None else None
    return found[1] if found else None


def access_of(spec: ClusterSpec, notes: Notes) -> GcpAccess:
    """Who may enter and from where.

    A private endpoint comes with the DNS endpoint, which IAM guards and anyone reaches: so whoever deploys gets in.
    """
    access = spec.access
    if not access.admins:
        message = "nobody administers the cluster but the project's owners"
        notes.advise("no-admin", "access.admins", message, "add access: {admins: [group:platform@example.com]}")
    asked = access.endpoint == "public"
    if asked and not access.allowed_cidrs:
        message = "a public endpoint without ranges that may reach it stays private: the DNS endpoint is the way in"
        notes.advise("no-way-in", "access.allowed_cidrs", message, "list your office's or VPN's ranges")
    if access.allowed_cidrs and not asked:
        hint = "remove it, or use endpoint: public"
        notes.advise("no-effect", "access.allowed_cidrs", "has no effect on a private endpoint", hint)
    public = asked and bool(access.allowed_cidrs)
    if public and any(pool.fabric not in (None, "none") for pool in spec.pools.values()):
        message = "the networks of pods are made through this endpoint: whoever deploys must be in one of its ranges"
        notes.advise("deployer", "access.allowed_cidrs", message, "or use the private endpoint, which IAM guards")
    return GcpAccess(
        public=public,
        dns_endpoint=not public,
        allowed_cidrs=tuple(map(str, access.allowed_cidrs)) if public else (),
        admins=access.admins,
    )


def check_key(spec: ClusterSpec, notes: Notes) -> None:
    """A key of the project is given by its full name, in the cluster's region."""
    key = spec.encryption.key
    if key is None:
        return
    form = r"projects/[a-z0-9.:-]+/locations/([a-z0-9-]+)/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63}"
    found = re.fullmatch(form, key)
    hint = f"write projects/<project>/locations/{spec.region}/keyRings/<ring>/cryptoKeys/<key>"
    if found is None:
        notes.error("key", "encryption.key", f"{key!r} is no name of a Cloud KMS key", hint)
    elif found[1] != spec.region:
        message = f"the key is in {found[1]}, and what it encrypts is in {spec.region}"
        notes.error("key", "encryption.key", message, hint)


def services_of(spec: ClusterSpec, storage: Sequence[StoragePlan], catalog: GcpCatalog) -> tuple[str, ...]:
    """The APIs that the plan uses, by name."""
    purposes = ["cluster", "key"]
    purposes += [_PURPOSES[item.kind] for item in storage if item.kind in _PURPOSES]
    if billing_account_of(spec) is not None:
        purposes += ["budget", *(["alerts"] if spec.budget.alerts else [])]
    return tuple(sorted({api for purpose in purposes for api in catalog.services(purpose)}))


_PURPOSES = {"parallel": "lustre", "shared": "filestore", "object": "bucket"}


def fold(text: str) -> str:
    """A text as a label may have it: lower case, with a hyphen for every other character."""
    return re.sub("[^a-z0-9_-]", "-", text.lower())


def labels_of(stack: str, spec: ClusterSpec, blueprint: str, notes: Notes) -> dict[str, str]:
    """The user's tags and the plan's own, as labels of every resource."""
    found = {fold(key): fold(value) for key, value in spec.tags.items()}
    for key, value in spec.tags.items():
        if (fold(key), fold(value)) != (key, value):
            why = "labels have lower case, digits, - and _ only"
            notes.decide(f"tags.{key}", f"{fold(key)}={fold(value)}", why)
    own = (stack, spec.environment, blueprint, spec.schedule.expires and spec.schedule.expires.isoformat())
    return {**found, **{key: fold(value)[:_LONGEST] for key, value in zip(_OWN, own, strict=True) if value}}


def _check_labels(spec: ClusterSpec, notes: Notes) -> None:
    """Every tag becomes a label of its own, short enough, and none that is the plan's or Google's."""
    came_from: dict[str, str] = {}
    for key, value in spec.tags.items():
        label, path = fold(key), f"tags.{key}"
        other = came_from.setdefault(label, key)
        if label.startswith(_RESERVED) or label == EXPIRY_LABEL:
            notes.error("tags", path, f"{label!r} is reserved", "choose another key")
        elif other != key:
            message = f"becomes the label {label!r}, as {other!r} does: labels have lower case, digits, - and _"
            notes.error("tags", path, message, "choose keys that stay different")
        for what, text in (("key", label), ("value", fold(value))):
            if len(text) > _LONGEST:
                message = f"the {what} has {len(text)} characters, a label takes {_LONGEST}"
                notes.error("tags", path, message, "shorten it")
    if len(spec.tags) > _MOST_LABELS - len(_OWN):
        message = f"{len(spec.tags)} tags are too many"
        hint = f"Google Cloud takes {_MOST_LABELS} labels on a resource, {_MOST_LABELS - len(_OWN)} of them yours"
        notes.error("tags", "tags", message, hint)
