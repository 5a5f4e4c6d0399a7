"""Nobody pays for more control planes, or for older ones, than there is use for.

A managed control plane in paid extended support costs several times as much as a current one, and a cluster that does
not refuse that support slides into it without a word. The rule looks at every control plane of the stack. Parameters:
`max_clusters`, how many one stack may have, and `refuse_extended`, true: none may stay on paid extended support. Whether
it would is unknown where the setting is, and then the rule fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Flag, Whole, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Control, Subject


class Limits(Parameters):
    """How many, and how old."""

    max_clusters: Whole = parameter(1, "most control planes of one stack", tighter="lower")
    refuse_extended: Flag = parameter(True, "true: none may stay on paid extended support", tighter="true")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    if len(subject.controls) > parameters.max_clusters:
        names = ", ".join(one.what for one in subject.controls)
        yield Violation.of(
            subject.controls[-1],
            f"there are {len(subject.controls)} control planes ({names}); {parameters.max_clusters} are allowed",
            "let teams share a cluster by namespaces, or make the second one a stack of its own",
        )
    for one in subject.controls if parameters.refuse_extended else ():
        if one.extended is None:
            yield Violation.of(one, f"{one.what}: whether it stays on paid extended support is unknown until it exists")
        elif one.extended:
            yield Violation.of(one, f"{one.what} stays on paid extended support: {_when(one, subject)}")


def _when(one: Control, subject: Subject) -> str:
    version = f"Kubernetes {one.version}" if one.version else "its version"
    words = {
        "standard": f"{version} will be billed at that price once its standard support ends",
        "extended": f"{version} is billed at that price today",
        "ended": f"{version} has no support at all today",
    }
    support = subject.market.of(one.cloud).support(one.version, subject.on)
    return words.get(support, f"since when {version} has it is unknown")


RULE = Rule(
    id="control-plane-waste",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="leave `software.extended_support` out and raise `kubernetes` in time; by hand: supportType STANDARD on EKS,"
    " a release channel other than EXTENDED on GKE",
)
