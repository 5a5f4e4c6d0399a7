"""What Pulumi's Kubernetes provider does before it asks: it names objects, and reads its kubeconfig."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scripts.rehearsal.model import Values
from scripts.rehearsal.values import at, rows

AUTONAMES: dict[str, tuple[str, int]] = {
    "*": ("metadata.name", 253),
    "kubernetes:helm.sh/v3:Release": ("name", 53),  # Helm's limit of names of releases
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": ("", 0),  # must be <plural>.<group>
    "kubernetes:core/v1:Namespace": ("metadata.name", 63),
    "kubernetes:core/v1:Service": ("metadata.name", 63),
}
"""By type: the property, and the longest name in characters (Kubernetes documentation, "Object Names and IDs")."""

FORM = (8, "-")
"""Digits of a name, and what stands before them (pulumi-kubernetes, provider/pkg/metadata/naming.go)."""

_BUILT_IN = ".k8s.io"
_OWN = frozenset({"helm.sh", "kustomize", "yaml"})  # the provider's own types


def account(config: Values) -> str:
    """The host name of the API server; empty where it is not known yet, or nothing names one."""
    given = config.get("kubeconfig")
    if not isinstance(given, str) or not given:
        return ""
    try:
        text = Path(given).read_text(encoding="utf-8") if "\n" not in given and Path(given).is_file() else given
        read: Any = yaml.safe_load(text)
    except (OSError, yaml.YAMLError):
        return ""
    return _server(read, str(config.get("context") or ""))


def _server(kubeconfig: Values, context: str) -> str:
    chosen = context or at(kubeconfig, "current-context")
    named = next(
        (at(one, "context", "cluster") for one in rows(kubeconfig, "contexts") if one.get("name") == chosen), None
    )
    clusters = rows(kubeconfig, "clusters")
    found = next((one for one in clusters if one.get("name") == named), clusters[0] if clusters else None)
    server = str(at(found, "cluster", "server") or "")
    return server.removeprefix("https://").rstrip("/").removesuffix(":443")


@cache
def is_custom(type: str) -> bool:
    """Whether a type is a custom resource: of a group that is no part of Kubernetes, or that the SDK lacks."""
    group = type.split(":")[1].partition("/")[0]
    if "." not in group or group in _OWN:
        return False
    module = f"pulumi_kubernetes.{group.partition('.')[0]}"
    return not group.endswith(_BUILT_IN) or importlib.util.find_spec(module) is None
