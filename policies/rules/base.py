"""What a rule is: an id, a level, parameters, and a pure function from a subject to violations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any, Literal

from components.records import record
from policies.parameters import Parameter
from policies.subject import Judged, Subject

RuleLevel = Literal["mandatory", "advisory", "disabled"]
Parameters = Mapping[str, Any]
"""Values by name, already checked and converted; see `policies.parameters`."""

ANY = "*"
"""In a mapping by environment: every environment that is not named."""


@record(kw_only=True)
class Violation:
    """Something that the rule forbids: what, with the figure and the limit, and what to do about it.

    A waiver that names `path`, or `resource`, covers it.
    """

    message: str
    hint: str
    path: str = ""
    resource: str = ""

    @classmethod
    def of(cls, thing: Judged, message: str, hint: str) -> Violation:
        return cls(message=message, hint=hint, path=thing.path, resource=thing.resource)


@record(kw_only=True)
class Advice:
    """Something worth knowing that breaks no rule: always advisory."""

    message: str
    hint: str
    path: str = ""


@record(kw_only=True)
class Rule:
    """One rule. `level` is one level, or one by environment, where `*` stands for all others.

    `about` is what the rule forbids, why, and its parameters with units; its first line is the summary.
    """

    id: str
    about: str | None
    level: RuleLevel | Mapping[str, RuleLevel]
    judge: Callable[[Subject, Parameters], Iterable[Violation | Advice]]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    @property
    def summary(self) -> str:
        return (self.about or self.id).strip().splitlines()[0]

    def level_in(self, environment: str) -> RuleLevel:
        """The rule's own level in an environment."""
        if isinstance(self.level, str):
            return self.level
        return self.level.get(environment, self.level[ANY])


def usd(amount: Decimal) -> str:
    """Money as people read it: `401,433.60 USD`."""
    return f"{amount:,.2f} USD"


def unpriced(lines: int) -> str:
    """`1 line has no price`, `3 lines have no price`."""
    return f"{lines} line has no price" if lines == 1 else f"{lines} lines have no price"
