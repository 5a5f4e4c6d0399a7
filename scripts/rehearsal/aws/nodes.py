"""EKS managed node groups: what must stand before machines join, and what their launch may fail by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from scripts.rehearsal.aws import capacity, lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call, catalogue
from scripts.rehearsal.aws.compute import uuid
from scripts.rehearsal.aws.eks import ADDON
from scripts.rehearsal.aws.iam import ATTACHMENT
from scripts.rehearsal.aws.interfaces import launchable
from scripts.rehearsal.aws.network import ASSOCIATION, ENDPOINT, ROUTE
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at, copied, digest, texts

_INVALID, _REFUSED = "InvalidParameterException", "InvalidRequestException"
_LAUNCH = frozenset(
    {"InsufficientInstanceCapacity", "VcpuLimitExceeded", "MaxSpotInstanceCountExceeded", "ReservationCapacityExceeded"}
    | {"Unsupported"}
)
"""What EC2 says to the Auto Scaling group, and EKS passes on as a health issue of the node group."""

_NEEDED = ("vpc-cni", "kube-proxy")


class NodeGroup(Behaviour):
    sets = ("subnetIds", "taints")
    owned = ("scalingConfig.desiredSize",)
    # API reference CreateNodegroup and NodegroupUpdateConfig.
    defaults: ClassVar[Mapping[str, Any]] = {
        "amiType": "AL2023_x86_64_STANDARD",
        "capacityType": "ON_DEMAND",
        "updateConfig": {"maxUnavailable": 1, "updateStrategy": "DEFAULT"},
    }

    def verify(self, call: Call) -> None:
        cluster, name = call.text("clusterName"), call.text("nodeGroupName")
        home = lookup.cluster(call, cluster)
        if any(one.id == f"{cluster}:{name}" for one in call.others(lookup.NODES)):
            words = f"NodeGroup already exists with name {name} and cluster name {cluster}"
            raise CloudError("ResourceInUseException", words)
        if home is not None and home.outputs.get("status") != "ACTIVE":
            raise CloudError(_REFUSED, f"Cluster '{cluster}' is not in ACTIVE status")
        self._role(call)
        self._subnets(call, home)
        self._sizes(call)
        self._template(call)
        self._version(call, home)
        self._launch(call, home)

    def _role(self, call: Call) -> None:
        arn = call.text("nodeRoleArn")
        found = lookup.role(call, arn)
        if found is not None and not lookup.trusts(found, "ec2.amazonaws.com"):
            words = (
                "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of"
            )
            raise CloudError(_INVALID, f"{words} nodeRole {arn}")

    def _subnets(self, call: Call, home: Resource | None) -> None:
        found = [lookup.subnet(call, one) for one in texts(call.inputs, "subnetIds")]
        vpc_id = None if home is None else at(home.outputs, "vpcConfig", "vpcId")
        if home is not None and any(one.get("vpcId") != vpc_id for one in found):
            raise CloudError(_INVALID, "Subnets are not in the VPC of the cluster")

    def _sizes(self, call: Call) -> None:
        sizes: Mapping[str, Any] = call.inputs.get("scalingConfig") or {}
        low, asked, high = (int(sizes.get(key) or 0) for key in ("minSize", "desiredSize", "maxSize"))
        if low > high:
            raise CloudError(_INVALID, f"Minimum capacity {low} can't be greater than maximum size {high}")
        if asked > high:
            raise CloudError(_INVALID, f"desired capacity {asked} can't be greater than max size {high}")
        if asked < low:
            raise CloudError(_INVALID, f"Minimum capacity {low} can't be greater than desired size {asked}")

    def _template(self, call: Call) -> None:
        kinds, block = texts(call.inputs, "instanceTypes"), call.inputs.get("launchTemplate")
        template: Values = {}
        if block is not None:
            lookup.template(call, block)
            template = capacity.template_of(call, call.inputs)
        if kinds and template.get("instanceType"):
            raise CloudError(_REFUSED, "Cannot specify instance types in launch template and API request")
        if call.text("capacityType") == "CAPACITY_BLOCK":
            _capacity_block(template, kinds)
        elif at(template, "instanceMarketOptions", "marketType"):
            words = "Remote market options of the launch template are not supported with capacity type"
            raise CloudError(_INVALID, f"{words} {call.text('capacityType', default='ON_DEMAND')}")
        if at(template, "networkInterfaces", "subnetId") or template.get("iamInstanceProfile"):
            # EKS guide, "Customize managed nodes with launch templates": what a template must not hold.
            raise CloudError(_INVALID, "Launch template must not specify a subnet or an instance profile")
        image = call.text("amiType")
        for machine in capacity.machines_of(call, call.inputs):
            _fits_image(machine, image)
            launchable(call, template, machine)

    def _version(self, call: Call, home: Resource | None) -> None:
        asked, known = call.text("version"), list(catalogue().kubernetes_versions)
        above = str(home.outputs.get("version")) if home else asked
        if asked in known and above in known and known.index(asked) > known.index(above):
            words = f"Nodegroup Kubernetes version {asked} must not be newer than the cluster's version {above}"
            raise CloudError(_INVALID, words)

    def _launch(self, call: Call, home: Resource | None) -> None:
        count = int(at(call.inputs, "scalingConfig", "desiredSize") or 0)
        before = 0 if call.was is None else capacity.running(call.was)
        if count == 0 or (call.was is not None and count <= before):
            return
        try:
            self._machines(call, count)
        except CloudError as refused:
            if refused.code not in _LAUNCH:
                raise
            kind = "Spot" if call.text("capacityType") == "SPOT" else "On-Demand"
            words = (
                f"Could not launch {kind} Instances. {refused.code} - {refused.message} Launching EC2 instance failed."
            )
            raise failed(call, "AsgInstanceLaunchFailures", words) from None
        if home is not None and call.was is None and call.text("capacityType") != "CAPACITY_BLOCK":
            self._join(call, home)

    def _machines(self, call: Call, count: int) -> None:
        """Try the machines in their order, as EKS's groups do; the last refusal counts."""
        zones, kind = capacity.zones_of(call, call.inputs), call.text("capacityType", default="ON_DEMAND")
        held, last = capacity.reservation_of(call, call.inputs), None
        for machine in capacity.machines_of(call, call.inputs):
            try:
                capacity.offered(call, machine, zones)
                if held:
                    capacity.from_reservation(call, held, machine, count, zones)
                else:
                    capacity.quota(call, machine, count, kind)
                    capacity.room(call, machine, count, zones)
                return
            except CloudError as refused:
                last = refused
        if last is not None:
            raise last

    def _join(self, call: Call, home: Resource) -> None:
        there = {one.inputs.get("addonName") for one in call.others(ADDON) if one.inputs.get("clusterName") == home.id}
        if not home.outputs.get("bootstrapSelfManagedAddons") and not there.issuperset(_NEEDED):
            words = "Unhealthy nodes in the kubernetes cluster: container runtime network not ready: NetworkReady=false"
            why = "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"
            raise failed(call, "NodeCreationFailure", f"{words} {why}")
        role = lookup.role(call, call.text("nodeRoleArn"))
        if role is not None and not _holds(call, role, "AmazonEKSWorkerNodePolicy"):
            raise failed(call, "NodeCreationFailure", "Instances failed to join the kubernetes cluster")
        if not all(_has_way_out(call, one) for one in texts(call.inputs, "subnetIds")):
            raise failed(call, "NodeCreationFailure", "Instances failed to join the kubernetes cluster")

    def identify(self, call: Call) -> str:
        return f"{call.text('clusterName')}:{call.text('nodeGroupName')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        cluster, name = call.text("clusterName"), call.text("nodeGroupName")
        home = lookup.cluster(call, cluster)
        token = uuid(call.fresh("ng-"))
        if call.was is not None:
            token = str(call.was.outputs["arn"]).rpartition("/")[2]
        version = call.text("version") or ("" if home is None else str(home.outputs["version"]))
        made: dict[str, Any] = {
            "arn": call.arn("eks", f"nodegroup/{cluster}/{name}/{token}"),
            "status": "ACTIVE",
            "version": version,
            # The form of AL2023's releases; v20260714 is the newest that was seen (awslabs/amazon-eks-ami).
            "releaseVersion": call.text("releaseVersion") or f"{version}.0-20260714",
            "resources": [
                {"autoscalingGroups": [{"name": f"eks-{name}-{token}"}], "remoteAccessSecurityGroupId": ""},
            ],
        }
        if call.was is not None and not call.text("version"):
            # Without a version of its own, a group stays where it is when its cluster goes on.
            made |= {key: call.text(key) or call.was.outputs[key] for key in ("version", "releaseVersion")}
        if not call.inputs.get("launchTemplate"):
            made["diskSize"] = call.inputs.get("diskSize") or 20
        return made

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        """The setting `desired.<node group>` is what an autoscaler or a schedule made of the size."""
        moved = call.existing.setting(f"desired.{now.outputs.get('nodeGroupName')}")
        if moved is None:
            return {}
        sizes: dict[str, Any] = copied(now.outputs.get("scalingConfig") or {})
        return {"scalingConfig": {**sizes, "desiredSize": moved}}

    def release(self, call: Call, gone: Resource) -> None:
        return None  # its Auto Scaling group goes with all its scheduled actions


