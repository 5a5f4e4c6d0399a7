"""The node image of a machine: EKS builds one for each kind of accelerator and architecture.

Source: EKS User Guide, ml-eks-optimized-ami; EC2 API enumeration of AMI types.
"""

from __future__ import annotations

import re

from components.catalog.aws import AwsMachine

_AMI_TYPES: dict[tuple[str, str], str] = {
    ("nvidia", "x86_64"): "AL2023_x86_64_NVIDIA",
    ("nvidia", "arm64"): "AL2023_ARM_64_NVIDIA",
    ("neuron", "x86_64"): "AL2023_x86_64_NEURON",
    ("none", "x86_64"): "AL2023_x86_64_STANDARD",
    ("none", "arm64"): "AL2023_ARM_64_STANDARD",
}


def ami_type(machine: AwsMachine) -> str | None:
    """EKS's AMI type for a machine, or None where EKS builds no image for it."""
    return None if machine.refused else _AMI_TYPES.get((machine.image_kind, machine.architecture))


def release_day(release: str) -> str | None:
    """The day in an image's release version (`1.35.0-20260714`, `v20251103`) as digits that compare, or None."""
    found = re.search(r"(?:^v?|-)(20\d{6})$", release)
    return found[1] if found else None
