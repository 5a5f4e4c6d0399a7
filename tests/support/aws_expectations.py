"""What AWS documents of its machines, typed in from the documents, and the plans held to it with any catalogue.

The tests of the planner call these with the shipped catalogue; another test damages one fact and sees them fail.
Interfaces: EC2 User Guide, "Maximize network bandwidth on Amazon EC2 instances with multiple network cards" and
"Accelerated instance types with EFA" (efa-acc-inst-types). Addresses for each interface: EC2 User Guide, "IP addresses
per network interface per instance type". Images: EKS User Guide, "Amazon EKS optimized accelerated AMIs".
"""

from __future__ import annotations

from decimal import Decimal

from components.catalog.aws import AwsCatalog
from components.plan.aws.model import AwsPool
from tests.support.specs import BLOCK, pool_of

Nic = tuple[int, int, str]


def simple_a(cards: int) -> list[Nic]:
    """Layout A where every card takes one EFA: plain first interface, EFA-only beside it and on each other card."""
    return [(0, 0, "interface"), (0, 1, "efa-only"), *((card, 0, "efa-only") for card in range(1, cards))]


def simple_b(cards: int) -> list[Nic]:
    """Layout B, the older one: a full EFA on card 0, EFA-only at device 1 of the others."""
    return [(0, 0, "efa"), *((card, 1, "efa-only") for card in range(1, cards))]


# machine -> region, interfaces, pods on a node: (interfaces of card 0 - EFA-only ones) x (addresses - 1) + 2.
LAYOUT_A: dict[str, tuple[str, list[Nic], int]] = {
    "p5.48xlarge": ("us-east-1", simple_a(32), 51),  # (2 - 1) x 49 + 2
    "p5e.48xlarge": ("us-east-2", simple_a(32), 51),
    "p5en.48xlarge": ("us-east-1", simple_a(16), 149),  # (4 - 1) x 49 + 2
    "p6-b200.48xlarge": ("us-east-1", simple_a(8), 149),
    "p4d.24xlarge": ("us-east-1", simple_a(4), 688),  # (15 - 1) x 49 + 2
    "p4de.24xlarge": ("us-east-1", simple_a(4), 688),
    "trn1.32xlarge": ("us-east-1", simple_a(8), 198),  # (5 - 1) x 49 + 2
    "trn1n.32xlarge": ("us-east-1", simple_a(16), 198),
    "trn2.48xlarge": ("us-east-2", simple_a(16), 51),
    "g6e.24xlarge": ("us-east-1", simple_a(2), 443),  # (10 - 1) x 49 + 2
    "g6e.48xlarge": ("us-east-1", simple_a(4), 443),
    "p5.4xlarge": ("us-east-1", [(0, 0, "interface"), (0, 1, "efa-only")], 89),  # (4 - 1) x 29 + 2
    # Card 0 takes no EFA: 1 interface for IP and 16 EFA-only ones.
    "p6-b300.48xlarge": ("us-east-1", [(0, 0, "interface"), *((card, 0, "efa-only") for card in range(1, 17))], 198),
}
LAYOUT_B: dict[str, tuple[str, list[Nic], int]] = {
    "p5.48xlarge": ("us-east-1", simple_b(32), 100),  # 2 x 49 + 2
    "p5en.48xlarge": ("us-east-1", simple_b(16), 198),
    "p6-b200.48xlarge": ("us-east-1", simple_b(8), 198),
    "p4d.24xlarge": ("us-east-1", simple_b(4), 737),
    "trn1.32xlarge": ("us-east-1", simple_b(8), 247),
    "g6e.48xlarge": ("us-east-1", simple_b(4), 492),
}
GB200_NICS: list[Nic] = [(0, 0, "interface"), *((card, 0, "efa-only") for card in (1, 5, 9, 13))]


def machine_pool(machine: str, region: str, catalog: AwsCatalog | None = None, layout: str = "A") -> AwsPool:
    """Two nodes of a machine with a fabric."""
    pool = {"machine": machine, "nodes": 2, "fabric": "required"}
    return pool_of(pool, catalog, **{"region": region, "software.efa_layout": layout})


def nics_of(pool: AwsPool) -> list[Nic]:
    return [(nic.card, nic.device, nic.type) for nic in pool.rungs[0].group.interfaces]


def expect_layout_a(machine: str, catalog: AwsCatalog | None = None) -> None:
    region, nics, _ = LAYOUT_A[machine]
    assert nics_of(machine_pool(machine, region, catalog)) == nics


def expect_pods_follow_layout_a(machine: str, catalog: AwsCatalog | None = None) -> None:
    region, _, pods = LAYOUT_A[machine]
    assert machine_pool(machine, region, catalog).rungs[0].group.max_pods == pods


def expect_gb200_layout(catalog: AwsCatalog | None = None) -> None:
    """Four 400 Gbit/s EFAs, on the cards that share no interface: EC2 User Guide, P6e-GB200."""
    capacity = [{"block": {**BLOCK, "nodes": 2}}]
    pool = pool_of({"accelerator": "GB200:4", "nodes": 2, "fabric": "required", "capacity": capacity}, catalog)
    assert nics_of(pool) == GB200_NICS


IMAGES = {
    "p5.48xlarge": ("us-east-1", "AL2023_x86_64_NVIDIA"),
    "g6.xlarge": ("us-east-1", "AL2023_x86_64_NVIDIA"),
    "trn1.32xlarge": ("us-east-1", "AL2023_x86_64_NEURON"),
    "inf2.xlarge": ("us-east-1", "AL2023_x86_64_NEURON"),
}


def expect_image(machine: str, catalog: AwsCatalog | None = None) -> None:
    region, image = IMAGES[machine]
    pool = pool_of({"machine": machine, "nodes": 1}, catalog, region=region)
    assert pool.rungs[0].group.ami_type == image


def expect_p5_list_price(catalog: AwsCatalog) -> None:
    """55.04 USD an hour for a p5.48xlarge in us-east-1, EC2 on-demand, Linux (since June 2025)."""
    price = catalog.price("p5.48xlarge", "us-east-1", "on-demand")
    assert price is not None
    assert price.usd == Decimal("55.04")
