"""Fields that say something which nothing acts on yet: told, never swallowed."""

from __future__ import annotations

from components.plan.notes import Notes
from components.spec.models import ClusterSpec


def tell_unused(spec: ClusterSpec, notes: Notes) -> None:
    """A finding for each field that is set and has no effect yet, on any cloud."""
    for name, pool in spec.pools.items():
        for field in ("mig", "time_slices"):
            if getattr(pool, field) is not None:
                _unused(
                    f"pools.{name}.{field}", "the in-cluster software that would apply it is not installed yet", notes
                )
    for name, item in spec.storage.items():
        if item.mount is not None:
            _unused(f"storage.{name}.mount", "volumes are not mounted into pods yet", notes)
    if spec.software.autoscaler != "none":
        _unused("software.autoscaler", "no autoscaler is installed yet", notes)


def _unused(path: str, why: str, notes: Notes) -> None:
    notes.advise("no-effect-yet", path, f"has no effect yet: {why}")
