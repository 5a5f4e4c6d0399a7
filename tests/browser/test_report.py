"""The report in a real browser: silent, readable at every width, in both colours, on paper, and without a mouse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.hostile import WORDS

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
WIDTHS = {375: "w340", 768: "w680", 1440: "w1040"}
LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of any size."""

DRAWN = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((value, place) => place % 4 === 3 && value > 0).length;
}"""
WIDER = """() => [...document.querySelectorAll("main *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !one.closest(".scroll") && !one.closest("svg");
}).map(one => one.outerHTML.slice(0, 120))"""
COLOUR = "element => getComputedStyle(element).backgroundColor"


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


CHARTS = {"one": 2, "odd": 7, "large": 2}
"""Two a stack that has a plan, and one of all stacks."""


@pytest.mark.parametrize("name", CHARTS)
def test_it_opens_from_the_disk_with_charts_and_without_a_word_in_the_console(opened: Opened, name: str) -> None:
    """The fixture hears the console, errors, dialogs and requests."""
    page = opened(name)
    open_all(page)
    canvases = page.locator("canvas:visible")
    expect(canvases).to_have_count(CHARTS[name])
    for canvas in canvases.all():
        canvas.scroll_into_view_if_needed()
        assert canvas.evaluate(DRAWN) > 500, "a chart is blank"


def test_hostile_words_stay_words(opened: Opened) -> None:
    page = opened("odd")
    open_all(page)
    assert page.locator("img").count() == 0
    assert page.get_by_text(WORDS).count() >= 5
    assert (
        page.evaluate("[...document.querySelectorAll('a')].filter(one => one.protocol === 'javascript:').length") == 0
    )


def test_the_search_shows_what_it_finds_and_what_stands_above(opened: Opened) -> None:
    page = opened("one")
    field = page.get_by_label("Search name, type or property")
    total = page.locator(".tree li").count()
    field.fill("ec2.vpc cidrblock")
    expect(page.get_by_role("status").first).to_have_text("1 resource found")
    visible = page.locator(".tree li:visible > details > summary .name, .tree li:visible > .leaf .name")
    assert visible.all_inner_texts() == ["prod-aws", "network", "vpc"]
    field.fill("nodegroup train")
    assert {"train-reservation-nodes"} <= set(visible.all_inner_texts())
    field.fill("ec2.subnet storage")
    assert visible.all_inner_texts()[-1] == "storage-use1-az2-subnet"
    field.fill("no such thing")
    expect(page.get_by_role("status").first).to_have_text("0 resources found")
    assert visible.count() == 0
    field.fill("")
    assert page.locator(".tree li[hidden]").count() == 0
    expect(page.get_by_role("status").first).to_have_text(re.compile(r"^\d+ resources: "))
    page.get_by_role("button", name="Open all").click()
    assert page.locator(".tree li:visible").count() == total
    page.get_by_role("button", name="Close all").click()
    assert page.locator(".tree li:visible").count() == 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["one", "odd", "large"])
def test_nothing_is_wider_than_the_window_and_the_drawing_fits_it(opened: Opened, name: str, width: int) -> None:
    page = opened(name, width=width, has_touch=width < 500)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDER) == []
    shown = page.locator("svg.drawing:visible")
    assert shown.count() == (3 if name == "odd" else 1)
    for picture in shown.all():
        assert WIDTHS[width] in (picture.get_attribute("class") or "")
        # Drawn nearly at its own size: text of 12 pixels stays readable.
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] / float(picture.get_attribute("width") or 1) > 0.9


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["one", "odd"])
def test_texts_have_contrast_in_both_colours(opened: Opened, name: str, scheme: Any) -> None:
    page = opened(name, color_scheme=scheme)
    open_all(page)
    measured = page.evaluate(SCRIPTS)
    assert measured["count"] > 300
    assert [one for one in measured["texts"] if one["ratio"] < LEAST_CONTRAST] == []


def test_the_switch_turns_the_colours_and_charts_follow(opened: Opened) -> None:
    page = opened("one", color_scheme="dark")
    body, button = page.locator("body"), page.locator("#theme")
    bar = "() => Chart.getChart(document.querySelector('canvas')).getDatasetMeta(0).data[0].options.backgroundColor"
    dark, dark_bar = body.evaluate(COLOUR), page.evaluate(bar)
    expect(button).to_have_text("Colours: automatic")
    button.click()
    expect(button).to_have_text("Colours: light")
    assert body.evaluate(COLOUR) != dark
    assert page.evaluate(bar) != dark_bar
    page.reload()
    expect(button).to_have_text("Colours: light")
    button.click()
    expect(button).to_have_text("Colours: dark")
    assert (body.evaluate(COLOUR), page.evaluate(bar)) == (dark, dark_bar)


def test_paper_is_white_whole_and_without_controls(opened: Opened, tmp_path: Path) -> None:
    page = opened("odd", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("details.stack:not([open]), details.lines:not([open])").count() == 0
    assert page.locator("button:visible, input:visible, .skip:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert {len(one.split()) and one for one in page.locator(".drawing:visible").evaluate_all(
        "all => all.map(one => one.getAttribute('class'))")} == {"drawing w680"}  # fmt: skip
    measured = page.evaluate(SCRIPTS)
    assert [one for one in measured["texts"] if one["ratio"] < LEAST_CONTRAST] == []
    made = page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert made.startswith(b"%PDF-")
    assert 5 < made.count(b"/Type /Page\n") + made.count(b"/Type /Page/") < 60


def test_everything_is_reached_and_seen_with_the_keyboard(opened: Opened) -> None:
    page = opened("one")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    assert (skip.bounding_box() or {"x": -1})["x"] >= 0, "the skip link is seen once it has the focus"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    seen: list[str] = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.tagName"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", seen
    assert {"SUMMARY", "A", "DIV"} <= set(seen), "folds, links and tables that scroll"
    summary = page.locator("details.stack > summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.stack[open]").count() == 0
    page.locator("input[type=search]").evaluate("field => field.closest('details.stack').open = true")
    page.locator("input[type=search]").focus()
    page.keyboard.type("bucket")
    expect(page.get_by_role("status").first).to_have_text(re.compile("resources found"))


def test_a_link_of_the_overview_opens_its_stack(opened: Opened) -> None:
    page = opened("odd")
    assert page.locator("details.stack[open]").count() == 0
    page.get_by_role("link", name="plain").click()
    expect(page.locator("#s2-plain details.stack")).to_have_attribute("open", "")
    assert page.locator("#s2-plain canvas:visible").count() == 2
    again = opened("odd", hash_="#s1-grows")
    expect(again.locator("#s1-grows details.stack")).to_have_attribute("open", "")


def test_without_javascript_everything_but_search_and_charts_is_there(opened: Opened) -> None:
    page = opened("one", java_script_enabled=False)
    assert page.locator("canvas:visible, input:visible, button:visible").count() == 0
    assert page.locator("table:visible").count() > 5
    assert page.locator("svg.drawing:visible").count() == 1
    assert page.locator(".tree:visible").count() == 1


def test_who_wants_no_motion_gets_none(opened: Opened) -> None:
    page = opened("one", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("name", ["one", "odd"])
def test_nothing_keeps_people_from_reading_it(opened: Opened, name: str) -> None:
    """axe-core's rules for WCAG 2 A and AA, and its own best practices; contrast has a test of its own here."""
    page = opened(name)
    open_all(page)
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}})
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]] == []
