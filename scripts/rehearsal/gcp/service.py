"""Google Cloud, as far as clusters of this project need it: a behaviour for each type, found by its token."""

from __future__ import annotations

from scripts.rehearsal.behaviour import Answers, Behaviour, Call
from scripts.rehearsal.gcp import account, gke, kms, limits, network, placement, pools, services, storage
from scripts.rehearsal.gcp.places import PROJECT, REGION
from scripts.rehearsal.model import Service

_PARTS = (services, network, placement, gke, pools, kms, storage, account)
BEHAVIOURS: dict[str, Behaviour] = {type: behaviour for part in _PARTS for type, behaviour in part.BEHAVIOURS.items()}

SETS: dict[str, tuple[str, ...]] = {type: behaviour.sets for type, behaviour in BEHAVIOURS.items() if behaviour.sets}
"""By type: the paths whose order means nothing, and is not kept."""


class Google(Answers):
    """Answers only where the project has switched on the API that is asked.

    Its provider tries again what is refused for coming too often, with waits that double, for some 20 minutes
    (terraform-provider-google, transport.SendRequest).
    """

    retries = 10

    def begin(self, call: Call) -> None:
        services.switched_on(call)


def service() -> Service:
    """How Google Cloud answers. It keeps nothing: all that exists is in `Existing`."""
    return Google(BEHAVIOURS, limits.failures, PROJECT, REGION)
