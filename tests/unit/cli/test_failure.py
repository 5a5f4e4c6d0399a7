"""How a run ends that does not end well."""

from __future__ import annotations

import json

import pytest

from components.errors import CatalogError, EngineError, Finding, InputError, Level
from scripts.cli import main as entry
from scripts.cli.session import status_of


def _run(monkeypatch: pytest.MonkeyPatch, error: BaseException, *more: str) -> int:
    """The exit status of a `check` that ends with an error."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("scripts.cli.verbs.check.assess", fail)
    return entry.main(["check", "prod-aws", *more])


def test_a_bug_is_one_line_and_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, RuntimeError("odd\nand more")) == 70
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "this is a bug in gpufleet: RuntimeError: odd\n  hint: run it again with -v for the traceback, and report it\n"
    )


def test_verbose_shows_the_traceback_of_a_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, RuntimeError("odd"), "-v") == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_bug_with_output_json_is_a_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, RuntimeError("odd"), "-o", "json") == 70
    document = json.loads(capsys.readouterr().out)
    assert (document["stack"], [one["id"] for one in document["findings"]]) == ("prod-aws", ["bug"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError(Finding(id="x", level=Level.ERROR, message="wrong")), 2),
        (CatalogError("damaged"), 2),
        (EngineError("failed"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_exit_status_tells_whose_fault_it_is(
    error: BaseException, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _run(monkeypatch, error) == status


def test_of_several_findings_the_highest_counts() -> None:
    findings = [Finding(id="x", level=level, message="") for level in (Level.ADVISORY, Level.ERROR, Level.MANDATORY)]
    assert [status_of(findings), status_of(findings[2:]), status_of(findings[:1]), status_of([])] == [2, 1, 0, 0]
