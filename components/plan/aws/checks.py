"""What EKS and EC2 refuse or run slowly, looked for in a finished plan: each check guards against one known mistake.

The planner avoids them by construction; these checks hold it, and every later change of it, to that.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network

from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.addresses import RESERVED
from components.plan.aws.addons import numbers
from components.plan.aws.images import ami_type
from components.plan.aws.model import AwsClusterPlan, AwsPool, AwsRung, Lustre
from components.plan.aws.names import physical_names
from components.plan.aws.nics import most_addresses
from components.plan.notes import Notes
from components.plan.pools import SMALLEST_ROOT_DISK_GIB

Check = Callable[[AwsClusterPlan, AwsCatalog, Notes], None]
# Clients of AL2023 are 2.15 and refuse servers before 2.12 (amazonlinux/amazon-linux-2023#723).
_OLDEST_LUSTRE = (2, 12)


def check_plan(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """Every check on a plan; findings go to `notes`."""
    for check in CHECKS:
        check(plan, catalog, notes)


def efa_security_group(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """EFA passes only between members of a group that refers to itself, both ways: a plan with EFA has that group."""
    speaks = [pool.name for pool in plan.pools if any(rung.group.interfaces for rung in pool.rungs)]
    speaks += [item.name for item in plan.storage if isinstance(item, Lustre) and item.efa]
    if speaks and not plan.fabric_security_group:
        notes.error("efa-security-group", "pools", f"{', '.join(speaks)} use EFA, but no security group lets it pass")


def nic_layout(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """Interfaces fit the machine's cards: a first one with an address, no device twice, EFA only where a card takes it."""
    for pool, rung, machine in _rungs(plan, catalog):
        nics = rung.group.interfaces
        if not nics:
            continue
        path, places = f"pools.{pool.name}", [(nic.card, nic.device) for nic in nics]
        efa = [nic.card for nic in nics if nic.type != "interface"]
        if nics[0].type == "efa-only" or places[0] != (0, 0):
            notes.error("nic-layout", path, "the first interface must be a plain one or an EFA on card 0, device 0")
        if len(set(places)) != len(places):
            notes.error("nic-layout", path, "two interfaces take the same device of a card")
        wrong = sorted(set(efa) - set(machine.efa_cards))
        if wrong or len(efa) != len(set(efa)) or len(efa) > machine.efa_max:
            takes = f"{machine.name} takes one EFA on each of {len(machine.efa_cards)} cards"
            notes.error("nic-layout", path, f"{len(efa)} EFA devices do not fit (cards {wrong or efa}): {takes}")
        for nic in nics:
            limit = machine.interfaces_card0 if nic.card == 0 else machine.interfaces_per_card
            if limit is not None and nic.device >= limit:
                notes.error(
                    "nic-layout", path, f"card {nic.card} has {limit} interfaces, device {nic.device} is beyond"
                )


