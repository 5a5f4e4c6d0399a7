"""Which providers a rehearsal stands in for, and who answers for each."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from scripts.rehearsal.model import Service, Values

SERVICES: dict[str, str] = {"aws": "scripts.rehearsal.aws"}
"""Provider -> the package that answers for it; nobody does for the others, which take everything.

`service.service()` in it gives the Service, `provider` says what the provider does before it asks the cloud.
"""

PROVIDERS: tuple[str, ...] = ("aws", "gcp", "azure-native", "kubernetes")


def service(provider: str) -> Service | None:
    """Who answers for a provider, None where nobody does yet."""
    module = _module(provider, "service")
    return None if module is None else cast(Service, module.service())


def services(*providers: str) -> dict[str, Service]:
    """The services of these providers, without those that have none."""
    found = {provider: service(provider) for provider in providers}
    return {provider: one for provider, one in found.items() if one is not None}


def autonames(provider: str) -> Mapping[str, tuple[str, int]]:
    """Type -> the property that its provider fills with a name of its own, and how long that may be."""
    return getattr(_module(provider, "provider"), "AUTONAMES", {})


def lowercase(type: str) -> bool:
    """Whether the names of a type have no capitals."""
    return type in getattr(_module(type.partition(":")[0], "provider"), "LOWERCASE", ())


def prefix(type: str) -> str:
    """What the names of a type begin with."""
    return getattr(_module(type.partition(":")[0], "provider"), "PREFIXES", {}).get(type, "")


def sets(type: str) -> tuple[str, ...]:
    """The paths, without indexes, of the lists of a type whose order means nothing."""
    return getattr(_module(type.partition(":")[0], "service"), "SETS", {}).get(type, ())


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
