"""Fields that say something which nothing acts on, whatever the cloud: told, never swallowed."""

from __future__ import annotations

from components.plan.notes import Notes
from components.spec.models import ClusterSpec


def tell_unused(spec: ClusterSpec, notes: Notes) -> None:
    """A finding for each field that is set and has no effect, or none yet, on any cloud."""
    for name, pool in spec.pools.items():
        if pool.flex is not None and "flex" not in pool.capacity:
            without_effect(f"pools.{name}.flex", "no rung of the pool's capacity is flex", notes)
    for name, item in spec.storage.items():
        if item.mount is not None:
            without_effect_yet(f"storage.{name}.mount", "volumes are not mounted into pods yet", notes)


def without_effect(path: str, why: str, notes: Notes, hint: str = "remove it") -> None:
    """Tell that what stands at `path` changes nothing here."""
    notes.advise("no-effect", path, f"has no effect: {why}", hint)


def without_effect_yet(path: str, why: str, notes: Notes) -> None:
    """Tell that what stands at `path` changes nothing, since this project does not act on it."""
    notes.advise("no-effect-yet", path, f"has no effect yet: {why}")
