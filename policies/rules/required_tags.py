"""What costs money says who pays for it.

A bill can be split only by tags that the resources carry from their first hour. The rule looks at every taggable
resource, and apart from them at the instances and disks that a node group starts: those carry only what the launch
template's tag specifications say, whatever the node group's own tags are. Parameter `keys`: the tags that must be
there and not empty. It is mandatory in `prod`, `production` and `staging`, advisory elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import WORDS, Parameter
from policies.rules.base import ANY, Advice, Parameters, Rule, Violation
from policies.subject import Subject, Taggable


def judge(subject: Subject, parameters: Parameters) -> Iterable[Violation | Advice]:
    for thing in subject.taggables:
        if thing.tags is None:
            yield Violation.of(
                thing,
                f"the tags of {thing.what} are unknown until it exists; {', '.join(parameters['keys'])} must be there",
                "write the tags as plain values",
            )
            continue
        missing = [key for key in parameters["keys"] if thing.tags.get(key, "") == ""]
        unknown = [key for key in parameters["keys"] if key in thing.tags and thing.tags[key] is None]
        if missing:
            yield Violation.of(
                thing, f"{thing.what}: tags are missing: {', '.join(missing)}{_similar(thing, missing)}", _HINT
            )
        if unknown:
            yield Violation.of(
                thing,
                f"{thing.what}: the values of the tags {', '.join(unknown)} are unknown until it exists",
                "write them as plain values",
            )


_HINT = "add them under `tags` of the stack file; for instances, to the launch template's tag specifications"


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
    parameters={
        "keys": Parameter(WORDS, ("owner", "cost-center"), "tags that must be there, upper and lower case as written")
    },
)
