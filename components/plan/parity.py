"""Whether stacks of one blueprint are the same cluster: what differs between them, why, and whether it may.

A plan is a function of its spec, the stack's name and the catalogue, so stacks agree exactly as far as their specs do:
a difference of specs is allowed where the field is a binding or the blueprint's `may_differ` names it. What differs in
the plans follows. Which field brings a difference about is not declared anywhere but tried: the first stack is planned
again with that one field as the other stack has it, and the other way round.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from components.errors import Finding, InputError, Level, Place
from components.plan.differences import ABSENT, PLAN_LABELS, Path, put, splits
from components.plan.document import to_document
from components.plan.meaning import Meaning, meanings
from components.plan.model import ClusterPlan
from components.records import record
from components.spec.fields import BINDING
from components.spec.kinds import kind_at, may_differ
from components.spec.loader import LoadedSpec
from components.spec.models import ClusterSpec
from components.spec.problems import dotted

Planner = Callable[[LoadedSpec], ClusterPlan]

MAY_DIFFER = "may_differ"
FOLLOWS = "follows"
NOT_ALLOWED = "not-allowed"
# The one input of a plan that is no field of the spec; it differs between any two stacks.
STACK: Path = ("stack",)


@record
class Difference:
    """One path at which stacks differ. `values` has one for each stack, `ABSENT` where it has none.

    `layer` is `spec` or `plan`; `kind` is `binding`, `may_differ`, `follows` or `not-allowed`. `causes` are the paths of
    the spec (and `stack`, its name) that a difference of plans follows from.
    """

    path: str
    layer: str
    values: tuple[Any, ...]
    kind: str
    allowed: bool
    why: str
    causes: tuple[str, ...] = ()


@record
class ParityReport:
    """Every difference between stacks; `machines_compared` is False across clouds, where only the shape is compared.

    Across clouds `meanings` say what the shape becomes on each, and which of that is the same.
    """

    stacks: tuple[str, ...]
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    machines_compared: bool
    meanings: tuple[Meaning, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.findings


@record
class _Side:
    """A stack with its spec and its plan as plain data."""

    stack: LoadedSpec
    shape: dict[str, Any]
    document: dict[str, Any]


@dataclass(slots=True)
class _Trials:
    """What each differing field of the specs changes in the plan when it alone changes, and all of them together."""

    planner: Planner
    touched: dict[Path, set[Path]] = field(default_factory=dict[Path, set[Path]])
    together: set[Path] = field(default_factory=set[Path])

    def run(self, one: _Side, donor: _Side) -> None:
        """Gives a stack each differing field of another alone, then all; a field that cannot change alone tells nothing."""
        paths = [split.path for split in splits([one.shape, donor.shape])]
        for path in (STACK, *paths):
            touched = self.touched.setdefault(path, set())
            touched |= self._changes(one, donor, (path,))
        self.together |= self._changes(one, donor, (STACK, *paths))

    def _changes(self, one: _Side, donor: _Side, paths: tuple[Path, ...]) -> set[Path]:
        """The paths of the plan of `one` that change when it takes what `donor` has at `paths`."""
        shape, name = copy.deepcopy(one.shape), one.stack.stack
        for path in paths:
            if path == STACK:
                name = donor.stack.stack
            else:
                put(shape, donor.shape, path)
        try:
            varied = replace(one.stack, stack=name, spec=ClusterSpec.model_validate(shape))
            document = to_document(self.planner(varied))
        except (ValidationError, InputError):  # the field makes sense only with others
            return set()
        return {split.path for split in splits([one.document, document], PLAN_LABELS)}

    def causes_of(self, path: Path, *, together: bool = True) -> list[Path]:
        """The fields that bring a difference of plans about: at its path or around it, or else within it."""
        around = {path[:end] for end in range(1, len(path) + 1)}
        found = [cause for cause, touched in self.touched.items() if touched & around]
        if not found:
            within = {
                cause: any(one[: len(path)] == path for one in touched) for cause, touched in self.touched.items()
            }
            found = [cause for cause, does in within.items() if does]
        if not found and together and self.together & around:
            found = [cause for cause in self.touched if cause != STACK]
        return found


def parity(stacks: Sequence[LoadedSpec], planner: Planner) -> ParityReport:
    """The differences between two or more stacks of one blueprint.

    `planner` plans one stack (`planner.plan`, with a catalogue). Raises InputError with every problem when a stack
    cannot be planned.
    """
    plans = _plans(stacks, planner)
    shapes = [stack.spec.model_dump(mode="json") for stack in stacks]
    names = tuple(stack.stack for stack in stacks)
    told = [Difference("stack", "spec", names, BINDING, True, "binding")]
    own = _own_entries(stacks)
    told += [_judged(split.path, split.values, own) for split in splits(shapes)]
    one_cloud = len({plan.cloud for plan in plans}) == 1
    if one_cloud:
        told += _followers(stacks, shapes, plans, planner, told)
    findings = tuple(_finding(one, stacks) for one in told if one.layer == "spec" and not one.allowed)
    orphans = tuple(_finding(one, stacks) for one in told if one.layer == "plan" and not one.causes)
    shape = [one.path for one in told if one.layer == "spec" and one.kind != BINDING]
    across = () if one_cloud else meanings(plans, shape)
    return ParityReport(names, tuple(told), (*_overruled(stacks), *findings, *orphans), one_cloud, across)


def _plans(stacks: Sequence[LoadedSpec], planner: Planner) -> list[ClusterPlan]:
    """The plan of each stack. Raises InputError with the problems of all of them."""
    found: list[ClusterPlan] = []
    wrong: list[Finding] = []
    for stack in stacks:
        try:
            found.append(planner(stack))
        except InputError as error:
            wrong.extend(error.findings)
    if wrong:
        raise InputError(dict.fromkeys(wrong))
    return found


def _own_entries(stacks: Sequence[LoadedSpec]) -> tuple[str, ...]:
    """The entries of `may_differ` that hold in every stack."""
    lists = [stack.spec.may_differ for stack in stacks]
    return tuple(entry for entry in lists[0] if all(entry in other for other in lists))


def _judged(path: Path, values: tuple[Any, ...], entries: tuple[str, ...]) -> Difference:
    """A difference of specs, with what allows it."""
    text = dotted(path)
    if kind_at(path) == BINDING:
        return Difference(text, "spec", values, BINDING, True, "binding")
    entry = may_differ(path, entries)
    if entry is not None:
        return Difference(text, "spec", values, MAY_DIFFER, True, f"may_differ: {entry}")
    return Difference(text, "spec", values, NOT_ALLOWED, False, "shape that may_differ does not name")


def _followers(
    stacks: Sequence[LoadedSpec],
    shapes: Sequence[dict[str, Any]],
    plans: Sequence[ClusterPlan],
    planner: Planner,
    told: Sequence[Difference],
) -> list[Difference]:
    """The differences of plans with the fields that they follow from; what a field of the spec says itself is left out."""
    sides = [_Side(stack, shape, to_document(plan)) for stack, shape, plan in zip(stacks, shapes, plans, strict=True)]
    trials = _Trials(planner)
    for other in sides[1:]:
        trials.run(sides[0], other)
    known = {one.path: one.allowed for one in told}
    found = [
        split for split in splits([side.document for side in sides], PLAN_LABELS) if dotted(split.path) not in known
    ]
    if not all(trials.causes_of(split.path, together=False) for split in found):
        for other in sides[1:]:
            trials.run(other, sides[0])  # a field may act only beside others, which the first stack lacks
    return [_follower(split.path, split.values, trials, known) for split in found]


def _follower(path: Path, values: tuple[Any, ...], trials: _Trials, known: Mapping[str, bool]) -> Difference:
    """A difference of plans. Plans are functions of specs, but for the order in which maps are written."""
    causes = tuple(dotted(cause) for cause in trials.causes_of(path))
    text = dotted(path)
    if not causes:
        why = "no field that differs brings it about"
        return Difference(text, "plan", values, NOT_ALLOWED, False, why)
    forbidden = [cause for cause in causes if not known.get(cause, False)]
    why = f"follows from {', '.join(forbidden or causes)}"
    return Difference(text, "plan", values, FOLLOWS, not forbidden, why, causes)


def _finding(one: Difference, stacks: Sequence[LoadedSpec]) -> Finding:
    """A difference that is not allowed, at the place where a stack file wrote it."""
    apart = "; ".join(f"{stack.stack}: {brief(value)}" for stack, value in zip(stacks, one.values, strict=True))
    if one.layer == "plan":
        hint = "write pools and storage in the same order in each stack file"
    else:
        hint = f"write it the same in each stack, or add {_entry(one.path)} to the blueprint's may_differ"
    message = f"differs between stacks and may not ({apart})"
    return Finding("parity", Level.MANDATORY, message, one.path, hint).at(_place(one.path, stacks))


def _entry(path: str) -> str:
    """The entry of `may_differ` that names a path, for pools and storage of any name."""
    steps = path.split(".")
    cut = next((place for place, step in enumerate(steps) if step.isdigit()), len(steps))
    named = steps[0] in ("pools", "storage") and cut > 2
    return ".".join([steps[0], "*", *steps[2:cut]] if named else steps[:cut])


def _place(path: str, stacks: Sequence[LoadedSpec]) -> Place | None:
    """Where a stack file, rather than the blueprint, says what stands at a path."""
    for stack in stacks:
        place, file = stack.place(path), stack.place("blueprint")
        if place is not None and file is not None and place.file == file.file and place != stack.place(""):
            return place
    return stacks[0].place(path)


def _overruled(stacks: Sequence[LoadedSpec]) -> tuple[Finding, ...]:
    """Stacks that change the blueprint's `may_differ` themselves: what allows may not be allowed by who asks."""
    return tuple(
        one for stack in stacks for one in stack.findings if one.id == "shape-differs" and one.path == MAY_DIFFER
    )


def brief(value: Any) -> str:
    """A value in few words, for a message or a table."""
    if value is ABSENT or value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        items: dict[Any, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType]
        if set(items) == {"min", "desired", "max"}:
            return str(items["max"]) if items["min"] == items["max"] else f"{items['min']}..{items['max']}"
        parts = [
            f"{key} {{{brief(item)}}}" if isinstance(item, Mapping) else f"{key}: {brief(item)}"
            for key, item in items.items()
            if item is not None
        ]
        return ", ".join(parts) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(brief(item) for item in value) or "-"  # pyright: ignore[reportUnknownVariableType]
    return str(value)
