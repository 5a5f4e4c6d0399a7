"""What must stay is protected, and what is to go can be torn down.

One wrong command should not take the checkpoints of a month with it; and a cluster for trying things out whose deletion
is refused is never deleted. The rule looks at the cluster, its file systems and its buckets: they are protected, except
in the environments of `unprotected`, where nothing is. Something that throws its data away when it is deleted is found
everywhere else too. Whether a thing is protected is unknown where nobody says so, and then the rule fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.groups import some
from policies.parameters import Words, parameter
from policies.rules.base import Advice, Edit, Parameters, Rule, Violation
from policies.subject import Guard, Subject

PATH = "protect"


class Limits(Parameters):
    """Where nothing is protected."""

    unprotected: Words = parameter(
        ("dev", "ci", "test"), "environments that can be torn down; all others are protected", tighter="subset"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    open_ = subject.environment in parameters.unprotected
    wrong: dict[tuple[str, str, str], list[Guard]] = {}
    for one in subject.guards:
        for problem, hint in _problems(one, open_):  # what one spec path decides is one problem
            wrong.setdefault((one.path or one.resource, problem, hint), []).append(one)
    for (_, problem, hint), things in wrong.items():
        yield Violation.of(things[0], f"{some([one.what for one in things])}: {problem}", hint)


def _problems(one: Guard, open_: bool) -> Iterable[tuple[str, str]]:
    if open_:
        if one.protected:
            yield (
                "protected, where things should be easy to tear down",
                "leave `protect` out; by hand: take the option off",
            )
        return
    if one.protected is None:
        yield "whether it is protected against deletion is unknown", ""
    elif not one.protected:
        yield "not protected against deletion", ""
    if one.loses:
        yield f"its deletion throws away {one.loses}", "turn that off: the data outlives the stack then"


def fix(subject: Subject, violation: Violation) -> Iterable[Edit]:
    """Protection where it is missing, none where it is in the way."""
    if violation.path == PATH:
        protected = any(one.protected for one in subject.guards if one.path == PATH)
        yield Edit(path=PATH, value=not protected)


RULE = Rule(
    id="data-protection-and-teardown",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    fix=fix,
    remedy="write `protect: true` in the stack file; by hand: the resource option protect",
)
