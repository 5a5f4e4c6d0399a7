"""`--compare-to` a ref with other prices: the price table's part stands apart, and a damaged table is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from components.catalog.base import DATA
from components.cost import estimate
from components.errors import CatalogError
from scripts.baseline import past
from scripts.cli import review
from tests.support.repositories import STACK, commit, git, repository, write
from tests.unit.cli_verbs.conftest import Run
from tests.unit.cli_verbs.test_compare import MORE, compared


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo", pilot=STACK, other=STACK)


@pytest.fixture
def priced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository with a catalogue in it, in which a p5.48xlarge did cost 50 USD an hour on main."""
    data = folder / "components" / "catalog" / "data"
    shutil.copytree(DATA / "aws", data / "aws")
    shutil.copy(DATA / "accelerators.csv", data)
    prices = data / "aws" / "prices.csv"
    today = prices.read_text()
    before = today.replace("p5.48xlarge,us-east-1,on-demand,list,55.04", "p5.48xlarge,us-east-1,on-demand,list,50")
    assert before != today
    git(folder, "checkout", "--quiet", "main")
    prices.write_text(before)
    commit(folder)
    git(folder, "checkout", "--quiet", "-B", "change")
    prices.write_text(today)
    monkeypatch.setattr(past, "DATA", data)
    return folder


def test_what_the_price_table_did_stands_apart(run: Run, priced: Path) -> None:
    write(priced, pilot=MORE)
    cost = compared(run, priced, "pilot", "--compare-to", "main")["difference"]["cost"]
    assert cost["by_prices"]["max"] == "7358.40"  # 2 nodes x 730 h x 5.04 USD
    assert cost["by_author"]["max"] == "80406.40"
    (line,) = [line for line in cost["lines"] if line["kind"] == "machine"]
    assert line["why"] == ["price table: price 50 USD → 55.04 USD", "nodes 2 → 4"]
    text = run("cost", "pilot", "--compare-to", "main", cwd=priced).out
    assert "of that +7,358.40 by the price table, +80,406.40 by the author" in text


def test_a_catalogue_of_another_form_is_told_and_todays_prices_are_taken(run: Run, priced: Path) -> None:
    prices = priced / "components" / "catalog" / "data" / "aws" / "prices.csv"
    today = prices.read_text()
    prices.write_text(today.replace("usd_per_hour", "price_in_usd", 1))
    commit(priced)
    prices.write_text(today)
    write(priced, pilot=MORE)
    found = compared(run, priced, "pilot", "--compare-to", "HEAD")
    assert found["difference"]["cost"]["by_author"]["max"] == "80406.40"
    (told,) = [one for one in found["findings"] if one["id"] == "baseline"]
    assert told["level"] == "advisory"
    assert "the catalogue of HEAD cannot be read by this version (prices.csv: header is" in told["message"]


def test_nonsense_in_the_old_price_table_is_told(run: Run, priced: Path) -> None:
    prices = priced / "components" / "catalog" / "data" / "aws" / "prices.csv"
    today = prices.read_text()
    prices.write_text(
        today.replace("p5.48xlarge,us-east-1,on-demand,list,55.04", "p5.48xlarge,us-east-1,on-demand,list,x")
    )
    commit(priced)
    prices.write_text(today)
    found = compared(run, priced, "pilot", "--compare-to", "HEAD")
    assert found["difference"]["state"] == "unknown"
    (told,) = [one for one in found["findings"] if one["id"] == "baseline"]
    assert "the catalogue of HEAD is damaged: prices.csv:" in told["message"]


def test_nonsense_in_todays_price_table_does_not_hide_the_other_stacks(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def report_for(plan: Any, *rest: Any) -> Any:
        if plan.stack == "other":
            raise CatalogError("prices.csv:7: column 'usd_per_hour' holds 'x'")
        return estimate.report_for(plan, *rest)

    monkeypatch.setattr(review, "report_for", report_for)
    other, pilot = compared(run, folder, "other", "pilot", "--compare-to", "main", status=2)["stacks"]
    assert other["findings"][0]["message"] == "prices.csv:7: column 'usd_per_hour' holds 'x'"
    assert pilot["difference"]["state"] == "there"
