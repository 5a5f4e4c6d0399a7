"""What the verbs print: one document and nothing else, colour only where it can be seen, and the right status."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import jsonschema
import pytest

from components import clock
from scripts.cli.documents import FOLDER
from tests.cli.command import DAY, GPUFLEET, ROOT, STACK, gpufleet, project

STACKS = ("b200-aws", "dev-aws", "h200-aws", "l4-aws", "prod-aws", "small-aws", "small-eu-aws", "staging-aws")
VERBS = ("plan", "check", "cost", "preview")


def _dated(verb: str) -> tuple[str, ...]:
    return () if verb == "plan" else ("--date", DAY)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("stack", ["prod-aws", "l4-aws", "b200-aws", "small-aws"])
def test_json_is_one_document_that_obeys_its_schema(verb: str, stack: str) -> None:
    result = gpufleet(verb, stack, *_dated(verb), "--output", "json")
    document = json.loads(result.out)
    schema = json.loads((FOLDER / f"{verb}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    assert set(schema["required"]) <= set(document) <= set(schema["properties"])
    assert (result.status, result.err, document["stack"]) == (0, "", stack)


@pytest.mark.parametrize("stack", STACKS)
def test_a_shipped_stack_is_good(stack: str) -> None:
    result = gpufleet("check", stack, "--date", DAY)
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines()[-1].startswith(f"✓ {stack} is good to deploy")


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_piped_has_no_colour_and_no_trailing_blanks(verb: str) -> None:
    result = gpufleet(verb, "l4-aws", *_dated(verb))
    assert "\x1b" not in result.out
    assert [line for line in result.out.splitlines() if line != line.rstrip()] == []


def test_tables_are_at_most_100_columns_wide_when_piped_and_findings_stay_whole() -> None:
    lines = gpufleet("check", "l4-aws", "--date", DAY).out.splitlines()
    assert max(len(line) for line in lines if not line.startswith(("!", "  hint", "Cost"))) <= 100
    assert any(
        line.startswith("! stacks/Pulumi.l4-aws.yaml:10 access.endpoint: ") and len(line) > 100 for line in lines
    )


@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("verb", ["check", "cost"])
def test_a_terminal_has_colour_and_no_line_is_wider_than_it(verb: str, columns: int) -> None:
    shown = _in_terminal(verb, "b200-aws", columns=columns)
    assert "\x1b[" in shown
    plain = [_plain(line) for line in shown.splitlines()]
    assert max(map(len, plain)) <= columns


def test_no_color_means_no_colour_on_a_terminal_too() -> None:
    shown = _in_terminal("check", "prod-aws", columns=100, env={"NO_COLOR": "1"})
    assert not any(f"[{code}m" in shown for code in ("31", "32", "33", "36", "1;31", "1;32"))


def test_the_budget_blocks_with_status_1(tmp_path: Path) -> None:
    cwd = project(tmp_path, trial=STACK + "    budget: {usd_per_month: 1000}\n")
    result = gpufleet("check", "trial", "--date", DAY, cwd=cwd)
    assert result.status == 1
    assert "✗ monthly-budget-ceiling" in result.out
    assert "✗ trial cannot be deployed as it is: 1 blocked by rules" in result.out


def test_an_error_weighs_more_than_a_rule(tmp_path: Path) -> None:
    cwd = project(tmp_path, trial=STACK + "    budget: {usd_per_month: 1000}\n")
    result = gpufleet("check", "trial", "--date", "2040-01-01", cwd=cwd)  # Kubernetes 1.35 is out of support by then
    assert result.status == 2
    assert "Errors (1)" in result.out
    assert "Blocked by rules (3)" in result.out  # the budget, the age of the prices, the last day that has passed


def test_the_day_decides_ages_and_the_default_is_today() -> None:
    ages = [
        json.loads(gpufleet("check", "prod-aws", "--date", day, "--output", "json").out)["findings"]
        for day in (DAY, "2027-06-15")
    ]
    assert "capacity-ends" not in [one["id"] for one in ages[0]]
    assert "capacity-ends" in [one["id"] for one in ages[1]]
    assert time.strftime("%Y-%m", time.gmtime()) in gpufleet("cost", "small-aws", env={clock.VARIABLE: ""}).out


def test_the_environment_sets_the_day_and_the_option_wins() -> None:
    late = {clock.VARIABLE: "2027-06-15"}
    found = gpufleet("check", "prod-aws", "--output", "json", env=late)
    assert "capacity-ends" in [one["id"] for one in json.loads(found.out)["findings"]]
    assert "2026-11-23" in gpufleet("cost", "small-aws", "--date", DAY, env=late).out
    for wrong in ("tomorrow", "2027-6-15", "20270615"):
        refused = gpufleet("cost", "small-aws", env={clock.VARIABLE: wrong})
        assert refused.status == 2
        assert refused.err.startswith(f"{clock.VARIABLE}: {clock.VARIABLE} is {wrong!r}, which is no date")


def test_cost_of_a_preview_equals_that_of_the_plan() -> None:
    for stack in ("prod-aws", "l4-aws"):
        planned, previewed = (
            json.loads(gpufleet(verb, stack, "--date", DAY, "--output", "json").out) for verb in ("check", "preview")
        )
        assert previewed["cost"]["monthly"] == planned["cost"]["monthly"]
        assert previewed["rules"] == planned["rules"]


@pytest.mark.parametrize("verb", ["check x", "plan prod-aws", "preview prod-aws --output json"])
def test_a_reader_that_stops_early_hears_no_complaint_and_passes_no_gate(verb: str) -> None:
    command = f"{GPUFLEET} {verb} | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr, done.stdout) == (141, "", "")


def test_text_that_the_terminal_cannot_show_is_no_error() -> None:
    result = gpufleet("check", "prod-aws", "--date", DAY, env={"PYTHONIOENCODING": "ascii"})
    assert result.status == 0


def test_interrupting_ends_with_130_and_no_traceback() -> None:
    process = subprocess.Popen(
        [GPUFLEET, "preview", "prod-aws"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_version_and_help() -> None:
    for arguments in (("--version",), ("check", "--version"), ("check", "x", "--version")):
        result = gpufleet(*arguments)
        assert (result.status, result.out.split()[0]) == (0, "gpufleet")
    for arguments in ((), ("--help",), ("check", "--help")):
        result = gpufleet(*arguments)
        assert result.status == 0
        assert "Usage: gpufleet" in result.out


def _plain(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)


def _in_terminal(*arguments: str, columns: int, env: dict[str, str] | None = None) -> str:
    """What a terminal of so many columns shows."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 60, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
    process = subprocess.Popen(
        [GPUFLEET, *arguments, "--date", DAY], cwd=ROOT, env=environment, stdin=child, stdout=child, stderr=child
    )
    os.close(child)
    shown = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(parent)
    assert process.wait(timeout=30) == 0
    return shown.decode()
