"""Which providers a rehearsal stands in for, and who answers for each."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from typing import Any, cast

from scripts.rehearsal.model import Service, Values

SERVICES: dict[str, str] = {
    "aws": "scripts.rehearsal.aws.service",
    "gcp": "scripts.rehearsal.gcp.service",
    "azure-native": "scripts.rehearsal.azure_native.service",
    "kubernetes": "scripts.rehearsal.kubernetes.service",
}
"""Provider -> the module whose `service()` answers for it; where there is no such module, inputs are echoed."""

PROVIDERS: tuple[str, ...] = tuple(SERVICES)


def service(provider: str) -> Service | None:
    """Who answers for a provider, None where nobody does yet."""
    module = _module(provider)
    return None if module is None else cast(Service, module.service())


def services(*providers: str) -> dict[str, Service]:
    """The services of these providers, without those that have none."""
    found = {provider: service(provider) for provider in providers}
    return {provider: one for provider, one in found.items() if one is not None}


def autonames(provider: str) -> Mapping[str, tuple[str, int]]:
    """Type -> the property that its provider fills with a name of its own, and how long that may be."""
    return getattr(_module(provider), "AUTONAMES", {})


def refusal(provider: str, config: Values, account: str) -> str | None:
    """Why a provider does not take its configuration, in its own words."""
    refuses = getattr(_module(provider), "refusal", None)
    return None if refuses is None else cast("str | None", refuses(config, account))


def version(provider: str) -> str:
    """The version of a provider: that of its SDK, since both are released together."""
    try:
        return importlib.metadata.version(f"pulumi-{provider}")
    except importlib.metadata.PackageNotFoundError:
        return "0.0.0"


def _module(provider: str) -> Any:
    name = SERVICES.get(provider, "")
    package = name.rpartition(".")[0]
    if not package or importlib.util.find_spec(package) is None or importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)
