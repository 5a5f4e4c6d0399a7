"""A change replaces or deletes no pool, cluster or storage that is protected.

A replacement looks like an edit in the stack file and is a loss in the cloud: jobs stop, accelerators that were hard to
get go back, files are gone. The rule looks at what an update would replace or delete, and names the properties that
cause it. It needs what the stack was before: a git revision (`preview --compare-to`), or the state of what exists
(`preview --state`); without either its verdict is `not-compared`, as it is against another stack, of which nothing is
replaced. It is mandatory everywhere: what may go is not protected. No parameters.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject

_WORDS = {"replace": "replaced", "delete": "deleted"}


def judge(subject: Subject, parameters: Parameters) -> Iterable[Violation | Advice]:
    for one in subject.replacements or ():
        if one.protected:
            done = _WORDS.get(one.operation, f"replaced or deleted ({one.operation} is unknown here)")
            why = f" because of {', '.join(one.causes)}" if one.causes else ", for a reason that is unknown here"
            refused = ": the engine would refuse it" if one.refused else ""
            yield Violation.of(one, f"{one.what} ({one.kind}) would be {done}{why}, and it is protected{refused}")


RULE = Rule(
    id="protected-replacement",
    about=__doc__,
    level="mandatory",
    judge=judge,
    compared=lambda subject: subject.replacements is not None,
    remedy=(
        "take the change of that property back, or add the new one beside the old under another name and move over;"
        " or lift protect in a deployment of its own first, if you mean it"
    ),
)
