"""The objects of Kubernetes clusters, and what becomes of those that have a part in the cloud.

A Service of type LoadBalancer and an Ingress have a load balancer, with network interfaces in the cluster's subnets; a
PersistentVolumeClaim has a disk. What deletes these runs in the cluster: where it does not run any more when the object
goes, or the object goes with the cluster, they stay, and what they stand in cannot be deleted. Sources: EKS API
reference, DeleteCluster ("delete those services before deleting the cluster ... otherwise, you can have orphaned
resources in your VPC"); aws-samples/sample-aws-eks-auto-mode, cleanup; Kubernetes documentation, "Reclaiming".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scripts.rehearsal.hosting import DISK, LOAD_BALANCER, Host, host, hosts
from scripts.rehearsal.kubernetes import limits
from scripts.rehearsal.kubernetes.provider import is_custom
from scripts.rehearsal.model import CloudError, Effects, Existing, Failure, Resource, Service, Values
from scripts.rehearsal.telling import stood_in
from scripts.rehearsal.values import at, copied, digest, filled

SERVICE, CLAIM = "kubernetes:core/v1:Service", "kubernetes:core/v1:PersistentVolumeClaim"
INGRESS, NAMESPACE = "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:core/v1:Namespace"
CLASS, RELEASE = "kubernetes:storage.k8s.io/v1:StorageClass", "kubernetes:helm.sh/v3:Release"
PARAMETERS, NETWORK = "kubernetes:networking.gke.io/v1:GKENetworkParamSet", "kubernetes:networking.gke.io/v1:Network"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_NOT_NAMESPACED = frozenset(
    {"Namespace", "PersistentVolume", "StorageClass", "PriorityClass", "ClusterRole", "ClusterRoleBinding"}
    | {"CustomResourceDefinition", "IngressClass", "RuntimeClass", "CSIDriver", "Node"}
)
"""Kinds of Kubernetes itself that stand in no namespace (`kubectl api-resources --namespaced=false`)."""

# Kubernetes API reference: what an API server fills in.
_DEFAULTS: dict[str, dict[str, Any]] = {
    SERVICE: {"spec": {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"}},
    CLAIM: {"spec": {"volumeMode": "Filesystem"}},
    NAMESPACE: {"spec": {"finalizers": ["kubernetes"]}},
    CLASS: {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
}


class Kubernetes:
    """Setting `account` is the host name of the API server that a call is made to; empty for one that is not known."""

    def check(self, type: str, inputs: Values, existing: Existing) -> Iterable[Failure]:
        return limits.failures(type, inputs)

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        server = str(existing.setting("account", ""))
        here = _reached(server, existing)
        id = _id(type, inputs)
        mine = [one for one in existing.all() if one.account == server and one.type.startswith("kubernetes:")]
        if any((one.type, one.id) == (type, id) for one in mine):
            raise CloudError("AlreadyExists", f'{_plural(type)} "{id.rpartition("/")[2]}" already exists')
        self._placed(type, id, mine)
        self._defined(type, mine, here, existing)
        return id, _outputs(type, id, inputs, {})

    def _placed(self, type: str, id: str, mine: list[Resource]) -> None:
        """An object stands in a namespace that exists."""
        space, _, _ = id.rpartition("/")
        made = [one.id for one in mine if one.type == NAMESPACE]
        if space and space not in (*_NAMESPACES, *made):
            raise CloudError("NotFound", f'namespaces "{space}" not found')

    def _defined(self, type: str, mine: list[Resource], here: Host | None, existing: Existing) -> None:
        """A custom resource has a definition: an object, something that a Helm release brought, or the cloud's own."""
        _, version, kind = type.split(":")
        group = version.partition("/")[0]
        brought = here is not None and group in here.groups and f"{group}/{kind}" not in here.lacking
        if not is_custom(type) or brought or group in existing.setting("kinds", ()):
            return
        defined = any(
            (at(one.inputs, "spec", "group"), at(one.inputs, "spec", "names", "kind")) == (group, kind)
            for one in mine
            if one.type == DEFINITION
        )
        if not defined and not any(one.type == RELEASE for one in mine):
            raise CloudError("NoMatch", f'no matches for kind "{kind}" in version "{version}"')

    def update(self, resource: Resource, inputs: Values, existing: Existing) -> dict[str, Any]:
        _reached(resource.account, existing)
        return _outputs(resource.type, resource.id, inputs, resource.outputs)

    def read(self, resource: Resource, existing: Existing) -> dict[str, Any]:
        return copied(resource.outputs)

    def delete(self, resource: Resource, existing: Existing) -> None:
        """GKE keeps the parameters of a network by a finalizer for as long as the network is there
        (kubernetes/cloud-provider-gcp, pkg/controller/gkenetworkparamset)."""
        if resource.type != PARAMETERS or _reached(resource.account, existing) is None:
            return
        for one in existing.all(NETWORK):
            if one.account == resource.account and at(one.inputs, "spec", "parametersRef", "name") == resource.id:
                words = (
                    f"timed out waiting to delete {resource.id}: finalizer networking.gke.io/gnp-controller waits for"
                )
                raise CloudError("Timeout", f"{words} Network {one.id}")

    def gone(self, resource: Resource, existing: Existing) -> Effects:
        """What an object leaves in the cloud, and what goes with a namespace or a cluster."""
        if not resource.type.startswith("kubernetes:"):
            return _with_cluster(resource, existing)
        home = next((one for one in hosts(existing) if resource.account in one.servers), None)
        went = [resource]
        if resource.type == NAMESPACE:
            mine = (one for one in existing.all() if one.account == resource.account)
            went += [one for one in mine if one.type.startswith("kubernetes:") and one.id.startswith(f"{resource.id}/")]
        made = [left for one in went for left in _left(one, home, existing, cleans=home is not None and home.cleans)]
        return Effects(made=tuple(made), gone=tuple(went[1:]))


