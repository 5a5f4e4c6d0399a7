"""VPC networks and what is in them: https://cloud.google.com/compute/docs/reference/rest/v1."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from scripts.rehearsal.behaviour import MADE_AT, Behaviour, Call
from scripts.rehearsal.gcp import profiles
from scripts.rehearsal.gcp.places import (
    CLUSTER,
    NETWORK,
    NODES,
    SUBNETWORK,
    Placed,
    find,
    parsed,
    short,
    uses,
)
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import rows, texts

FIREWALL, ROUTER, NAT = (
    "gcp:compute/firewall:Firewall",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
)
ADDRESS, GLOBAL = "gcp:compute/address:Address", "gcp:compute/globalAddress:GlobalAddress"
CONNECTION = "gcp:servicenetworking/connection:Connection"
FILES, LUSTRE = "gcp:filestore/instance:Instance", "gcp:lustre/instance:Instance"


class Network(Placed):
    form = "projects/{project}/global/networks/{name}"
    lasting = ("networkId", "numericId")
    kind = "network resource"
    users: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
        (SUBNETWORK, FIREWALL, ROUTER, CLUSTER, CONNECTION, LUSTRE, GLOBAL), ("network",)
    )
    # terraform-provider-google, google_compute_network; compute.v1, Network.mtu: 1460 where nobody chose.
    defaults: ClassVar[Mapping[str, Any]] = {
        "autoCreateSubnetworks": True,
        "routingMode": "REGIONAL",
        "mtu": 1460,
        "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
        "deleteDefaultRoutesOnCreate": False,
        "enableUlaInternalIpv6": False,
        "description": "",
    }

    def verify(self, call: Call) -> None:
        super().verify(call)
        profiles.verify(call)

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        number = str(int(call.digits(15, "number"), 16))
        return super().decide(call, id) | {"networkId": number, "numericId": number}

    def release(self, call: Call, gone: Resource) -> None:
        super().release(call, gone)
        for one in call.others(NODES, FILES):
            blocks = [*rows(one.inputs, "networkConfig", "additionalNodeNetworkConfigs"), *rows(one.inputs, "networks")]
            if any(short(str(block.get("network"))) == short(gone.id) for block in blocks):
                words = f"The network resource '{gone.id}' is already being used by '{one.id}'"
                raise CloudError("resourceInUseByAnotherResource", f"googleapi: Error 400: {words}")


class Subnetwork(Placed):
    form = "projects/{project}/regions/{region}/subnetworks/{name}"
    lasting = ("subnetworkId",)
    kind = "subnetwork resource"
    users: ClassVar[Mapping[str, tuple[str, ...]]] = {CLUSTER: ("subnetwork",), ADDRESS: ("subnetwork",)}
    sets = ("secondaryIpRanges",)
    # terraform-provider-google, google_compute_subnetwork; compute.v1, Subnetwork.
    defaults: ClassVar[Mapping[str, Any]] = {
        "privateIpGoogleAccess": False,
        "purpose": "PRIVATE",
        "stackType": "IPV4_ONLY",
        "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
        "description": "",
        "secondaryIpRanges": [],
    }

    def verify(self, call: Call) -> None:
        super().verify(call)
        network = find(call, NETWORK, call.text("network"))
        profiles.admits(call, network, "subnetworks")
        if network is not None and network.outputs.get("autoCreateSubnetworks"):
            words = "Cannot use auto subnetwork mode networks with subnetworks that are made by hand."
            raise CloudError("invalid", f"googleapi: Error 400: {words}")
        old = None if call.was is None else parsed(str(call.was.inputs.get("ipCidrRange")))
        if old is not None and not old.subnet_of(parsed(call.text("ipCidrRange"))):
            # compute.v1, subnetworks.expandIpCidrRange: the new range must hold the old one.
            words = f"New range {call.text('ipCidrRange')} must contain the original range {old}."
            raise CloudError("invalid", f"googleapi: Error 400: Invalid IPCidrRange: {words}")
        mine = list(_ranges(call.inputs))
        for one in call.others(SUBNETWORK):
            if short(str(one.inputs.get("network"))) != short(call.text("network")):
                continue
            for text in mine:
                if any(parsed(text).overlaps(parsed(other)) for other in _ranges(one.inputs)):
                    where = f"'{one.outputs['name']}' in region '{one.outputs['region']}'"
                    words = f"Invalid IPCidrRange: {text} conflicts with existing subnetwork {where}."
                    raise CloudError("invalid", f"googleapi: Error 400: {words}")
        for index, text in enumerate(mine):
            if any(parsed(text).overlaps(parsed(other)) for other in mine[index + 1 :]):
                words = f"Invalid IPCidrRange: {text} conflicts with another range of the subnetwork."
                raise CloudError("invalid", f"googleapi: Error 400: {words}")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {
            "creationTimestamp": MADE_AT,
            "fingerprint": call.digits(11, "fingerprint") + "=",
            "gatewayAddress": str(next(parsed(call.text("ipCidrRange")).hosts())),
            "subnetworkId": int(call.digits(12, "number"), 16),
        }

    def release(self, call: Call, gone: Resource) -> None:
        super().release(call, gone)
        for one in call.others(NODES):
            blocks = rows(one.inputs, "networkConfig", "additionalNodeNetworkConfigs")
            if any(short(str(block.get("subnetwork"))) == short(gone.id) for block in blocks):
                words = f"The subnetwork resource '{gone.id}' is already being used by '{one.id}'"
                raise CloudError("resourceInUseByAnotherResource", f"googleapi: Error 400: {words}")


def _ranges(inputs: Mapping[str, Any]) -> Iterable[str]:
    texts = [inputs.get("ipCidrRange"), *(row.get("ipCidrRange") for row in rows(inputs, "secondaryIpRanges"))]
    return (str(text) for text in texts if text)


class InNetwork(Placed):
    """What stands in a network, and keeps it. `feature` is what some network profiles do not let in."""

    feature: ClassVar[str] = ""

    def verify(self, call: Call) -> None:
        super().verify(call)
        if call.text("network"):
            profiles.admits(call, find(call, NETWORK, call.text("network")), self.feature)


class Firewall(InNetwork):
    form = "projects/{project}/global/firewalls/{name}"
    feature = "firewall rules"
    sets = ("sourceRanges", "destinationRanges", "sourceTags", "targetTags", "allows", "denies")
    # compute.v1, Firewall: priority and direction.
    defaults: ClassVar[Mapping[str, Any]] = {"priority": 1000, "direction": "INGRESS", "disabled": False}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"creationTimestamp": MADE_AT}


class Router(InNetwork):
    form = "projects/{project}/regions/{region}/routers/{name}"
    kind = "router resource"
    feature = "Cloud NAT"
    # compute.v1, Router.
    defaults: ClassVar[Mapping[str, Any]] = {"encryptedInterconnectRouter": False}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"creationTimestamp": MADE_AT}


class Nat(Placed):
    form = "{project}/{region}/{router}/{name}"
    # terraform-provider-google, google_compute_router_nat.
    defaults: ClassVar[Mapping[str, Any]] = {
        "enableEndpointIndependentMapping": False,
        "icmpIdleTimeoutSec": 30,
        "tcpEstablishedIdleTimeoutSec": 1200,
        "tcpTimeWaitTimeoutSec": 120,
        "tcpTransitoryIdleTimeoutSec": 30,
        "udpIdleTimeoutSec": 30,
        "minPortsPerVm": 64,
    }

    def more(self, call: Call) -> dict[str, str]:
        return {"router": short(call.text("router"))}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, ROUTER, call.text("router"))
        if call.text("natIpAllocateOption") == "MANUAL_ONLY" and not call.inputs.get("natIps"):
            words = "googleapi: Error 400: Invalid value for field 'resource.nats[0].natIps': MANUAL_ONLY needs natIps."
            raise CloudError("invalid", words)


class Address(Placed):
    form = "projects/{project}/regions/{region}/addresses/{name}"
    lasting = ("address",)
    kind = "address resource"
    # compute.v1, Address.
    defaults: ClassVar[Mapping[str, Any]] = {"addressType": "EXTERNAL", "networkTier": "PREMIUM", "description": ""}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        number = int(call.digits(4, "ip"), 16)
        # 203.0.113.0/24 is for documentation (RFC 5737).
        return super().decide(call, id) | {
            "address": call.text("address") or str(ipaddress.IPv4Address("203.0.113.0") + number % 256),
            "creationTimestamp": MADE_AT,
            "labelFingerprint": call.digits(11, "fingerprint") + "=",
            "users": [],
        }

    def release(self, call: Call, gone: Resource) -> None:
        for one in call.others(NAT):
            if any(short(ip) == short(gone.id) for ip in texts(one.inputs, "natIps")):
                words = f"The address resource '{gone.id}' is already being used by '{one.id}'"
                raise CloudError("resourceInUseByAnotherResource", f"googleapi: Error 400: {words}")


class GlobalAddress(InNetwork):
    """A range that a network keeps for Google's own services, or one address."""

    form = "projects/{project}/global/addresses/{name}"
    feature = "VPC peering"
    # compute.v1, Address.
    defaults: ClassVar[Mapping[str, Any]] = {"addressType": "EXTERNAL", "description": ""}

    def verify(self, call: Call) -> None:
        super().verify(call)
        mine = _kept(call.inputs)
        if mine is None:
            return
        for one in call.others(SUBNETWORK, GLOBAL):
            if short(str(one.inputs.get("network"))) != short(call.text("network")):
                continue
            ranges = [_kept(one.inputs)] if one.type == GLOBAL else [parsed(text) for text in _ranges(one.inputs)]
            if any(other is not None and mine.overlaps(other) for other in ranges):
                words = f"Requested range {mine} conflicts with the range of '{one.id}'."
                raise CloudError("invalid", f"googleapi: Error 400: {words}")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        given = call.text("address") or "10.127.0.0"  # one that is free; what Google takes where nobody chose
        return super().decide(call, id) | {
            "address": given,
            "creationTimestamp": MADE_AT,
            "labelFingerprint": call.digits(11, "fingerprint") + "=",
        }

    def release(self, call: Call, gone: Resource) -> None:
        for one in call.others(CONNECTION):
            if short(gone.id) in map(short, texts(one.inputs, "reservedPeeringRanges")):
                words = f"The global address resource '{gone.id}' is already being used by '{one.id}'"
                raise CloudError("resourceInUseByAnotherResource", f"googleapi: Error 400: {words}")


