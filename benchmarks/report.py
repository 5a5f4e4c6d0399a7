"""The HTML report of many stacks in one process, and of one stack with everything in it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.lines import Line, Parts, at_most, seconds
from benchmarks.processes import CLI, ROOT, RUNS, interleaved, warm

STACKS = 50
SECONDS = 3.0
MEGABYTES = 1.0  # a stack
DAY = "2026-11-24"


def parts(folder: Path) -> Parts:
    return {f"HTML report, .pyc there, medians of {RUNS}": lambda: measure(folder)}


def measure(folder: Path) -> list[Line]:
    many, one = folder / "many.html", folder / "one.html"
    commands = {
        "many": [CLI, "report", *map(str, _stacks(folder / "stacks")), "--out", str(many), "--date", DAY, "-q"],
        "one": [CLI, "report", "prod-aws", "--out", str(one), "--date", DAY, "-q"],
    }
    found = interleaved(commands, warm(folder / "there", commands).env, RUNS)
    return [
        at_most(f"{STACKS} stacks: time", found["many"].seconds, SECONDS, "s"),
        at_most(f"{STACKS} stacks: a stack of the page", _megabytes(many) / STACKS, MEGABYTES, "MB"),
        Line(f"{STACKS} stacks: memory", f"{found['many'].peak:.0f} MiB"),
        Line("one stack with its registered resources: time", seconds(found["one"])),
        at_most("one stack with its registered resources: page", _megabytes(one), MEGABYTES, "MB"),
    ]


def _megabytes(file: Path) -> float:
    return file.stat().st_size / 1e6


def _stacks(folder: Path) -> list[Path]:
    """The shipped stacks, again and again under other names."""
    folder.mkdir()
    shipped = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))
    made: list[Path] = []
    for number in range(STACKS):
        file = folder / f"Pulumi.stack{number:02}.yaml"
        file.write_bytes(shipped[number % len(shipped)].read_bytes())
        made.append(file)
    return made
