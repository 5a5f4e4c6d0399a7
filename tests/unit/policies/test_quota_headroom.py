"""quota-headroom: what a preflight wrote is held against what the cluster takes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.errors import Level
from policies.engine import evaluate
from policies.subject import Demand, Subject
from tests.unit.policies.subjects import judged, subject, with_parameters

RULE = "quota-headroom"
QUOTA: dict[str, Any] = {"code": "L-1", "name": "Running P instances", "unit": "vCPU", "limit": 384, "used": 192}
DEMAND = Demand(
    what="Running P instances",
    path="pools",
    code="L-1",
    name="Running P instances",
    unit="vCPU",
    region="here",
    amount=192,
)
NEEDS = subject(demands=(DEMAND,))


def report(folder: Path, **changes: Any) -> str:
    file = folder / "preflight.json"
    file.write_text(json.dumps({"schema_version": 1, "region": "here", "quotas": [QUOTA]} | changes))
    return str(file)


def verdict(file: str, one: Subject = NEEDS, **parameters: Any) -> tuple[str, list[str]]:
    return judged(RULE, one, with_parameters(RULE, reports=[file], **parameters))


def test_without_a_report_it_says_that_it_is_unknown_and_blocks_nothing() -> None:
    judgement = evaluate(NEEDS)
    (finding,) = [one for one in judgement.findings if one.id == RULE]
    assert finding.level is Level.ADVISORY
    assert "whether the account's quotas hold the cluster is unknown: no preflight report is given" in finding.message
    assert judged(RULE, subject(demands=())) == ("pass", [])


def test_what_fits_passes_and_what_does_not_is_refused(tmp_path: Path) -> None:
    file = report(tmp_path)
    assert verdict(file) == ("pass", [])  # 384 - 192 - 192 leave nothing, and nothing must be left
    result, (message,) = verdict(file, min_left=1)
    assert result == "fail"
    assert "(L-1): the cluster takes up to 192 vCPU of 384, of which others use 192; 1 must be left" in message
    more = subject(demands=(replace(DEMAND, amount=193),))
    assert verdict(file, more)[0] == "fail"


def test_the_name_of_a_quota_counts_before_its_code(tmp_path: Path) -> None:
    split = [QUOTA | {"name": "All P instances", "limit": 0}, QUOTA | {"code": "L-2"}]
    assert verdict(report(tmp_path, quotas=split))[0] == "pass"
    renamed = [QUOTA | {"name": "All P instances"}]
    assert verdict(report(tmp_path, quotas=renamed))[0] == "pass"


@pytest.mark.parametrize(
    ("demand", "changes", "message"),
    [
        (DEMAND, {"region": "there"}, r"is unknown: no report of here has it"),
        (DEMAND, {"quotas": []}, r"\(L-1\) is unknown"),
        (replace(DEMAND, amount=None), {}, r"how much the cluster takes, or of which quota, is unknown"),
        (replace(DEMAND, name="", code=""), {}, r"of which quota, is unknown"),
    ],
)
def test_what_is_unknown_fails(demand: Demand, changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    result, (found,) = verdict(report(tmp_path, **changes), subject(demands=(demand,)))
    assert result == "fail" and re.search(message, found), found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it is no JSON"),
        ("[]", "its schema_version is None"),
        ('{"schema_version": 2}', "its schema_version is 2"),
        ('{"schema_version": 1, "region": "here"}', "cannot be read"),
        ('{"schema_version": 1, "region": "here", "quotas": [{"code": "L-1"}]}', "one of its quotas cannot be read"),
    ],
)
def test_a_report_that_cannot_be_used_is_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "preflight.json"
    file.write_text(text)
    result, (found,) = verdict(str(file))
    assert result == "fail"
    assert message in found and "it must be {" in found


def test_a_report_is_looked_for_from_the_projects_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: trial\n")
    (tmp_path / "below").mkdir()
    report(tmp_path)
    monkeypatch.chdir(tmp_path / "below")
    assert verdict("preflight.json") == ("pass", [])
    result, (message,) = verdict("gone.json")
    assert result == "fail" and "gone.json cannot be used: No such file or directory" in message
