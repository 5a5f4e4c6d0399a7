"""Which providers a rehearsal stands in for, and who answers for each."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from scripts.rehearsal.model import Service, Values

SERVICES: dict[str, str] = {
    "aws": "scripts.rehearsal.aws",
    "gcp": "scripts.rehearsal.gcp",
    "azure-native": "scripts.rehearsal.azure",
    "kubernetes": "scripts.rehearsal.kubernetes",
}
"""Provider -> the package that answers for it; nobody does for others, which take everything.

`service.service()` in it gives the Service, `provider` says what the provider does before it asks the cloud, `hosting`
how the cloud hosts Kubernetes clusters.
"""

PROVIDERS: tuple[str, ...] = tuple(SERVICES)

_OF_CLOUDS: dict[str, tuple[str, ...]] = {
    "aws": ("aws",),
    "gcp": ("gcp", "kubernetes"),
    "azure": ("azure-native", "kubernetes"),
}
"""Cloud -> the providers that a cluster there is made by, the cloud's own first."""


def of_cloud(cloud: str) -> tuple[str, ...]:
    """The providers that make a cluster on a cloud. Raises KeyError for a cloud that nobody stands in for."""
    return _OF_CLOUDS[cloud]


def before_nodes(cloud: str) -> str:
    """The end of a logical name: what nodes need there, and what could be made twice (`{pool}-template`)."""
    return str(_module(of_cloud(cloud)[0], "provider").BEFORE_NODES)


def types_on(cloud: str) -> frozenset[str]:
    """The types of resources that those who answer for a cloud know; of custom resources see `is_custom`."""
    return frozenset(type for provider in of_cloud(cloud) for type in types(provider))


def service(provider: str) -> Service | None:
    """Who answers for a provider, None where nobody does yet."""
    module = _module(provider, "service")
    return None if module is None else cast(Service, module.service())


def services(*providers: str) -> dict[str, Service]:
    """The services of these providers, without those that have none."""
    found = {provider: service(provider) for provider in providers}
    return {provider: one for provider, one in found.items() if one is not None}


def types(provider: str) -> frozenset[str]:
    """The types of resources that whoever answers for a provider knows."""
    return frozenset(getattr(_module(provider, "service"), "BEHAVIOURS", {}))


def hosting(provider: str) -> Any:
    """How a provider's cloud hosts Kubernetes clusters (`CLUSTERS`, `host`), None where it does not."""
    return _module(provider, "hosting")


def account(provider: str, config: Values, default: str) -> str:
    """On whose behalf a provider calls by its configuration: a project, a subscription, a cluster's API server."""
    tells = getattr(_module(provider, "provider"), "account", None)
    return (tells(config) if tells is not None else "") or default


def is_custom(type: str) -> bool:
    """Whether a type is one whose shape no SDK knows: a custom resource."""
    asks = getattr(_module(type.partition(":")[0], "provider"), "is_custom", None)
    return asks is not None and bool(asks(type))


def keeps_inputs(type: str) -> bool:
    """Whether a provider's refresh changes only those inputs whose outputs have changed since it was told of them."""
    return bool(getattr(_module(type.partition(":")[0], "provider"), "KEEPS_INPUTS", False))


def errors(type: str) -> Mapping[str, tuple[str, str]]:
    """By kind of fault: the code and the words of the cloud that answers for a type; those that are like AWS's lack."""
    return getattr(_module(type.partition(":")[0], "provider"), "ERRORS", {})


def kept(type: str) -> bool:
    """Whether a cloud goes on having what it has deleted: a second one of its name may be refused."""
    return type in getattr(_module(type.partition(":")[0], "provider"), "KEPT", ())


def folded(type: str) -> tuple[str, ...]:
    """The inputs whose letter case is the cloud's own business."""
    return getattr(_module(type.partition(":")[0], "provider"), "FOLDED", ())


def reshaped(type: str) -> tuple[tuple[str, str], ...]:
    """(block, name) of what a provider tells in another shape than it takes: a map for a list."""
    return getattr(_module(type.partition(":")[0], "provider"), "RESHAPED", {}).get(type, ())


def form(type: str) -> tuple[int, str]:
    """(hexadecimal digits, what stands before them) of a name that a provider makes of a logical one."""
    found = _module(type.partition(":")[0], "provider")
    if type in getattr(found, "COPIED", ()):
        return 0, ""
    return getattr(found, "FORM", (7, "-"))


def autonames(provider: str) -> Mapping[str, tuple[str, int]]:
    """Type -> the property that its provider fills with a name of its own, and how long that may be."""
    return getattr(_module(provider, "provider"), "AUTONAMES", {})


def lowercase(type: str) -> bool:
    """Whether the names of a type have no capitals."""
    return type in getattr(_module(type.partition(":")[0], "provider"), "LOWERCASE", ())


def prefix(type: str) -> str:
    """What the names of a type begin with."""
    return getattr(_module(type.partition(":")[0], "provider"), "PREFIXES", {}).get(type, "")


def within(type: str, inputs: Values) -> str:
    """What the id of such a resource is unique in, beside its region and account; empty for most types."""
    property = getattr(_module(type.partition(":")[0], "provider"), "WITHIN", {}).get(type, "")
    return str(inputs.get(property) or "")


def sets(type: str) -> tuple[str, ...]:
    """The paths, without indexes, of the lists of a type whose order means nothing."""
    return getattr(_module(type.partition(":")[0], "service"), "SETS", {}).get(type, ())


def notes(*providers: str) -> list[str]:
    """What the clouds of these providers do not check in this environment, for people to read."""
    tells = (getattr(_module(provider, "limits"), "note", None) for provider in providers)
    return [words for tell in tells if tell is not None and (words := str(tell()))]


def refusal(provider: str, config: Values, account: str) -> str | None:
    """Why a provider does not take its configuration, in its own words."""
    refuses = getattr(_module(provider, "provider"), "refusal", None)
    return None if refuses is None else cast("str | None", refuses(config, account))


def version(provider: str) -> str:
    """The version of a provider: that of its SDK, since both are released together."""
    try:
        return importlib.metadata.version(f"pulumi-{provider}")
    except importlib.metadata.PackageNotFoundError:
        return "0.0.0"


@cache
def _module(provider: str, part: str) -> Any:
    name = f"{SERVICES[provider]}.{part}" if provider in SERVICES else ""
    return importlib.import_module(name) if name and importlib.util.find_spec(name) is not None else None
