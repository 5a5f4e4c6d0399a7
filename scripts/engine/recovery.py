"""What a killed run leaves undecided, and the one command that settles it.

The engine writes down what it is about to do, and strikes it out when it was done. What still stands there after a
crash may have happened or not. An edit or a deletion is simply done again by the next run. A creation is not: the next
run makes the resource anew, and what was made before has no owner. So it is looked for, and taken over by
`pulumi import`.

`pulumi refresh --import-pending-creates` looks like the way to do that, and is not: Pulumi 3.259.0 strikes the record
out and imports nothing (`pkg/cmd/pulumi/operations/refresh.go` gives it the type `importing`, which nothing reads).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from components.catalog.tables import Row
from components.errors import Finding, Level
from components.records import record
from scripts.engine.takeover import account_of, at, filled, import_id, row_of

Find = Callable[[str, str], Iterable[str]]
"""(type, URN) -> the ids of what exists in the cloud for this URN, as `pulumi import` takes them."""

CREATING = "creating"
ORPHAN, UNDECIDED, SETTLED = "orphan", "undecided", "settled"
"""Ids of findings: it exists and nobody owns it; it may exist; the next run settles it by itself."""

_ROOT = "pulumi:pulumi:Stack"
_ID = "ID"
_CREATES = ("create", "create-replacement")  # the engine's words for steps
_FLAGS = "--protect=false --generate-code=false --yes --skip-preview"
_AGAIN = {
    "refused": "the next run would be refused, as it is there",
    "another": "the next run would make a second one",
    "same": "",
}


@record(kw_only=True)
class Pending:
    """Something that the engine had begun: `operation` in its words (creating, updating, deleting).

    `resource` is what the engine knows of it: inputs, parent, provider. `recorded` tells whether the state still has
    a record of it, which has to be struck out; a creation that failed and may have happened has none.
    """

    urn: str
    type: str
    name: str
    operation: str
    resource: Mapping[str, Any]
    recorded: bool = True


def pending(deployment: Mapping[str, Any]) -> tuple[Pending, ...]:
    """What had begun and is not known to have ended, from what `pulumi stack export` gives, in the engine's order."""
    told: Sequence[Mapping[str, Any]] = _inner(deployment).get("pending_operations") or ()
    return tuple(_pending(one["resource"], str(one["type"]), recorded=True) for one in told)


def findings(
    deployment: Mapping[str, Any],
    stack: str,
    find: Find | None = None,
    failed: Iterable[Mapping[str, Any]] = (),
) -> tuple[Finding, ...]:
    """One finding for each resource whose fate is unknown, `path` its logical name.

    Those that need a hand have the id `orphan` (it is there; `find` saw it) or `undecided` (nobody looked), the level
    MANDATORY, and in `hint` the one command to copy; they come in the order in which the commands are to be run. The
    others (`settled`, ADVISORY) are settled by the next `pulumi up` or `pulumi destroy`.

    `failed` are creations that ended with an error and may have happened all the same (a lost reply, a server error):
    resources as the engine has them, with `urn`, `type`, `inputs`, `parent`, `provider`. They are only told where
    `find` sees them. Raises CatalogError where a provider's table is damaged.
    """
    state = _State(deployment)
    begun = [*pending(deployment), *(_pending(one, CREATING, recorded=False) for one in failed)]
    judged = [_judged(one, state, stack, find) for one in begun if one.recorded or find is not None]
    open_ = [one for one in judged if one is not None and one[1]]
    done = [one[0] for one in judged if one is not None and not one[1]]
    clear = _clear(state, stack) if any(one.recorded and one.operation == CREATING for one in begun) else ""
    told = [_with(finding, command, clear if last else "") for finding, command, last in _marked(open_)]
    return (*told, *done)


