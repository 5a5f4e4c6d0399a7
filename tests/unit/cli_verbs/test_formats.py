"""What other programs read: Markdown, SARIF, JUnit, and the JSON of Infracost, of one change with all that can happen.

`pilot` gets two nodes more, `dear` breaks its budget, `west` has services without a price, `broken` is no YAML, `late`
is new, `gone` is deleted.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from tests.support import infracost_shape, sarif_shape
from tests.support.repositories import STACK, repository, write
from tests.unit.cli_verbs.conftest import DAY, Run

MORE = STACK + "    pools: {train: {nodes: 4}}\n    budget: {usd_per_month: 200000}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    west = STACK.replace("us-east-1", "us-west-2")
    made = repository(tmp_path / "repo", pilot=STACK, dear=STACK, broken=STACK, gone=STACK, west=west)
    write(made, pilot=MORE, dear=STACK + "    budget: {usd_per_month: 1000}\n", broken="config:\n\t- x\n", late=STACK)
    write(made, west=west + "    pools: {train: {nodes: 1}}\n")
    (made / "stacks" / "Pulumi.gone.yaml").unlink()
    return made


def output(run: Run, folder: Path, format: str, verb: str = "check") -> str:
    done = run(verb, "--changed-since", "main", "--date", DAY, "--output", format, cwd=folder)
    assert (done.status, done.err) == (2, "")  # `broken` is input that is wrong
    return done.out


# --- Markdown ---


def test_markdown_begins_with_its_marker_and_has_a_row_for_each_stack(run: Run, folder: Path) -> None:
    lines = output(run, folder, "markdown").splitlines()
    assert lines[0] == "<!-- gpu-fleet: review of stacks -->"
    assert lines[1].startswith("### ❌ GPU clusters: 6 stacks, ")
    rows = {line.split("|")[2].strip(): line for line in lines if line.startswith(("| ❌", "| ⚠️", "| ✅"))}
    assert set(rows) == {f"**{name}**" for name in ("pilot", "dear", "west", "broken", "late", "gone")}
    assert "| +80,406.40 (+99 %) |" in rows["**pilot**"]
    assert "| no plan |  |  | unknown |" in rows["**broken**"]
    assert "| gone |  |  | -80,827.24 (-100 %) |" in rows["**gone**"]
    assert "| +80,827.24 (new) |" in rows["**late**"]
    assert "UNPRICED" in rows["**west**"]


def test_markdown_folds_the_details_away_largest_first(run: Run, folder: Path) -> None:
    text = output(run, folder, "markdown")
    summaries = [line for line in text.splitlines() if line.startswith("<summary>")]
    assert [line.split("<b>")[1].split("</b>")[0] for line in summaries] == [
        "broken", "gone", "late", "pilot", "west", "dear",
    ]  # fmt: skip
    assert text.count("<details>") == text.count("</details>") == 6
    assert "- `pools.train.nodes`: `2` → `4`" in text
    assert "| ～ | train: p5.48xlarge (on-demand) | +80,358.40 | nodes 2 → 4 |" in text
    assert "- ❌ `stacks/Pulumi.broken.yaml:2`" in text


# --- SARIF ---


def test_sarif_obeys_the_standard_and_names_lines(run: Run, folder: Path) -> None:
    document = json.loads(output(run, folder, "sarif"))
    assert [error.message for error in Draft202012Validator(sarif_shape.SCHEMA).iter_errors(document)] == []
    (one,) = document["runs"]
    rules = one["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in one["results"])
    places = {
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in one["results"]
    }
    assert ("monthly-budget-ceiling", "error", "stacks/Pulumi.dear.yaml", 11) in places
    assert ("yaml", "error", "stacks/Pulumi.broken.yaml", 2) in places
    assert ("stack-gone", "warning", "stacks/Pulumi.gone.yaml", 1) in places


def test_sarif_has_paths_from_the_root_of_the_repository(run: Run, folder: Path) -> None:
    done = run("check", "Pulumi.dear.yaml", "--date", DAY, "--output", "sarif", cwd=folder / "stacks")
    results = json.loads(done.out)["runs"][0]["results"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    assert "stacks/Pulumi.dear.yaml" in uris
    assert all(uri.startswith("stacks/") for uri in uris)


def test_sarif_suppresses_what_is_waived(run: Run, folder: Path) -> None:
    waiver = '{rule: idle-ttl, reason: a demo of a week, by: cfo@example.com, expires: "2026-12-31"}'
    endless = STACK.replace('    schedule: {expires: "2027-01-31"}\n', "")
    write(folder, dear=endless + f"    policy: {{waivers: [{waiver}]}}\n")
    done = run("check", "dear", "--date", DAY, "--output", "sarif", cwd=folder)
    waived = [one for one in json.loads(done.out)["runs"][0]["results"] if "suppressions" in one]
    assert [one["ruleId"] for one in waived] == ["idle-ttl"]
    assert waived[0]["suppressions"][0]["status"] == "accepted"


# --- JUnit ---


def test_junit_has_a_suite_for_each_stack_and_a_case_for_each_rule(run: Run, folder: Path) -> None:
    root = xml.fromstring(output(run, folder, "junit"))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"pilot", "dear", "west", "broken", "late", "gone"}
    cases = {case.get("name"): case for case in suites["dear"]}
    failure = cases["monthly-budget-ceiling"].find("failure")
    assert failure is not None
    assert failure.get("type") == "mandatory"
    assert str(failure.text).startswith("stacks/Pulumi.dear.yaml:11 budget.usd_per_month: the cluster costs up to")
    assert cases["encryption"].find("failure") is None
    error = suites["broken"].find("testcase[@name='plan']/error")
    assert error is not None
    assert error.get("type") == "error"
    for suite in root:
        counted = {
            "tests": len(suite),
            "failures": len(suite.findall("*/failure")),
            "errors": len(suite.findall("*/error")),
        }
        assert {name: int(str(suite.get(name))) for name in counted} == counted
    assert int(str(root.get("tests"))) == sum(len(suite) for suite in root)


# --- Infracost ---


def infracost(run: Run, folder: Path) -> dict[str, Any]:
    document = json.loads(output(run, folder, "infracost"))
    errors = Draft7Validator(infracost_shape.SCHEMA).iter_errors(document)
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []
    return document


def test_infracost_obeys_its_published_shape(run: Run, folder: Path) -> None:
    document = infracost(run, folder)
    assert (document["version"], document["currency"]) == ("0.2", "USD")
    assert document["metadata"]["vcsCommitAuthorName"] == "A Person"
    assert [project["name"] for project in document["projects"]] == ["broken", "dear", "late", "pilot", "west", "gone"]


def test_infracost_has_figures_as_text_at_the_maximum(run: Run, folder: Path) -> None:
    projects = {one["name"]: one for one in infracost(run, folder)["projects"]}
    (train,) = [one for one in projects["pilot"]["breakdown"]["resources"] if one["name"] == "train"]
    machine = train["costComponents"][0]
    assert machine == {
        "name": "p5.48xlarge (on-demand)",
        "unit": "node-hour",
        "hourlyQuantity": "4",
        "monthlyQuantity": "2920",
        "price": "55.04",
        "hourlyCost": "220.16",
        "monthlyCost": "160716.8",
        "priceNotFound": False,
    }
    (apart,) = projects["pilot"]["diff"]["resources"]
    assert (apart["name"], apart["monthlyCost"]) == ("train", "80406.4")
    assert apart["costComponents"][0]["monthlyCost"] == "80358.4"
    assert Decimal(projects["gone"]["diff"]["totalMonthlyCost"]) == -Decimal(
        projects["gone"]["pastBreakdown"]["totalMonthlyCost"]
    )


def test_infracost_never_calls_an_unknown_price_zero(run: Run, folder: Path) -> None:
    document = infracost(run, folder)
    (west,) = [one for one in document["projects"] if one["name"] == "west"]
    unknown = [
        part
        for resource in west["breakdown"]["resources"]
        for part in resource["costComponents"]
        if part["priceNotFound"]
    ]
    assert unknown
    assert {(part["price"], part["monthlyCost"]) for part in unknown} == {(None, None)}
    assert west["summary"]["totalNoPriceResources"] > 0


def test_infracost_names_what_could_not_be_planned(run: Run, folder: Path) -> None:
    (broken,) = [one for one in infracost(run, folder)["projects"] if one["name"] == "broken"]
    assert broken["breakdown"]["resources"] == []
    assert broken["metadata"]["errors"][0]["isError"] is True


def test_infracost_totals_are_the_sums(run: Run, folder: Path) -> None:
    document = infracost(run, folder)
    now = sum(Decimal(one["breakdown"]["totalMonthlyCost"]) for one in document["projects"])
    past = sum(Decimal(one["pastBreakdown"]["totalMonthlyCost"]) for one in document["projects"])
    assert Decimal(document["totalMonthlyCost"]) == now
    assert Decimal(document["diffTotalMonthlyCost"]) == now - past


# --- our own ---


@pytest.mark.parametrize("verb", ["check", "cost"])
def test_json_of_several_stacks_obeys_the_schema(run: Run, folder: Path, verb: str) -> None:
    done = run(verb, "--changed-since", "main", "--date", DAY, "--output", "json", cwd=folder)
    document = done.document(verb)
    assert (document["stack"], document["baseline"], document["changed_since"]) == (None, "main", "main")
    assert len(document["stacks"]) == 6
