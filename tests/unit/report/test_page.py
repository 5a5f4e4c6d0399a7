"""The page: whole, safe, the same each time, and nothing in it comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from components.errors import Finding, Level
from policies.rules import RULES
from scripts.report.html.page import OPEN, is_page, page
from scripts.report.model import Report, StackReport
from tests.support.reports import DAY, Element, many_pools, page_of, parsed, stack_report

HOSTILE = "</script></title><img src=x onerror=alert(1)>\"'"
LARGEST = 1_000_000  # bytes a stack


@pytest.fixture(scope="module")
def one() -> Element:
    return parsed(page_of())


@pytest.fixture(scope="module")
def several() -> Element:
    return parsed(page_of(*(stack_report(name=f"stack-{place}") for place in range(OPEN + 1)), broken()))


def broken(message: str = "pools.train: there is no such thing") -> StackReport:
    finding = Finding(id="x", level=Level.ERROR, message=message, path="pools.train", file="stacks/P.yaml", line=7,
                      hint="write another")  # fmt: skip
    return StackReport(name="broken", on=DAY, findings=(finding,))


# --- nothing from elsewhere ---


def test_nothing_is_loaded_from_elsewhere(several: Element) -> None:
    for element in several.walk():
        for name in ("src", "srcset", "href", "xlink:href", "action", "data", "poster", "style"):
            address = element.attributes.get(name)
            allowed = address is None or (name == "href" and re.match(r"#[\w-]+$|data:,$|https://", address))
            assert allowed, (element.name, name, address)
        if (element.attributes.get("href") or "").startswith("https://"):
            assert element.name == "a", "only a link that a person follows leads elsewhere"
    styles = "".join(style.text for style in several.find("style"))
    assert "url(" not in styles
    assert "@import" not in styles


def test_the_policy_allows_the_pages_own_code_and_nothing_else(one: Element) -> None:
    (policy,) = one.find("meta", **{"http-equiv": "Content-Security-Policy"})
    rules = dict(part.strip().split(" ", 1) for part in (policy.attributes["content"] or "").split(";"))
    scripts = [script for script in one.find("script") if script.attributes.get("type") is None]
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"].split() == [digest(script.text) for script in scripts]
    assert [rules["style-src"]] == [digest(style.text) for style in one.find("style")]
    assert rules["img-src"] == "data:"
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}
    handlers = [name for element in one.walk() for name in element.attributes if name.startswith("on")]
    assert handlers == []


def digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


# --- hostile words ---

HOSTILE_SPECS: list[dict[str, Any]] = [
    {"tags": {"owner": HOSTILE}},
    {"policy.waivers": [{"rule": "encryption", "path": "*", "reason": HOSTILE, "expires": "2026-12-31", "by": "ann"}]},
    {"pools.train.price": {"usd_per_hour": "1.5", "source": HOSTILE, "as_of": "2026-01-01"}},
]


@pytest.mark.parametrize("changes", HOSTILE_SPECS)
def test_what_a_spec_says_stays_text(changes: dict[str, Any]) -> None:
    found = parsed(page_of(stack_report(changes)))
    harmless(found)
    (main,) = found.find("main")
    assert HOSTILE in main.text


def test_a_source_that_is_code_is_no_link() -> None:
    price = {"usd_per_hour": "1.5", "source": "javascript:alert(1)", "as_of": "2026-01-01"}
    found = parsed(page_of(stack_report({"pools.train.price": price})))
    harmless(found)
    assert "javascript:alert(1)" in found.find("main")[0].text


def test_what_a_finding_says_stays_text() -> None:
    said = parsed(page_of(broken(HOSTILE), replace(stack_report(), name=HOSTILE)))
    harmless(said)
    assert said.find("section", id="s2--script-title-img-src-x-onerror-alert-1-")


def harmless(found: Element) -> None:
    assert found.find("img") == []
    assert all(not name.startswith("on") for one in found.walk() for name in one.attributes)
    assert all((one.attributes.get("href") or "#").startswith(("#", "data:,", "https://")) for one in found.walk())
    assert [script.attributes.get("type") for script in found.find("script")] == ["application/json", None, None]
    json.loads(found.find("script", id="figures")[0].text)


def test_a_source_that_is_an_address_is_a_link() -> None:
    price = {"usd_per_hour": "1.5", "source": "https://example.com/prices?a=1&b=2", "as_of": "2026-01-01"}
    found = parsed(page_of(stack_report({"pools.train.price": price})))
    (link,) = found.find("a", href="https://example.com/prices?a=1&b=2")
    assert link.attributes["rel"] == "noopener noreferrer"


# --- structure ---


def test_headings_go_down_by_one(several: Element) -> None:
    levels = [int(element.name[1]) for element in several.walk() if re.fullmatch("h[1-6]", element.name)]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_ids_are_unique_and_what_refers_to_one_finds_it(several: Element) -> None:
    ids = [element.attributes["id"] for element in several.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in several.walk():
        for name in ("aria-labelledby", "for", "data-tree", "data-open", "data-close"):
            assert set((element.attributes.get(name) or "").split()) <= set(ids)
        address = element.attributes.get("href") or ""
        assert not address.startswith("#") or address[1:] in ids


def test_everything_has_a_name_for_those_who_do_not_see_it(several: Element) -> None:
    (html,) = several.find("html")
    assert html.attributes["lang"] == "en"
    assert several.find("a", class_="skip")[0].attributes["href"] == "#main"
    for table in several.find("table"):
        assert [child.name for child in table.children][:1] == ["caption"]
        assert table.find("caption")[0].text.strip()
        assert {"col", "row"} >= {cell.attributes.get("scope") for cell in table.find("th")}
    for canvas in several.find("canvas"):
        assert "the same figures are in the" in (canvas.attributes["aria-label"] or "")
    labelled = {label.attributes["for"] for label in several.find("label")}
    assert all(field.attributes["id"] in labelled for field in several.find("input"))


def test_rows_have_as_many_cells_as_the_head(several: Element) -> None:
    for table in several.find("table"):
        assert len({len(row) for row in table.rows()}) == 1, table.find("caption")[0].text


def test_few_stacks_are_open_and_many_are_folded(one: Element, several: Element) -> None:
    assert ["open" in whole.attributes for whole in one.find("details", class_="stack")] == [True]
    assert one.find("section", id="overview") == []
    assert {"open" in whole.attributes for whole in several.find("details", class_="stack")} == {False}
    (overview,) = several.find("section", id="overview")
    names = [row[0] for row in overview.find("table")[0].rows()[1:-1]]
    assert names == ["stack-0", "stack-1", "stack-2", "stack-3", "broken"]


def test_a_stack_without_a_plan_says_why_beside_the_others(several: Element) -> None:
    (section,) = [one for one in several.find("section") if (one.attributes.get("id") or "").endswith("-broken")]
    said = " ".join(section.text.split())
    assert "✗ 1 error" in said
    assert "stacks/P.yaml:7" in said
    assert "What to do: write another" in said
    (overview,) = several.find("section", id="overview")
    assert "total, 1 stack left out" in " ".join(overview.text.split())


# --- what it says ---


def test_every_rule_has_its_verdict_and_what_fails_its_remedy() -> None:
    changes = {"budget.usd_per_month": 1000}
    found = parsed(page_of(stack_report(changes)))
    rows = [row for row in rows_of(found, "rule") if len(row) == 5]
    assert {row[0] for row in rows} == {rule.id for rule in RULES}
    failed = next(row for row in rows if row[0] == "monthly-budget-ceiling")
    assert failed[1] == "✗ fails"
    assert "budget.usd_per_month" in failed[4]
    assert rows[0][1] == "✗ fails", "what fails stands first"
    assert "✗ blocked by" in " ".join(found.text.split())


def rows_of(found: Element, first: str) -> list[list[str]]:
    """The rows of every table whose first column is called so, in their order."""
    return [row for table in found.find("table") if table.rows()[0][0] == first for row in table.rows()[1:]]


def test_sources_have_their_age_and_old_ones_are_called_old() -> None:
    """A price of 2026-01-01 is 326 days old on 2026-11-23: 364 days from the year's first to its last, less 38."""
    price = {"usd_per_hour": "1.5", "source": "contract", "as_of": "2026-01-01"}
    rows = rows_of(parsed(page_of(stack_report({"pools.train.price": price}))), "price")
    (contract,) = [row for row in rows if row[-1] == "contract"]
    assert contract[1] == "326 days old"
    assert contract[-3:] == ["2026-01-01", "stated", "contract"]


