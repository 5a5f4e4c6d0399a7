"""Changes behind the engine's back, as people make them in a console."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from scripts.rehearsal.cloud import Cloud


def happen(cloud: Cloud, name: str) -> list[str]:
    """Change one resource of each type that the table of this cloud names; their logical names."""
    changes: Mapping[str, Mapping[str, Any] | None] = import_module(f"{__package__}.{name}_drift").CHANGES
    done: list[str] = []
    for type, change in changes.items():
        for one in cloud.all(type)[:1]:
            if change is None:
                cloud.state.remove(one)
            else:
                cloud.edit(type, one.id, change)
            done.append(one.urn.rpartition("::")[2])
    return done