def _with_cluster(resource: Resource, existing: Existing) -> Effects:
    """Its objects go with a cluster; nothing deletes what they have in the cloud."""
    home = host(resource, existing)
    if home is None:
        return Effects()
    objects = [one for one in existing.all() if one.type.startswith("kubernetes:") and one.account in home.servers]
    made = [left for one in objects for left in _left(one, home, existing, cleans=False)]
    return Effects(made=tuple(made), gone=tuple(objects))


def _left(one: Resource, home: Host | None, existing: Existing, *, cleans: bool) -> tuple[Resource, ...]:
    """What stays in the cloud of an object that is gone."""
    kind = _part(one)
    if home is None or not kind or (cleans and not (kind == DISK and _retained(one, existing))):
        return ()
    return home.left(kind, f"{one.type.rpartition(':')[2]} {one.id}")


def _part(one: Resource) -> str:
    """What an object has in the cloud; empty for most."""
    if one.type == SERVICE:
        return LOAD_BALANCER if at(one.inputs, "spec", "type") == "LoadBalancer" else ""
    if one.type == CLAIM:
        # With a volume of its own name, or with no class, nothing is provisioned for it.
        given = at(one.inputs, "spec", "volumeName") or at(one.inputs, "spec", "storageClassName") == ""
        return "" if given else DISK
    return LOAD_BALANCER if one.type == INGRESS else ""


def _retained(claim: Resource, existing: Existing) -> bool:
    """Whether the class of a claim keeps its disk (Kubernetes documentation, storage classes: reclaimPolicy)."""
    name = at(claim.inputs, "spec", "storageClassName")
    classes = (one for one in existing.all(CLASS) if one.account == claim.account and one.id == name)
    return any(one.outputs.get("reclaimPolicy") == "Retain" for one in classes)


def _reached(server: str, existing: Existing) -> Host | None:
    """The cluster that is asked; None for one outside of all stacks. Raises for a server that nothing answers at."""
    clusters = list(hosts(existing))
    if any(server in one.unreached for one in clusters):
        words = "configured Kubernetes cluster is unreachable: unable to load schema information from the API server:"
        raise CloudError(
            "Unreachable", f'{words} Get "https://{server}/openapi/v2": dial tcp {server}:443: i/o timeout'
        )
    found = next((one for one in clusters if server in one.servers), None)
    if found is None and server and existing.setting(f"outside.{server}") in (None, False) and "." in server:
        words = "configured Kubernetes cluster is unreachable: unable to load schema information from the API server:"
        raise CloudError(
            "Unreachable", f'{words} Get "https://{server}/openapi/v2": dial tcp: lookup {server}: no such host'
        )
    return found


def _id(type: str, inputs: Values) -> str:
    if type == RELEASE:
        return f"{inputs.get('namespace') or 'default'}/{inputs.get('name')}"
    name, kind = str(at(inputs, "metadata", "name")), type.rpartition(":")[2]
    space = str(at(inputs, "metadata", "namespace") or "")
    if kind in _NOT_NAMESPACED and not is_custom(type):
        return name
    return f"{space or 'default'}/{name}" if space or not is_custom(type) else name


def _plural(type: str) -> str:
    group, kind = type.split(":")[1].partition("/")[0], type.rpartition(":")[2].lower()
    return f"{kind}s" if group == "core" else f"{kind}s.{group}"


def _outputs(type: str, id: str, inputs: Values, old: Values) -> dict[str, Any]:
    """The object as the API server tells it: with its defaults, and what it puts in the head of each."""
    if type == RELEASE:
        made: dict[str, Any] = {**copied(inputs), "status": {"status": "deployed", "name": inputs.get("name")}}
        return stood_in(type, id, made, old)
    _, version, kind = type.split(":")
    made = filled(inputs, _DEFAULTS.get(type, {}))
    head: dict[str, Any] = {
        "uid": at(old, "metadata", "uid") or digest("uid", type, id)[:32],
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "resourceVersion": str(int(at(old, "metadata", "resourceVersion") or 0) + 1),
        "generation": int(at(old, "metadata", "generation") or 0) + 1,
    }
    if "/" in id:
        head["namespace"] = id.partition("/")[0]
    made["metadata"] = {**head, **(made.get("metadata") or {})}
    made |= {"apiVersion": version.removeprefix("core/"), "kind": kind}
    if type == SERVICE:
        made["spec"] = {"clusterIP": f"10.100.{int(digest(id)[:2], 16)}.{int(digest(id)[2:4], 16)}", **made["spec"]}
        ingress = [{"hostname": f"k8s-{digest(id)[:16]}.elb.example.com"}]
        balanced = made["spec"]["type"] == "LoadBalancer"
        made["status"] = {"loadBalancer": {"ingress": ingress} if balanced else {}}
    if type in (CLAIM, NAMESPACE):
        made["status"] = {"phase": "Bound" if type == CLAIM else "Active"}
    return made


def service() -> Service:
    """How an API server answers. It keeps nothing: all that exists is in `Existing`."""
    return Kubernetes()
