"""The browser that these tests open the report in, and what becomes of them where there is none.

They skip, and say how to get one; where GPU_FLEET_BROWSER is `required`, as `.ci/run` has it, a skipped one fails.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.cli.review import Request
from scripts.cli.verbs.preview import registered
from scripts.report.build import build
from scripts.report.html.page import page as page_of
from scripts.report.model import Report
from tests.browser.hostile import broken, hostile
from tests.support.reports import DAY, many_pools, stack_report

REQUIRED = os.environ.get("GPU_FLEET_BROWSER") == "required"
ROOT = Path(__file__).parents[2]

Opened = Callable[..., Page]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if REQUIRED and report.skipped and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and GPU_FLEET_BROWSER is required: {report.longrepr}"
    return report


@pytest.fixture(scope="module")
def browser(files: dict[str, Path]) -> Iterator[Browser]:
    """One browser for a module, and no longer: while it runs, so does its loop, and no program can be run beside it."""
    assert files
    found = subprocess.run([ROOT / ".ci" / "browser", "--find"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"{found.stderr.strip()} Or run: make browser")
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root, which CI is; what it opens is our own file.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports: `one` of a shipped stack against another, `odd` of folded stacks, `large` of one with 32 pools."""
    folder = tmp_path_factory.mktemp("reports")
    asked = Request(verb="check", stacks=("prod-aws",), on=DAY, compare_to="staging-aws")
    odd = (stack_report(many_pools(2), "grows"), stack_report(name="plain"), hostile(), broken())
    large = (stack_report(many_pools(32), "large"),)
    reports = {
        "one": build(asked, "registered", registered),
        "odd": Report(on=DAY, stacks=odd),
        "large": Report(on=DAY, stacks=large),
    }
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(page_of(report), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in reports}


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    """Opens a report by its name from the disk; whatever the console says of it, or it asks for, fails the test."""
    contexts: list[Any] = []
    heard: list[str] = []

    def open_(name: str, *, width: int = 1440, height: int = 900, hash_: str = "", **context: Any) -> Page:
        made = browser.new_context(viewport={"width": width, "height": height}, **context)
        contexts.append(made)
        page = made.new_page()
        page.on("console", lambda message: heard.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        address = files[name].as_uri()
        page.on("request", lambda asked: asked.url.partition("#")[0] == address or heard.append(f"asked {asked.url}"))
        page.goto(address + hash_)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [one for one in heard if not one.startswith("asked data:")] == []
