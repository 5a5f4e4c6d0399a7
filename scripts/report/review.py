"""A change as reports tell it: stacks with what they were, what they are, and what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from components.cost.difference import CostDifference
from components.cost.model import CostReport
from components.errors import Finding, Level
from components.records import record
from policies.engine import RuleVerdict
from scripts.cli.assess import Assessment

if TYPE_CHECKING:
    from scripts.preview.compare import Comparison


@record(kw_only=True)
class Edit:
    """A path of the spec at which a change differs from what was before; None is absent."""

    path: str
    old: Any
    new: Any


@record(kw_only=True)
class Difference:
    """A stack against what it was. `state`: `there`, `new` (it was not), `gone` (it is no more) or `unknown`.

    `cost` is None where the state is `unknown`; `resources` where no program was run for both sides. `other`: the
    baseline is another stack, and `resources` are held against its own under this one's name: `create` is what only this
    one has, `delete` what only the other has, `update` what both have and differs.
    """

    baseline: str
    state: str
    cost: CostDifference | None = None
    edits: tuple[Edit, ...] = ()
    resources: Comparison | None = None
    other: bool = False

    @property
    def beside(self) -> str:
        """The name of the other stack; empty where it is held against what it was itself."""
        return self.baseline if self.other else ""


@record(kw_only=True)
class Previewed:
    """What a program registers, judged, and compared with what it registered before. Empty where nothing was run."""

    resources: Sequence[dict[str, Any]] | None = None
    assessment: Assessment | None = None
    comparison: Comparison | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def cost(self) -> CostReport | None:
        return None if self.assessment is None else self.assessment.cost


@record(kw_only=True)
class StackReview:
    """One stack of a change. Without `cost` it has no plan, or is gone, and the findings or the difference say why.

    `file` is its stack file as a person named it; `reasons` say why it is looked at, where that was not asked for.
    """

    stack: str
    file: str
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...] = ()
    cost: CostReport | None = None
    assessment: Assessment | None = None
    before: CostReport | None = None
    difference: Difference | None = None
    resources: Sequence[dict[str, Any]] | None = None

    @property
    def rules(self) -> tuple[RuleVerdict, ...]:
        return self.assessment.rules if self.assessment is not None else ()

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)

    @property
    def blocked(self) -> bool:
        """Whether something forbids to deploy it."""
        return any(finding.level is not Level.ADVISORY for finding in self.findings)


@record(kw_only=True)
class Review:
    """All stacks of a run on a day, and findings that are of no stack. `baseline` names what they are compared with."""

    verb: str
    on: date
    stacks: tuple[StackReview, ...]
    findings: tuple[Finding, ...] = ()
    baseline: str | None = None
    since: str | None = None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return (*self.findings, *(finding for stack in self.stacks for finding in stack.findings))