def failed(call: Call, issue: str, words: str) -> CloudError:
    """A node group's health issue, in the words of the provider that waited for the group."""
    cluster, name = call.text("clusterName"), call.text("nodeGroupName")
    what = "create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'" if call.was is None else "update: failed"
    group = f"eks-{name}-{digest(cluster, name)[:8]}"
    return CloudError(
        issue, f"waiting for EKS Node Group ({cluster}:{name}) {what}. last error: {group}: {issue}: {words}"
    )


def _capacity_block(template: Values, kinds: Sequence[str]) -> None:
    """EKS guide, "Create a managed node group with Capacity Blocks for ML": all three stand in the template."""
    target = ("capacityReservationSpecification", "capacityReservationTarget", "capacityReservationId")
    if kinds:
        raise CloudError(_INVALID, "Instance types must be in the launch template when capacity type is CAPACITY_BLOCK")
    if at(template, "instanceMarketOptions", "marketType") != "capacity-block":
        raise CloudError(
            _INVALID, "Launch template must have market type capacity-block when capacity type is CAPACITY_BLOCK"
        )
    if not at(template, *target):
        raise CloudError(
            _INVALID, "Launch template must name a capacity reservation when capacity type is CAPACITY_BLOCK"
        )
    if not template.get("instanceType"):
        raise CloudError(_INVALID, "Launch template must have an instance type when capacity type is CAPACITY_BLOCK")


