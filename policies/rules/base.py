"""What a rule is: an id, a level, parameters, and a pure function from a subject to violations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeVar

from components.records import record
from policies.parameters import ANY, Parameters
from policies.subject import Judged, Subject

__all__ = ["ANY", "Advice", "Edit", "Parameters", "Rule", "RuleLevel", "Violation", "at", "lower", "unpriced", "usd"]

RuleLevel = Literal["mandatory", "advisory", "disabled"]
PAGE = "docs/rules.md"
T = TypeVar("T")


@record(kw_only=True)
class Violation:
    """Something that the rule forbids: what, with the figure and the limit, and what to do about it.

    A waiver that names `path`, or `resource`, covers it. Without a `hint` the rule's own remedy is shown.
    """

    message: str
    hint: str = ""
    path: str = ""
    resource: str = ""

    @classmethod
    def of(cls, thing: Judged, message: str, hint: str = "") -> Violation:
        return cls(message=message, hint=hint, path=thing.path, resource=thing.resource)


@record(kw_only=True)
class Advice:
    """Something worth knowing that breaks no rule: always advisory."""

    message: str
    hint: str = ""
    path: str = ""


@record(kw_only=True)
class Edit:
    """A remedy that needs no judgement: what stands at a dotted path of the stack's spec afterwards; None removes it."""

    path: str
    value: Any


@record(kw_only=True)
class Rule:
    """One rule. `level` is one level, or one by environment, where `*` stands for all others.

    `about` is what the rule forbids, why, and its parameters with units; its first line is the summary. `remedy` is
    what to do about a violation that does not say so itself. A rule with `needs_plan` cannot judge resources alone.
    `compared` tells of a rule on a change whether the subject has what it compares; without that it judges nothing.
    `fix` proposes the edits that satisfy the rule, where they follow from the violation; none where a person must
    choose.
    """

    id: str
    about: str | None
    level: RuleLevel | Mapping[str, RuleLevel]
    judge: Callable[[Subject, Any], Iterable[Violation | Advice]]
    parameters: type[Parameters] = Parameters
    remedy: str = ""
    needs_plan: bool = False
    compared: Callable[[Subject], bool] | None = None
    fix: Callable[[Subject, Violation], Iterable[Edit]] | None = None

    @property
    def summary(self) -> str:
        return (self.about or self.id).strip().splitlines()[0]

    @property
    def page(self) -> str:
        """Where the rule is explained, below the project's root."""
        return f"{PAGE}#{self.id}"

    def level_in(self, environment: str) -> RuleLevel:
        """The rule's own level in an environment."""
        return self.level if isinstance(self.level, str) else self.level.get(environment, self.level[ANY])


def at(by_environment: Mapping[str, T], environment: str) -> T | None:
    """What a mapping by environment says of one: its own entry, else that of all others; None without either."""
    return by_environment.get(environment, by_environment.get(ANY))


def lower(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    """The lower of two ceilings; None where neither is set."""
    return min((one for one in (first, second) if one is not None), default=None)


def usd(amount: Decimal) -> str:
    """Money as people read it: `401,433.60 USD`."""
    return f"{amount:,.2f} USD"


def unpriced(lines: int) -> str:
    """`1 line has no price`, `3 lines have no price`."""
    return f"{lines} line has no price" if lines == 1 else f"{lines} lines have no price"