def failed(events: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The creations that ended with an error, from the engine's events as its event log has them, for `findings`."""
    told: list[Mapping[str, Any]] = []
    for event in events:
        step = _map(_map(event.get("resOpFailedEvent")).get("metadata"))
        new = _map(step.get("new"))
        if step.get("op") in _CREATES and new:
            told.append({**new, "provider": new.get("provider") or step.get("provider")})
    return tuple(told)


def look(resource: Mapping[str, Any], deployment: Mapping[str, Any], stack: str) -> str:
    """How to look for something whose creation ended with an error (see `failed`), and what to do if it is there.

    Empty where nobody needs to look: making it twice is the same as once.
    """
    one, state = _pending(resource, CREATING, recorded=False), _State(deployment)
    finding, told = _judged(one, state, stack, None) or (None, "")
    if finding is None or not told:
        return ""
    row, fields = row_of(one.type), state.fields(one)
    known = filled(row.text("id"), fields) if row is not None else ""
    return (
        f"look for it ({_where(row, fields, stack)}); if it is there{'' if known else ', with its id for ID'}: {told}"
    )


def command(finding: Finding) -> str:
    """The command that settles a finding; empty where none is needed."""
    return finding.hint if finding.id in (ORPHAN, UNDECIDED) else ""


_Judged = tuple[Finding, str]


def _judged(one: Pending, state: _State, stack: str, find: Find | None) -> _Judged | None:
    """The finding, and the command that it needs; None where nothing is left of it."""
    if one.operation != CREATING:
        return _settled(one, f"was interrupted while {one.operation}; the next run does it again"), ""
    row, fields = row_of(one.type), state.fields(one)
    if row is not None and row.text("again") == "same":
        return _settled(one, "may be there or not; the next run makes it, and twice is the same as once"), ""
    if find is None:
        known = filled(row.text("id"), fields) if row is not None else ""
        words = (
            f"may have been made and nobody knows: look for it ({_where(row, fields, stack)}); if it is there, run this"
        )
        words += "" if known else f" with its id for {_ID}"
        return _open(one, UNDECIDED, words), _import(one, known or _ID, state, stack)
    ids = [id for id in find(one.type, one.urn) if id not in state.ids(one.urn)]
    if not ids and not one.recorded:
        return None
    if not ids and state.holds(one.urn):
        return _settled(one, "is in the state, and its record is old", _clear(state, stack)), ""
    if not ids:
        return _settled(one, "was not made; the next run makes it", _clear(state, stack)), ""
    again = _AGAIN[row.text("again")] if row is not None else "the next run would not know it"
    words = f"was made ({', '.join(ids)}), and the state does not know it: {again}"
    return _open(one, ORPHAN, words), " && ".join(_import(one, id, state, stack, place) for place, id in enumerate(ids))


def _marked(judged: Sequence[_Judged]) -> list[tuple[Finding, str, bool]]:
    return [(finding, told, place == len(judged) - 1) for place, (finding, told) in enumerate(judged)]


def _with(finding: Finding, told: str, clear: str) -> Finding:
    """The records are struck out with the last command: all at once, which is how the engine does it."""
    hint = f"{told} && {clear}" if clear else told
    return Finding(finding.id, finding.level, finding.message, finding.path, hint)


def _settled(one: Pending, words: str, clear: str = "") -> Finding:
    hint = (
        f"Pulumi goes on warning of it until its record is struck out, when all is well again: {clear}" if clear else ""
    )
    return Finding(id=SETTLED, level=Level.ADVISORY, path=one.name, message=f"{one.type} {words}", hint=hint)


def _open(one: Pending, id: str, words: str) -> Finding:
    return Finding(id=id, level=Level.MANDATORY, path=one.name, message=f"{one.type} {words}")


def _import(one: Pending, id: str, state: _State, stack: str, place: int = 0) -> str:
    """Take it over. What was to replace another one cannot have its name, so it comes in under a name that the program
    does not know: the next run makes the replacement, and deletes this with what it replaces."""
    taken = place > 0 or state.holds(one.urn)
    name = f"{one.name}-orphan{place or ''}" if taken else one.name
    words = ["pulumi", "import", one.type, name, id]
    for flag, urn in (("--parent", one.resource.get("parent")), ("--provider", one.resource.get("provider"))):
        if urn:
            # A reference to a provider has its id behind the URN; the name before it is only for generated code.
            bare = str(urn).rpartition("::")[0] if flag == "--provider" else str(urn)
            words += [flag, f"{flag[2:]}={bare}"]
    return f"{shlex.join(words)} --stack {shlex.quote(stack)} {_FLAGS}"


def _clear(state: _State, stack: str) -> str:
    """Strike the records out. Aimed at the stack itself, since nothing needs to be read anew for that."""
    aim = f" --target {shlex.quote(state.root)}" if state.root else ""
    return f"pulumi refresh --clear-pending-creates{aim} --stack {shlex.quote(stack)} --yes --skip-preview"


def _where(row: Row | None, fields: Mapping[str, Any], stack: str) -> str:
    """How to look: the provider's own command, or the tags that the components put on all that takes tags."""
    told = filled(row.text("look_up"), fields) if row is not None else ""
    name = at(fields, "tags.Name") or ""
    return told or (f"by its tags gpu-fleet:stack={stack} and Name={name}" if name else f"in the account of {stack}")


def _pending(resource: Mapping[str, Any], operation: str, *, recorded: bool) -> Pending:
    urn = str(resource["urn"])
    return Pending(
        urn=urn,
        type=str(resource.get("type") or urn.split("::")[2].rpartition("$")[2]),
        name=urn.rpartition("::")[2],
        operation=operation,
        resource=resource,
        recorded=recorded,
    )


def _inner(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `pulumi stack export` wraps."""
    return cast("Mapping[str, Any]", deployment.get("deployment", deployment))


def _inputs(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    return _map(resource.get("inputs"))


def _map(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value or {})


class _State:
    """What the engine knows to exist."""

    def __init__(self, deployment: Mapping[str, Any]) -> None:
        self._resources: Sequence[Mapping[str, Any]] = _inner(deployment).get("resources") or ()
        self.root = next((str(one["urn"]) for one in self._resources if one.get("type") == _ROOT), "")

    def ids(self, urn: str) -> set[str]:
        """The ids that the state has for a URN, also of what is to be deleted, as `pulumi import` takes them."""
        found = [one for one in self._resources if one["urn"] == urn and one.get("id")]
        return {id for one in found for id in (str(one["id"]), self._imported(one))}

    def holds(self, urn: str) -> bool:
        """Whether a URN is taken; one that waits for its deletion leaves it free."""
        return any(one["urn"] == urn and not one.get("delete") for one in self._resources)

    def fields(self, one: Pending) -> dict[str, Any]:
        """What a template may name: the inputs, and the account that the provider is for."""
        return {**_inputs(one.resource), "account": self._account(one.resource.get("provider"))}

    def _imported(self, one: Mapping[str, Any]) -> str:
        account = self._account(one.get("provider"))
        return import_id(str(one["type"]), _inputs(one), account, str(one["id"]))

    def _account(self, provider: Any) -> str:
        urn = str(provider or "").rpartition("::")[0]
        known = (account_of(str(one["type"]), _inputs(one)) for one in self._resources if one["urn"] == urn)
        return next(known, "")
