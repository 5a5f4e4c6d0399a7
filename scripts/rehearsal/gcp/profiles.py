"""Network profiles: what an RDMA network is, and what it does not let in.

https://cloud.google.com/vpc/docs/rdma-network-profiles; compute.v1, NetworkProfile.features. The setting
`outside.<profile>` is false for one that does not exist.
"""

from __future__ import annotations

import re

from scripts.rehearsal.behaviour import Call
from scripts.rehearsal.gcp.places import place, short
from scripts.rehearsal.model import CloudError, Resource

_URL = re.compile(r"(https://www\.googleapis\.com/compute/[a-z0-9]+/)?projects/[^/]+/global/networkProfiles/[^/]+")
_NAME = re.compile(r"(?P<zone>[a-z]+-[a-z]+\d+-[a-z])-(?P<kind>vpc-(roce|roce-metal|falcon))")
_REFUSED = {
    "vpc-roce": ("firewall rules", "Cloud NAT", "VPC peering"),
    "vpc-roce-metal": ("firewall rules", "Cloud NAT", "VPC peering", "subnetworks"),
}
"""By profile: features that are BLOCKED."""


def kind(network: Resource | None) -> str:
    """`vpc-roce` or another kind of profile; empty for a plain network, and for one of which nothing is known."""
    found = _NAME.fullmatch(_profile(network))
    return "" if found is None else found["kind"]


def zone(network: Resource | None) -> str:
    """The zone that a network's profile is for; empty where it has none."""
    found = _NAME.fullmatch(_profile(network))
    return "" if found is None else found["zone"]


def _profile(network: Resource | None) -> str:
    return "" if network is None else short(str(network.inputs.get("networkProfile") or ""))


def verify(call: Call) -> None:
    """Refuse a profile that is none, and an auto-mode network with one."""
    given = call.text("networkProfile")
    if not given:
        return
    if _URL.fullmatch(given) is None:
        # github.com/GoogleCloudPlatform/cloud-image-tests/pull/537: a path without its project.
        words = f"Invalid value for field 'resource.networkProfile': '{given}'. The URL is malformed."
        raise CloudError("invalid", f"googleapi: Error 400: {words}")
    if _NAME.fullmatch(short(given)) is None or call.existing.setting(f"outside.{short(given)}") is False:
        where = f"projects/{place(call)['project']}/global/networkProfiles/{short(given)}"
        raise CloudError("notFound", f"googleapi: Error 404: The resource '{where}' was not found")
    if call.inputs.get("autoCreateSubnetworks") is not False:
        words = "Auto mode networks are not allowed by the network profile."
        raise CloudError("invalid", f"googleapi: Error 400: {words}")


def admits(call: Call, network: Resource | None, feature: str) -> None:
    """Refuse what the network's profile blocks."""
    if network is not None and feature in _REFUSED.get(kind(network), ()):
        words = f"The network profile {_profile(network)} of network '{network.id}' does not allow {feature}."
        raise CloudError("invalid", f"googleapi: Error 400: {words}")
