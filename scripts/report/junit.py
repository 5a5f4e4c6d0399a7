"""A review as JUnit XML: a suite for each stack, in it a case for its plan and one for each rule.

There is no one definition of this format; it is what Jenkins' xunit plugin, GitLab and GitHub actions read.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as xml
from collections.abc import Iterable, Sequence

from components.errors import Finding, Level
from policies.engine import RuleVerdict
from scripts.report.review import Review, StackReview

PLAN = "plan"
"""The case of everything that is no rule: the spec, what the cloud cannot do, what a change is compared with."""

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED = ("waived", "disabled", "needs-plan", "not-compared")


def text(review: Review) -> str:
    """The whole document."""
    root = xml.Element("testsuites", name=f"gpufleet {review.verb}")
    for one in review.stacks:
        root.append(_suite(one.stack, one.rules, one.findings, review, one))
    if review.findings:
        root.append(_suite("gpufleet", (), review.findings, review, None))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(root, encoding="unicode")}\n'


def _suite(
    name: str, rules: Sequence[RuleVerdict], findings: Sequence[Finding], review: Review, one: StackReview | None
) -> xml.Element:
    suite = xml.Element("testsuite", name=_legal(name), timestamp=f"{review.on}T00:00:00", time="0")
    known = {rule.id for rule in rules}
    others = [finding for finding in findings if finding.id not in known]
    file = one.file if one is not None else ""
    suite.append(_case(name, PLAN, others, file))
    for rule in rules:
        case = _case(name, rule.id, [finding for finding in findings if finding.id == rule.id], file)
        if rule.verdict in _SKIPPED and not len(case.findall("failure")):
            xml.SubElement(case, "skipped", message=rule.verdict)
        suite.append(case)
    for tag, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(plural, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
    return suite


def _case(stack: str, name: str, findings: Iterable[Finding], file: str) -> xml.Element:
    """A case fails by what blocks; what is worth knowing is its output."""
    case = xml.Element("testcase", classname=_legal(stack), name=name, time="0")
    if file:
        case.set("file", _legal(file))
    told = list(findings)
    grave = [finding for finding in told if finding.level is not Level.ADVISORY]
    if grave:
        is_error = any(finding.level is Level.ERROR for finding in grave)
        kind = Level.ERROR if is_error else Level.MANDATORY
        more = f" (and {len(grave) - 1} more)" if len(grave) > 1 else ""
        message = _legal(f"{grave[0].message}{more}")
        wrong = xml.SubElement(case, "error" if is_error else "failure", message=message, type=kind.value)
        wrong.text = _legal("\n".join(map(_told, grave)))
    light = [finding for finding in told if finding.level is Level.ADVISORY]
    if light:
        xml.SubElement(case, "system-out").text = _legal("\n".join(map(_told, light)))
    return case


def _told(finding: Finding) -> str:
    return f"{finding}\n  hint: {finding.hint}" if finding.hint else str(finding)


def _legal(text: str) -> str:
    """Text without characters that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("�", text)
