"""What a comparison means to whoever reads it: findings in words, the gravest of which block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType

from components.errors import Finding, Level
from scripts.preview.compare import Comparison, Step
from scripts.preview.state import State

_VERBS = {"replace": "replaces", "delete": "deletes"}


def consequences(
    comparison: Comparison, state: State, *, cloud: str, stack: str, accelerators: Callable[[str], int]
) -> tuple[Finding, ...]:
    """What would be refused, what would be lost, which accelerators go away, and what is not known.

    `accelerators` gives the number of a machine by its name.
    """
    meaning = import_module(f"scripts.preview.{cloud}")
    found: list[Finding] = []
    for step in comparison.changing:
        found += _of_step(step, meaning, stack)
        gone = meaning.nodes_gone(step, state, accelerators)
        if gone is not None:
            found.append(_finding("nodes-go", step.name, gone))
    return (*found, *_of_state(comparison, state, stack))


def _of_step(step: Step, meaning: ModuleType, stack: str) -> Iterator[Finding]:
    kind, end, loss = meaning.lasting(step.type) or ("", "", "")
    if step.operation in _VERBS:
        what = _called(step.name.removeprefix(f"{stack}-"), kind, end)
        if step.protected:
            yield Finding(
                id="protected",
                level=Level.MANDATORY,
                path=step.name,
                message=f"this {_VERBS[step.operation]} the {what}: would be refused: protected",
                hint="take the edit back; or lift protect in a deployment of its own first, if you mean it",
            )
        if kind and step.retained:
            yield _finding(
                "left-behind", step.name, f"this {_VERBS[step.operation]} the {what}: the old one stays, unmanaged"
            )
        elif kind:
            yield _finding("data-loss", step.name, f"this {_VERBS[step.operation]} the {what}: {loss}{_why(step)}")
    for change in step.changes:
        if change.effect == "unknown":
            yield _finding(
                "unknown-effect",
                step.name,
                f"{change.path}: unknown: the table does not know what this edit does",
                "ask the engine: pulumi preview --diff",
            )


def _called(name: str, kind: str, end: str) -> str:
    """`file system scratch` for `scratch-files`; `key` for `key`."""
    own = "" if f"-{name}" == end else name.removesuffix(end)
    return f"{kind or 'resource'} {own}".rstrip()


def _of_state(comparison: Comparison, state: State, stack: str) -> Iterator[Finding]:
    if state.pending:
        message = f"an earlier run was cut off: {state.pending} operation(s) are pending in the state"
        yield _finding("state-pending", stack, message, "run: pulumi refresh")
    if comparison.unresolved:
        shown = ", ".join(comparison.unresolved[:3]) + (", …" if len(comparison.unresolved) > 3 else "")
        message = f"the state has no value of {len(comparison.unresolved)} reference(s), taken as unchanged: {shown}"
        yield _finding("state-unresolved", stack, message, "run: pulumi refresh, and export again")


def _why(step: Step) -> str:
    paths = [change.path for change in step.changes if change.effect == "replace"]
    return f" (because of {', '.join(paths)})" if paths else ""


def _finding(id: str, path: str, message: str, hint: str = "") -> Finding:
    return Finding(id=id, level=Level.ADVISORY, path=path, message=message, hint=hint)
