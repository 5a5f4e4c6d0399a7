"""What costs money says who pays for it.

A bill can be split only by tags that the resources carry from their first hour. The rule looks at every taggable
resource, and apart from them at the instances and disks that a node group starts: those carry only what the launch
template's tag specifications say, or the labels of the node configuration, whatever the node group's own tags are.
Parameter `keys`: the tags that must be there and not empty; a cloud that knows no upper case has them as it writes them. It is mandatory in `prod`, `production` and `staging`, advisory elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Words, parameter
from policies.rules.base import ANY, Advice, Parameters, Rule, Violation
from policies.subject import Subject, Taggable


class Limits(Parameters):
    """Which tags must be there."""

    keys: Words = parameter(
        ("owner", "cost-center"),
        "tags that must be there, upper and lower case as written, where the cloud knows both",
        tighter="superset",
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    keys = parameters.keys
    wrong: dict[tuple[str, str], list[Taggable]] = {}
    for thing in subject.taggables:
        problem = _problem(thing, keys)
        if problem:  # what one spec path decides is one problem, however many resources have it
            wrong.setdefault((thing.path or thing.resource, problem), []).append(thing)
    for (_, problem), things in wrong.items():
        yield Violation(
            message=f"{_names(things)}: {problem}",
            hint=_HINT,
            path=things[0].path,
            resource="" if things[0].path else things[0].resource,
        )


def _problem(thing: Taggable, keys: tuple[str, ...]) -> str:
    if thing.tags is None:
        names = ", ".join(map(thing.spelling, keys))
        return f"the tags are unknown until it exists; {names} must be there, as plain values"
    spelled = [thing.spelling(key) for key in keys]
    missing = [key for key in spelled if thing.tags.get(key, "") == ""]
    unknown = [key for key in spelled if key in thing.tags and thing.tags[key] is None]
    parts = [f"tags are missing: {', '.join(missing)}{_similar(thing, missing)}"] if missing else []
    parts += [f"tags are unknown until it exists: {', '.join(unknown)}; write plain values"] if unknown else []
    return "; ".join(parts)


def _names(things: list[Taggable]) -> str:
    names = [thing.what for thing in things]
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


SHOWN = 3
"""How many of the resources that share one problem a message names."""
_HINT = (
    "add them under `tags` of the stack file; for instances, to the launch template's tag specifications or the node"
    " configuration's labels"
)


def _similar(thing: Taggable, missing: list[str]) -> str:
    """Keys that differ by case only: a cloud takes them for other tags."""
    folded = {key.casefold() for key in missing}
    found = [key for key in thing.tags or () if key.casefold() in folded and key not in missing]
    return f" (it has {', '.join(found)}; upper and lower case count)" if found else ""


RULE = Rule(
    id="required-tags",
    about=__doc__,
    level={"prod": "mandatory", "production": "mandatory", "staging": "mandatory", ANY: "advisory"},
    judge=judge,
    parameters=Limits,
)