def test_waivers_are_shown_with_their_reason() -> None:
    waiver = {
        "rule": "encryption",
        "path": "access.*",
        "reason": "the pilot ends",
        "expires": "2026-12-31",
        "by": "ann",
    }
    report = stack_report({"policy.waivers": [waiver]})
    (row,) = rows_of_waivers(parsed(page_of(report)))
    assert [row[0], row[2], row[-2], row[-1]] == ["encryption", "2026-12-31", "the pilot ends", "ann"]


def rows_of_waivers(found: Element) -> list[list[str]]:
    (table,) = [table for table in found.find("table") if table.find("caption")[0].text == "Waivers"]
    return table.rows()[1:]


# --- the same, and not large ---


def test_the_same_stacks_give_the_same_page() -> None:
    assert page_of(stack_report()) == page_of(stack_report())


@pytest.mark.parametrize("pools", [1, 32])
def test_a_page_is_small(pools: int) -> None:
    assert len(page_of(stack_report(many_pools(pools))).encode()) < LARGEST


def test_a_page_knows_itself() -> None:
    assert is_page(page_of()[:4096])
    assert not is_page("<!doctype html><html><head><title>GPU cluster</title>")


def test_a_page_of_nothing_says_so() -> None:
    assert "there is nothing to report" in page(Report(on=date(2026, 11, 23), stacks=()))