def _kept(inputs: Mapping[str, Any]) -> ipaddress.IPv4Network | None:
    """The range of a global address; None where Google chooses it."""
    address, length = inputs.get("address"), inputs.get("prefixLength")
    return None if address is None or length is None else parsed(f"{address}/{length}")


class Connection(Behaviour):
    """A peering with Google's own networks, which keeps its network and its ranges."""

    def verify(self, call: Call) -> None:
        profiles.admits(call, find(call, NETWORK, call.text("network")), "VPC peering")
        for name in texts(call.inputs, "reservedPeeringRanges"):
            find(call, GLOBAL, name)
        if any(one.id == self.identify(call) for one in call.others(CONNECTION)):
            words = "Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection."
            raise CloudError("failedPrecondition", f"googleapi: Error 400: {words}")

    def identify(self, call: Call) -> str:
        return f"{call.text('network')}:{call.text('service')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"peering": call.text("service").replace(".googleapis.com", "-googleapis-com").replace(".", "-")}

    def release(self, call: Call, gone: Resource) -> None:
        if gone.inputs.get("deletionPolicy") == "ABANDON":
            return  # terraform-provider-google, google_service_networking_connection: it is left as it is
        network = str(gone.inputs.get("network"))
        for one in call.others(FILES, LUSTRE):
            blocks = rows(one.inputs, "networks")
            private = [str(row.get("network")) for row in blocks if row.get("connectMode") == "PRIVATE_SERVICE_ACCESS"]
            if uses(one, network, "network") or short(network) in map(short, private):
                words = "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still"
                raise CloudError("FLOW_SN_DC_RESOURCE_PREVENTING_DELETE_CONNECTION", f"{words} using this connection.")


BEHAVIOURS: dict[str, Behaviour] = {
    NETWORK: Network(),
    SUBNETWORK: Subnetwork(),
    FIREWALL: Firewall(),
    ROUTER: Router(),
    NAT: Nat(),
    ADDRESS: Address(),
    GLOBAL: GlobalAddress(),
    CONNECTION: Connection(),
}
