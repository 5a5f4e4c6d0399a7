"""What a rehearsal saw: its steps, and what is wrong with them."""

from __future__ import annotations

from components.errors import Finding
from components.records import record
from scripts.engine.steps import Step


@record(kw_only=True)
class Report:
    """A whole rehearsal. `failed`: the engine or the cloud failed, by what was asked for or by itself."""

    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    failed: bool = False

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def verdict(self) -> str:
        blocked = any(finding.level.exit_status for finding in self.findings)
        return "failed" if self.failed else "blocked" if blocked else "good"
