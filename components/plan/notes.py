"""What a planner collects beside the plan: findings, and the decisions that it took for the user."""

from __future__ import annotations

from dataclasses import dataclass, field

from components.errors import Finding, InputError, Level
from components.plan.model import Decision


@dataclass(slots=True)
class Notes:
    """Collects while planning, so that every problem is told at once."""

    findings: list[Finding] = field(default_factory=list[Finding])
    decisions: list[Decision] = field(default_factory=list[Decision])

    def error(self, id: str, path: str, message: str, hint: str = "") -> None:
        """What that cloud cannot do, or what does not exist."""
        self.findings.append(Finding(id=id, level=Level.ERROR, path=path, message=message, hint=hint))

    def advise(self, id: str, path: str, message: str, hint: str = "") -> None:
        """What works, but is worth knowing."""
        self.findings.append(Finding(id=id, level=Level.ADVISORY, path=path, message=message, hint=hint))

    def decide(self, path: str, chose: str, why: str) -> None:
        """A choice that the plan took where the spec left it open."""
        self.decisions.append(Decision(path=path, chose=chose, why=why))

    @property
    def failed(self) -> bool:
        return any(finding.level is Level.ERROR for finding in self.findings)

    def raise_if_failed(self) -> None:
        """Raises InputError with everything that was found, when any of it is an error."""
        if self.failed:
            raise InputError(self.findings)
