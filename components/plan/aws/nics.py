"""Network interfaces of a node, and how many pods fit: the layout is decided from the machine's network cards.

Layout A is what AWS recommends: a plain first interface (card 0, device 0) that carries IP, an EFA-only device beside
it where card 0 takes one, and an EFA-only device on every other card. Layout B puts a full EFA on card 0 instead.
Source: EC2 User Guide, efa-acc-inst-types; EKS best practices for the pod formula.
"""

from __future__ import annotations

from collections.abc import Iterable

from components.catalog.aws import AwsMachine
from components.plan.aws.model import NetworkInterface


def layout(machine: AwsMachine, form: str) -> tuple[NetworkInterface, ...]:
    """The interfaces of a machine with EFA, in layout `A` or `B`.

    Raises ValueError for a machine without EFA, and for layout B where card 0 takes no EFA.
    """
    if not machine.efa_cards:
        raise ValueError(f"{machine.name} has no EFA")
    others = [card for card in machine.efa_cards if card != 0]
    on_first = 0 in machine.efa_cards
    if form == "B":
        if not on_first:
            raise ValueError(f"layout B puts an EFA on network card 0, and card 0 of {machine.name} takes none")
        return (
            NetworkInterface(card=0, device=0, type="efa"),
            *(NetworkInterface(card=card, device=1, type="efa-only") for card in others),
        )
    first = [NetworkInterface(card=0, device=0, type="interface")]
    if on_first:
        first.append(NetworkInterface(card=0, device=1, type="efa-only"))
    return (*first, *(NetworkInterface(card=card, device=0, type="efa-only") for card in others))


def max_pods(machine: AwsMachine, interfaces: tuple[NetworkInterface, ...]) -> int | None:
    """Pods that get an address: (interfaces of card 0 - EFA-only ones on it) x (addresses each - 1) + 2.

    The network plug-in uses card 0 only, and an EFA-only device has no address. None where the limits are unknown.
    """
    if machine.interfaces_card0 is None or machine.ipv4_per_interface is None:
        return None
    efa_only = sum(1 for nic in interfaces if nic.card == 0 and nic.type == "efa-only")
    return (machine.interfaces_card0 - efa_only) * (machine.ipv4_per_interface - 1) + 2


def addresses_per_node(interfaces: tuple[NetworkInterface, ...], pods: int | None) -> int:
    """IP addresses that one node takes from its subnet: its interfaces with an address, and its pods."""
    own = sum(1 for nic in interfaces if nic.type != "efa-only") or 1
    return own + (pods or DEFAULT_PODS)


def most_addresses(machines: Iterable[AwsMachine], interfaces: tuple[NetworkInterface, ...]) -> int:
    """What a node takes at the most where any of several machines may stand for it."""
    return max(addresses_per_node(interfaces, max_pods(machine, interfaces)) for machine in machines)


# Kubernetes' own default for pods on a node, where a machine's limits are unknown.
DEFAULT_PODS = 110
