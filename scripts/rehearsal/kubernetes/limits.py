"""What an API server refuses in an object by itself: its names, its labels, and a custom resource without a head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.rehearsal.kubernetes.provider import is_custom
from scripts.rehearsal.model import Failure, Values
from scripts.rehearsal.values import at, texts
from scripts.rehearsal.wire import is_unknown
from scripts.rehearsal.wordy import Limit, broken

_NAMES = "Kubernetes documentation, Object Names and IDs"
_LABELS = "Kubernetes documentation, Labels and Selectors"
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_VALUE = r"([A-Za-z0-9]([-.\w]*[A-Za-z0-9])?)?"

_NAMED = Limit("metadata.name", "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'", _NAMES, _SUBDOMAIN, 1, 253)  # fmt: skip
_OF_RBAC = Limit("metadata.name", "may not contain '/' or '%'", _NAMES, r"[^/%]+", 1, 253)
_OTHERS = {
    "kubernetes:core/v1:Namespace": Limit("metadata.name", "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'", _NAMES, _LABEL, 1, 63),
    "kubernetes:core/v1:Service": Limit("metadata.name", "a DNS-1035 label must start with a letter and consist of lower case alphanumeric characters or '-'", _NAMES, r"[a-z]([-a-z0-9]*[a-z0-9])?", 1, 63),
}  # fmt: skip
_COMMON = (
    Limit("metadata.labels.*", "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'", _LABELS, _VALUE, 0, 63),
    Limit("metadata.namespace", "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'", _NAMES, _LABEL, 1, 63),
)  # fmt: skip

_PARAMETERS, _NETWORK = "kubernetes:networking.gke.io/v1:GKENetworkParamSet", "kubernetes:networking.gke.io/v1:Network"
_LISTED: dict[str, dict[str, tuple[str, ...]]] = {
    # Kubernetes API reference, core/v1 and apps/v1.
    "kubernetes:core/v1:Service": {"spec.type": ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")},
    "kubernetes:core/v1:PersistentVolumeClaim": {"spec.volumeMode": ("Block", "Filesystem")},
    "kubernetes:storage.k8s.io/v1:StorageClass": {
        "reclaimPolicy": ("Delete", "Retain"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    },
    # kubernetes/cloud-provider-gcp, crd/config/crds/networking.gke.io_{gkenetworkparamsets,networks}.yaml; RDMA: GKE
    # guide, "Run AI workloads on A3 Ultra and A4".
    _PARAMETERS: {"spec.deviceMode": ("DPDK-VFIO", "NetDevice", "RDMA")},
    _NETWORK: {"spec.type": ("Device", "L2", "L3"), "spec.provider": ("GKE",)},
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    _PARAMETERS: ("spec.vpc", "spec.vpcSubnet"),
    _NETWORK: ("spec.type", "spec.parametersRef.group", "spec.parametersRef.kind", "spec.parametersRef.name"),
}
"""What a custom resource's definition asks for; within a block only where the block is there."""
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")


def failures(type: str, inputs: Values) -> list[Failure]:
    """Each input that an API server would refuse whatever exists; each path once."""
    if type.startswith("kubernetes:helm.sh/"):
        return []
    named = _OF_RBAC if ".authorization.k8s.io/" in type else _OTHERS.get(type, _NAMED)
    found: dict[str, Failure] = {}
    for one in [*_head(type, inputs), *broken((named, *_COMMON), inputs), *_unlisted(type, inputs)]:
        found.setdefault(one.property, one)
    return list(found.values())


def _head(type: str, inputs: Values) -> Iterator[Failure]:
    """A custom resource says what it is, and that is its type."""
    _, version, kind = type.split(":")
    for name, wanted in (("apiVersion", version), ("kind", kind)) if is_custom(type) else ():
        given = inputs.get(name)
        if given is None:
            yield Failure(property=name, reason=f"missing required property {name!r}")
        elif given != wanted:
            yield Failure(property=name, reason=f"{given!r} is not {wanted!r}, which its type says")
    if is_custom(type) and not isinstance(inputs.get("metadata"), dict):
        yield Failure(property="metadata", reason="missing required property 'metadata'")
    for path in _REQUIRED.get(type, ()):
        *blocks, name = path.split(".")
        inside = at(inputs, *blocks)
        if (isinstance(inside, dict) or len(blocks) == 1) and at(inputs, *blocks, name) in (None, ""):
            yield Failure(property=path, reason="Required value")
    if type.endswith(":CustomResourceDefinition"):
        wanted = f"{at(inputs, 'spec', 'names', 'plural')}.{at(inputs, 'spec', 'group')}"
        if at(inputs, "metadata", "name") != wanted:
            yield Failure(property="metadata.name", reason=f'must be spec.names.plural+"."+spec.group, {wanted!r}')


def _unlisted(type: str, inputs: Values) -> Iterator[Failure]:
    for path, allowed in _LISTED.get(type, {}).items():
        value: Any = at(inputs, *path.split("."))
        if isinstance(value, str) and value not in allowed and not is_unknown(value):
            yield Failure(property=path, reason=f"Unsupported value: {value!r}: supported values: {', '.join(allowed)}")
    modes = texts(inputs, "spec", "accessModes") if "PersistentVolume" in type else []
    for index, mode in enumerate(modes):
        if mode not in _MODES and not is_unknown(mode):
            where = f"spec.accessModes[{index}]"
            yield Failure(property=where, reason=f"Unsupported value: {mode!r}: supported values: {', '.join(_MODES)}")
