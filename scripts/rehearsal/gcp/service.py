"""Google Cloud, as far as clusters of this project need it: a behaviour for each type, found by its token."""

from __future__ import annotations

from scripts.rehearsal.behaviour import Answers, Behaviour
from scripts.rehearsal.gcp import account, gke, limits, network
from scripts.rehearsal.gcp.places import PROJECT, REGION
from scripts.rehearsal.model import Service

BEHAVIOURS: dict[str, Behaviour] = {
    type: behaviour for part in (network, gke, account) for type, behaviour in part.BEHAVIOURS.items()
}

SETS: dict[str, tuple[str, ...]] = {type: behaviour.sets for type, behaviour in BEHAVIOURS.items() if behaviour.sets}
"""By type: the paths whose order means nothing, and is not kept."""


def service() -> Service:
    """How Google Cloud answers. It keeps nothing: all that exists is in `Existing`."""
    return Answers(BEHAVIOURS, limits.failures, PROJECT, REGION)
