"""Edits of a stack: named changes of its spec, each merged over what the ones before left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from components.errors import Finding, InputError, Level, Place
from components.plan.model import ClusterPlan
from components.plan.planner import plan as plan_of
from components.records import record
from components.spec.loader import LoadedSpec
from components.spec.merge import Plain, merge
from components.spec.models import ClusterSpec
from components.spec.problems import findings_of
from components.spec.reader import Document, KeyPath, Value, read

_FORM = "write a name and what changes in the spec: `grow: {pools: {train: {nodes: 16}}}`"


@record
class Edit:
    """A change of a spec, as a stack file would write it: maps are merged, lists and values replace, null removes."""

    name: str
    change: Plain


@record
class Planned:
    """A spec and its plan."""

    loaded: LoadedSpec
    plan: ClusterPlan


def read_edits(files: Iterable[Path]) -> list[Edit]:
    """The edits of YAML files, in order. Raises InputError with every problem of their form."""
    found: dict[str, Edit] = {}
    wrong: list[Finding] = []
    for file in files:
        document = read(file, shown=str(file))
        if not isinstance(document.value, dict) or not document.value:
            wrong.append(_wrong("holds no edits", Place(str(file), 1)))
            continue
        for name, change in document.value.items():
            place = document.places.get((name,))
            if not isinstance(change, dict) or not change:
                wrong.append(_wrong(f"edit {name!r} changes nothing", place))
            elif name in found:
                wrong.append(_wrong(f"there are two edits {name!r}", place))
            else:
                found[name] = Edit(name, Plain(change, _places(document, name)))
    if wrong:
        raise InputError(wrong)
    return list(found.values())


def _places(document: Document, name: str) -> Mapping[KeyPath, Place]:
    return {path[1:]: place for path, place in document.places.items() if path[:1] == (name,)}


def edited(before: LoadedSpec, edit: Edit) -> Planned:
    """The spec with an edit, and its plan. Raises InputError where the spec or the plan refuses it."""
    merged = merge(Plain(_copied(before.value), before.places), edit.change)
    try:
        spec = ClusterSpec.model_validate(merged.value)
    except ValidationError as error:
        raise InputError(findings_of(error, merged.value, merged.places)) from None
    loaded = LoadedSpec(before.stack, spec, merged.value, merged.places, merged.findings)
    return Planned(loaded, plan_of(loaded))


def check_edits(first: LoadedSpec, edits: Iterable[Edit]) -> None:
    """Raises InputError with what the spec or the plan refuses of the first wrong edit, before anything runs.

    Edits before it may turn out to be refused by the engine, so one that fits what they leave or what was first is fine.
    """
    here = first
    for edit in edits:
        try:
            here = edited(here, edit).loaded
        except InputError as error:
            if here is not first and _fits(first, edit):
                continue
            raise InputError(_of_edit(finding, edit) for finding in error.findings) from None


def _fits(loaded: LoadedSpec, edit: Edit) -> bool:
    try:
        edited(loaded, edit)
    except InputError:
        return False
    return True


def _of_edit(finding: Finding, edit: Edit) -> Finding:
    message = f"edit {edit.name!r}: {finding.message}"
    return Finding(finding.id, finding.level, message, finding.path, finding.hint, finding.file, finding.line)


def _copied(value: Mapping[str, Value]) -> Value:
    return dict(value)


def _wrong(message: str, place: Place | None) -> Finding:
    return Finding(id="edit", level=Level.ERROR, message=message, hint=_FORM).at(place)