def no_fabric(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """A pool with a fabric has EFA in every rung, so that none falls back to TCP in silence."""
    for pool, rung, _ in _rungs(plan, catalog):
        if pool.fabric is not None and not any(nic.type != "interface" for nic in rung.group.interfaces):
            notes.error("no-fabric", f"pools.{pool.name}", f"{rung.name} has no EFA although the pool has a fabric")


def offered_in_zone(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """A machine is asked for only in zones where it is offered, as far as is known; quotas show only in the account.

    Where the pool has bought capacity, its machine is.
    """
    for pool, rung, _ in _rungs(plan, catalog):
        bought = {other.bought.zone_id for other in pool.rungs if other.bought}
        for name in rung.machines:
            offered = catalog.offered_zones(name, plan.region)
            missing = [zone for zone in rung.zones if offered is not None and zone not in {*offered, *bought}]
            if missing:
                hint = f"offered in {', '.join(offered or ()) or 'no zone of this region'}"
                notes.error(
                    "offerings", f"pools.{pool.name}.zones", f"{name} is not offered in {', '.join(missing)}", hint
                )


def one_zone(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """A pool with a fabric has one subnet, in the zone of its reservation and of the file system that it uses."""
    zones = {subnet.name: subnet.zone_id for subnet in plan.network.subnets}
    for pool, rung, _ in _rungs(plan, catalog):
        path, used = f"pools.{pool.name}", [zones.get(name, "?") for name in rung.group.subnets]
        if (pool.fabric is not None or rung.bought) and len(used) != 1:
            notes.error("zone-mismatch", path, f"{rung.name} spreads over {', '.join(used)}; it must stand in one zone")
        if rung.bought and used != [rung.bought.zone_id]:
            notes.error("zone-mismatch", path, f"{rung.name} stands in {used}, its capacity in {rung.bought.zone_id}")
    for item in plan.storage:
        if isinstance(item, Lustre) and zones.get(item.subnet) != item.zone_id:
            notes.error("zone-mismatch", f"storage.{item.name}", f"stands in {item.zone_id}, its subnet elsewhere")


def placement_group(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """A cluster placement group on bought capacity finds no instance: the reservation would have to be made in it."""
    for pool, rung, _ in _rungs(plan, catalog):
        if rung.group.placement_group and rung.bought is not None:
            notes.error(
                "placement", f"pools.{pool.name}.placement", f"{rung.name} forces a placement group on bought capacity"
            )
        if rung.group.placement_group and len(rung.zones) > 1:
            hint = "name one zone under zones, or write placement: auto"
            notes.error(
                "placement",
                f"pools.{pool.name}.placement",
                f"a placement group spans one zone, {rung.name} has several",
                hint,
            )


def capacity_block(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """A block's template has market type, reservation and machine; the group names no machine and starts at 0 nodes."""
    for pool, rung, _ in _rungs(plan, catalog):
        group, block = rung.group, rung.group.capacity_type == "CAPACITY_BLOCK"
        complete = (
            group.market_type == "capacity-block"
            and group.reservation_id is not None
            and group.template_instance_type is not None
            and not group.instance_types
        )
        if block != complete or (not block and (group.market_type or group.template_instance_type)):
            notes.error("capacity-block", f"pools.{pool.name}", f"{rung.name}: the template of a block is not complete")
        if block and (rung.nodes.desired or len(group.schedules) != 2):
            notes.error(
                "capacity-block", f"pools.{pool.name}", f"{rung.name}: starts at 0 and is raised when the block starts"
            )
        if block and rung.bought and rung.nodes.max > rung.bought.nodes:
            notes.error(
                "capacity-block", f"pools.{pool.name}", f"{rung.name} may grow beyond its {rung.bought.nodes} machines"
            )


def private_nodes(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """Nodes with several interfaces get no public address: they stand in private subnets with a way out."""
    roles = {subnet.name: subnet.role for subnet in plan.network.subnets}
    for pool, rung, _ in _rungs(plan, catalog):
        # A subnet that is missing was told when the network was planned.
        if any(roles.get(name, "pool") != "pool" for name in rung.group.subnets):
            notes.error("public-nodes", f"pools.{pool.name}", f"{rung.name} stands in a subnet that is not private")
    closed = {one.service for one in plan.network.endpoints if one.type == "Interface"}
    if plan.network.vpc_id is None and not plan.network.nat_zones and not {"ec2", "eks-auth", "ecr.dkr"} <= closed:
        notes.error("no-way-out", "network.nat", "nodes reach neither NAT nor the endpoints of a closed network")


def image_fits(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """The image has the drivers of the accelerator and the processor's architecture."""
    for pool, rung, machine in _rungs(plan, catalog):
        if rung.group.ami_type != ami_type(machine):
            want = ami_type(machine) or "no image of EKS"
            notes.error("image", f"pools.{pool.name}", f"{rung.group.ami_type} on {machine.name}, which needs {want}")


def addon_order(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """Pod network, proxy and pod identity come before the first node; nodes do not join without them."""
    before = {addon.name for addon in plan.addons if addon.before_nodes}
    missing = {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"} - before
    if missing:
        notes.error("addon-order", "software.addons", f"{', '.join(sorted(missing))} must come before the nodes")


def lustre(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """A Lustre server that the node's client accepts, at a legal size; with EFA only where the steps allow it."""
    for item in plan.storage:
        if not isinstance(item, Lustre) or item.given_gib is None:
            continue
        path, steps = f"storage.{item.name}", catalog.lustre_steps(item.throughput, item.efa)
        if numbers(item.version) < _OLDEST_LUSTRE:
            notes.error("lustre", path, f"clients of AL2023 refuse Lustre {item.version}", "use 2.15")
        if steps is None or steps.next_legal(item.given_gib) != item.given_gib:
            notes.error(
                "lustre", f"{path}.capacity", f"{item.given_gib} GiB is no legal size at {item.throughput} MB/s per TiB"
            )


def starved_nodes(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """Subnets hold every node's interfaces and pods, subnets are disjoint, and root disks hold the images."""
    by_name = {subnet.name: subnet for subnet in plan.network.subnets}
    for pool, rung, _ in _rungs(plan, catalog):
        machines = [catalog.machines[name] for name in rung.machines]
        need = rung.nodes.max * most_addresses(machines, rung.group.interfaces)
        for subnet in (by_name[name] for name in rung.group.subnets if name in by_name):
            if subnet.cidr and IPv4Network(subnet.cidr).num_addresses - RESERVED < need:
                notes.error(
                    "addresses",
                    f"pools.{pool.name}.nodes",
                    f"{subnet.name} ({subnet.cidr}) is too small for {need} addresses",
                )
        if rung.group.root_disk_gib < SMALLEST_ROOT_DISK_GIB:
            notes.error("root-disk", f"pools.{pool.name}.root_disk", f"{rung.group.root_disk_gib} GiB is too small")
    ranges = [(subnet.name, IPv4Network(subnet.cidr)) for subnet in plan.network.subnets if subnet.cidr]
    for index, (name, one) in enumerate(ranges):
        for other, two in ranges[index + 1 :]:
            if one.overlaps(two):
                notes.error("addresses", "network", f"the ranges of {name} and {other} overlap")


CHECKS: tuple[Check, ...] = (
    efa_security_group,
    nic_layout,
    no_fabric,
    offered_in_zone,
    one_zone,
    placement_group,
    capacity_block,
    private_nodes,
    image_fits,
    addon_order,
    lustre,
    starved_nodes,
    physical_names,
)


def _rungs(plan: AwsClusterPlan, catalog: AwsCatalog) -> list[tuple[AwsPool, AwsRung, AwsMachine]]:
    """(pool, rung, machine) of every rung."""
    return [(pool, rung, catalog.machines[pool.machine]) for pool in plan.pools for rung in pool.rungs]
