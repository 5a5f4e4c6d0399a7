"""Managed add-ons: which a cluster needs, in which order, with which role, at which version."""

from __future__ import annotations

import re

from components.catalog.aws import AwsCatalog
from components.errors import did_you_mean
from components.plan.aws.model import Addon
from components.plan.notes import Notes
from components.spec.models import ClusterSpec

# Add-on -> (service account, role): the workloads that AWS permissions are given to, by pod identity.
_IDENTITIES = {
    "vpc-cni": ("aws-node", "cni"),
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa", "ebs-csi"),
    "aws-fsx-csi-driver": ("fsx-csi-controller-sa", "fsx-csi"),
    "aws-efs-csi-driver": ("efs-csi-controller-sa", "efs-csi"),
    "aws-mountpoint-s3-csi-driver": ("s3-csi-driver-sa", "s3-csi"),
}
# Add-ons that only some clusters need; every other add-on of the catalogue belongs to all.
_FOR_STORAGE = {
    "aws-fsx-csi-driver": "parallel",
    "aws-efs-csi-driver": "shared",
    "aws-mountpoint-s3-csi-driver": "object",
}
_FOR_REPAIR = "eks-node-monitoring-agent"


def addons_of(spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> tuple[Addon, ...]:
    """The add-ons of a cluster in the order of the catalogue; a version that nobody gave is EKS's choice."""
    rows = {row.name: row for row in catalog.addons()}
    for name, version in spec.software.addons.items():
        path = f"software.addons.{name}"
        if name not in rows:
            notes.error("addon", path, f"{name!r} is no add-on of the catalogue", did_you_mean(name, tuple(rows)))
        elif rows[name].min_version and numbers(version) < numbers(rows[name].min_version):
            low = rows[name].min_version
            notes.error(
                "addon", path, f"{name} {version} is older than {low}", f"{rows[name].purpose}: give {low} or newer"
            )
    kinds = {item.kind for item in spec.storage.values()}
    found: list[Addon] = []
    for name, row in rows.items():
        wanted = (
            _FOR_STORAGE[name] in kinds if name in _FOR_STORAGE else name != _FOR_REPAIR or spec.software.node_repair
        )
        if not wanted:
            if name in spec.software.addons:
                notes.advise(
                    "no-effect", f"software.addons.{name}", "has no effect: this cluster does not need it", "remove it"
                )
            continue
        account, role = _IDENTITIES.get(name, (None, None))
        found.append(
            Addon(
                name=name,
                version=spec.software.addons.get(name),
                before_nodes=row.stage == "before-nodes",
                service_account=account,
                role=role,
            )
        )
    open_versions = [one.name for one in found if one.version is None]
    if open_versions:
        notes.decide("software.addons", "EKS's default versions", f"no version is given for {', '.join(open_versions)}")
    return tuple(found)


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers that compare: `v1.19.2-eksbuild.1` -> (1, 19, 2, 1)."""
    return tuple(map(int, re.findall(r"\d+", version)))
