"""What a run would do, as it is shown before anybody says yes: the changes, the GPUs that move, and what is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from components.errors import Finding
from scripts.deploy.deployment import Run
from scripts.engine.steps import Change, Sizes, Step
from scripts.engine.telling import GLYPHS, accelerators, counts, graver_first, line
from scripts.preview.compare import Change as Compared
from scripts.preview.compare import Comparison
from scripts.preview.compare import Step as ComparedStep
from scripts.preview.consequences import consequences
from scripts.preview.state import STACK_TYPE, State

EACH = 12
"""So many resources of one operation are listed by name; of more, what is costly or lasts is, and types are counted."""

_TYPES = 8
_NODES = "-nodes"

_TITLES = {"replace": "to replace", "delete": "to delete", "update": "to update in place", "create": "to create"}
_BY_NOBODY = "the engine"

Accelerators = Callable[[str], int]
Lasting = Callable[[str], object]


def sizes_of(state: State, cloud: str, accelerators_of: Accelerators) -> Sizes:
    """The sizes of the node groups that exist."""
    return import_module(f"scripts.preview.{cloud}").groups(state, accelerators_of)


def lines(step: Step, stack: str, cloud: str) -> Iterator[str]:
    """What a step would change, in words: counts, then the changes by operation, then the GPUs."""
    lasting: Lasting = import_module(f"scripts.preview.{cloud}").lasting
    yield _planned(counts(step)) or "nothing to change"
    for operation, title in _TITLES.items():
        of_kind = [one for one in graver_first(step.changes) if one.operation == operation]
        if of_kind:
            yield f"{title}:"
            yield from (f"  {told}" for told in _listed(of_kind, operation, stack, lasting))
    moved = accelerators(step.gpus)
    if moved:
        yield f"GPUs: {moved}"


def changed_outputs(run: Run, state: Mapping[str, Any]) -> list[str]:
    """Names of the stack's outputs that would change though no resource does; secrets cannot be compared."""
    resources: Sequence[Mapping[str, Any]] = state["deployment"].get("resources") or ()
    told: list[Mapping[str, Any]] = [one.get("outputs") or {} for one in resources if one["type"] == STACK_TYPE]
    old: Mapping[str, Any] = told[0] if told else {}
    new = run.events.outputs()
    return sorted(name for name in {*old, *new} if name != "kubeconfig" and old.get(name) != new.get(name))


def left_to_others(changes: Sequence[Change], state: Mapping[str, Any]) -> list[str]:
    """URNs of what changes in a block of which the program leaves a part to others, or is replaced with that part.

    The provider sends a block whole, with what the state has of that part (`ignore_changes`): EKS ends nodes that an
    autoscaler has started since (API reference, NodegroupScalingConfig, desiredSize).
    """
    resources: Sequence[Mapping[str, Any]] = state["deployment"].get("resources") or ()
    ignored = {one["urn"]: {_block(path) for path in one.get("ignoreChanges") or ()} for one in resources}
    touched = {one.name: {_block(path) for path in one.paths} for one in changes if one.operation == "update"}
    replaced = {one.name for one in changes if one.operation == "replace"}
    return [
        urn
        for urn, blocks in ignored.items()
        for name in [urn.rpartition("::")[2]]
        if blocks and (name in replaced or blocks & touched.get(name, set()))
    ]


def meaning(
    changes: Sequence[Change], state: State, *, cloud: str, stack: str, accelerators_of: Accelerators
) -> tuple[Finding, ...]:
    """What changes mean to whoever reads them: what is lost for ever, what stays unmanaged, which nodes go."""
    steps = tuple(_compared(one, state) for one in changes if one.operation in _TITLES)
    told = consequences(Comparison(steps), state, cloud=cloud, stack=stack, accelerators=accelerators_of)
    return tuple(one for one in told if one.id != "state-pending")


def _block(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _planned(told: str) -> str:
    """`3 to create, 1 to replace`: the words of what was done, for what is to be done."""
    words = {"created": "to create", "updated": "to update", "replaced": "to replace", "deleted": "to delete"}
    for done, planned in words.items():
        told = told.replace(f" {done}", f" {planned}")
    return told


def _listed(changes: Sequence[Change], operation: str, stack: str, lasting: Lasting) -> Iterator[str]:
    if len(changes) <= EACH or operation == "replace":
        yield from (line(one, stack) for one in changes)
        return
    by_name = [one for one in changes if one.protected or one.name.endswith(_NODES) or lasting(one.type)]
    yield from (line(one, stack) for one in by_name)
    by_type = Counter(one.type for one in changes if one not in by_name)
    shown = by_type.most_common(_TYPES)
    yield from (f"{GLYPHS[operation]} {number} × {_short(type)}" for type, number in shown)
    rest = by_type.total() - sum(number for _, number in shown)
    if rest:
        yield f"{GLYPHS[operation]} {rest} of {len(by_type) - len(shown)} other kinds"


def _short(type: str) -> str:
    """`ec2 Subnet` of `aws:ec2/subnet:Subnet`."""
    _, module, name = [*type.split(":"), "", ""][:3]
    return f"{module.partition('/')[0]} {name}".strip()


def _compared(change: Change, state: State) -> ComparedStep:
    old = state.resources.get(change.name)
    paths = dict.fromkeys((*change.paths, *change.causes))
    return ComparedStep(
        name=change.name,
        type=change.type,
        operation=_operation(change.operation),
        old_first=change.old_first,
        protected=change.protected,
        retained=old is not None and old.retained,
        changes=tuple(
            Compared(
                path=path.partition("[")[0],
                old=None,
                new=None,
                effect="replace" if path in change.causes else "update",
                source=_BY_NOBODY,
            )
            for path in paths
        ),
    )


def _operation(word: str) -> Any:
    return word
