"""Azure, as far as clusters of this project need it: a behaviour for each type, found by its token."""

from __future__ import annotations

from scripts.rehearsal.azure import account, aks, limits, network
from scripts.rehearsal.azure.places import LOCATION, SUBSCRIPTION
from scripts.rehearsal.behaviour import Answers, Behaviour
from scripts.rehearsal.model import Service

BEHAVIOURS: dict[str, Behaviour] = {
    type: behaviour for part in (network, aks, account) for type, behaviour in part.BEHAVIOURS.items()
}

SETS: dict[str, tuple[str, ...]] = {type: behaviour.sets for type, behaviour in BEHAVIOURS.items() if behaviour.sets}
"""By type: the paths whose order means nothing, and is not kept."""


def service() -> Service:
    """How Azure answers. It keeps nothing: all that exists is in `Existing`."""
    return Answers(BEHAVIOURS, limits.failures, SUBSCRIPTION, LOCATION)
