"""Texts that several verbs print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from components.errors import Finding, Level

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {Level.ERROR: "bold red", Level.MANDATORY: "red", Level.ADVISORY: "yellow"}
GLYPHS = {Level.ERROR: "✗", Level.MANDATORY: "✗", Level.ADVISORY: "!"}


def finding_text(finding: Finding) -> Text:
    """A finding as `file:line path: message`, with its hint on a line of its own."""
    from rich.text import Text

    text = Text()
    where = f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file or ""
    if where:
        text.append(where, "dim")
    if finding.path:
        text.append(" " if where else "")
        text.append(finding.path, "bold")
    text.append(": " if where or finding.path else "")
    text.append(finding.message, STYLES[finding.level])
    if finding.hint:
        text.append(f"\n  hint: {finding.hint}")
    return text


def findings_text(findings: Iterable[Finding]) -> Text:
    """Findings, one below the other."""
    from rich.text import Text

    return Text("\n").join(map(finding_text, findings))