def _fits_image(machine: str, image: str) -> None:
    known = catalogue().machine(machine)
    if known is None or not image or image == "CUSTOM":
        return
    if ("ARM_64" in image) != (known.architecture in ("arm64", "aarch64")):
        raise CloudError(_INVALID, f"[{machine}] is not a valid instance type for requested amiType {image}")


def _holds(call: Call, role: Resource, policy: str) -> bool:
    held = (one for one in call.anywhere(ATTACHMENT) if one.inputs.get("role") == role.id)
    return any(str(one.inputs.get("policyArn")).endswith(f"/{policy}") for one in held)


def _has_way_out(call: Call, subnet_id: str) -> bool:
    """Whether a node in this subnet reaches EC2 and the registry: by a default route, or by endpoints of its VPC."""
    if lookup.outside(call, subnet_id) is not None:
        return True
    tables = {
        one.inputs.get("routeTableId") for one in call.others(ASSOCIATION) if one.inputs.get("subnetId") == subnet_id
    }
    routes = [one for one in call.others(ROUTE) if one.inputs.get("routeTableId") in tables]
    if any(one.inputs.get("destinationCidrBlock") == "0.0.0.0/0" for one in routes):
        return True
    vpc_id = lookup.subnet(call, subnet_id).get("vpcId")
    endpoints = (one for one in call.others(ENDPOINT) if one.inputs.get("vpcId") == vpc_id)
    return any(str(one.inputs.get("serviceName")).endswith(".ec2") for one in endpoints)


BEHAVIOURS: dict[str, Behaviour] = {lookup.NODES: NodeGroup()}
