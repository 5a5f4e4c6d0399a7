"""The entry to planning: a loaded spec becomes the plan of its cloud."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from components.catalog import CLOUDS, Catalog, load
from components.errors import Finding, InputError, Level, did_you_mean
from components.plan.model import ClusterPlan
from components.spec.loader import LoadedSpec

# The planner of each cloud: a module with `plan(loaded, catalog) -> ClusterPlan`.
_PLANNERS: dict[str, str] = {"aws": "components.plan.aws.planner", "gcp": "components.plan.gcp.planner"}


def plan(loaded: LoadedSpec, catalog: Catalog | None = None) -> ClusterPlan:
    """The plan of a stack, with its findings (none of them an error) located in the user's files.

    `catalog` replaces the shipped one, for tests. Deterministic: no clock, no environment.
    Raises InputError with every problem when the cloud cannot do what the spec says.
    """
    cloud = loaded.spec.cloud
    module = _PLANNERS.get(cloud)
    if module is None:
        hint = did_you_mean(cloud, CLOUDS)
        finding = Finding(
            id="cloud", level=Level.ERROR, path="cloud", message=f"{cloud!r} cannot be planned yet", hint=hint
        )
        raise InputError(loaded.locate((finding,)))
    planner: Callable[[LoadedSpec, Catalog], ClusterPlan] = import_module(module).plan
    try:
        return planner(loaded, catalog or load(cloud))
    except InputError as error:
        raise InputError((*loaded.findings, *loaded.locate(error.findings))) from None
