"""A review as SARIF 2.1.0, which forges show as annotations: each violation at its line.

Paths are relative to the root of the repository, as code scanning wants them. What a waiver covers is suppressed.
Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, 2020-03-27.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from components.errors import Finding, Level
from policies.rules import RULES
from scripts.report.review import Review, StackReview

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.MANDATORY: "error", Level.ADVISORY: "warning"}


def text(review: Review) -> str:
    """The whole document."""
    pairs = [(finding, one) for one in review.stacks for finding in one.findings]
    pairs += [(finding, None) for finding in review.findings]
    ids = list(dict.fromkeys([*(rule.id for rule in RULES), *(finding.id for finding, _ in pairs)]))
    folder = inside_repository(Path.cwd())
    run = {
        "tool": {"driver": _driver(ids)},
        "automationDetails": {"id": f"gpufleet/{review.verb}"},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "columnKind": "utf16CodeUnits",
        "results": [_result(finding, one, ids, folder) for finding, one in pairs],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def inside_repository(folder: Path) -> PurePosixPath:
    """A folder as seen from the root of its repository; `.` where it is in none."""
    here = folder.resolve()
    for root in (here, *here.parents):
        if (root / ".git").exists():
            return PurePosixPath(here.relative_to(root).as_posix())
    return PurePosixPath(".")


def _driver(ids: Iterable[str]) -> dict[str, Any]:
    about = {rule.id: rule for rule in RULES}
    rules: list[dict[str, Any]] = []
    for id in ids:
        made: dict[str, Any] = {"id": id, "name": id}
        rule = about.get(id)
        if rule is not None:
            paragraphs = (rule.about or "").strip().split("\n\n")
            first = " ".join(paragraphs[0].split())
            whole = "\n\n".join(" ".join(one.split()) for one in paragraphs)
            made["shortDescription"] = {"text": first}
            made["fullDescription"] = {"text": whole}
            made["help"] = {"text": f"{whole}\n\nWhat to do: {rule.remedy}" if rule.remedy else whole}
        else:
            made["shortDescription"] = {"text": id.replace("-", " ")}
        rules.append(made)
    return {"name": "gpufleet", "semanticVersion": version("gpu-fleet"), "rules": rules}


def _result(finding: Finding, one: StackReview | None, ids: list[str], folder: PurePosixPath) -> dict[str, Any]:
    stack = one.stack if one is not None else ""
    hint = f" {finding.hint}" if finding.hint else ""
    made: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": ids.index(finding.id),
        "level": _LEVELS[finding.level],
        "message": {"text": f"{stack + ': ' if stack else ''}{finding.message}.{hint}"},
        "partialFingerprints": {"gpufleet/v1": _fingerprint(finding, stack)},
    }
    file = finding.file or (one.file if one is not None else "")
    location: dict[str, Any] = {}
    if file:
        location["physicalLocation"] = {
            "artifactLocation": _artifact(file, folder),
            "region": {"startLine": finding.line or 1},
        }
    if finding.path or stack:
        name = "/".join(part for part in (stack, finding.path) if part)
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    if location:
        made["locations"] = [location]
    if one is not None and finding.level is Level.ADVISORY and _waived(finding, one):
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.message}]
    return made


def _artifact(file: str, folder: PurePosixPath) -> dict[str, str]:
    if Path(file).is_absolute():
        return {"uri": Path(file).as_uri()}
    return {"uri": quote((folder / Path(file).as_posix()).as_posix()), "uriBaseId": "%SRCROOT%"}


def _waived(finding: Finding, one: StackReview) -> bool:
    return any(rule.id == finding.id and rule.verdict == "waived" for rule in one.rules)


def _fingerprint(finding: Finding, stack: str) -> str:
    """The same finding in another version of the file; its line is not part of it."""
    return hashlib.sha256("\0".join((stack, finding.id, finding.path)).encode()).hexdigest()[:32]
