"""All rules over an exported state of ten thousand resources, against conftest with 25 simple rules over the same file.

conftest is built once into the user's cache from its published Go module, where Go is installed; without it, the time
that it took elsewhere is the measure, and the report says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks import big_state
from benchmarks.lines import Line, Parts, at_most, seconds
from benchmarks.processes import CLI, RUNS, Bytecode, interleaved, warm

RESOURCES = 10_000
VERSION = "v0.56.0"
MODULE = f"github.com/open-policy-agent/conftest@{VERSION}"
RECORDED = 1.2
"""Seconds of conftest v0.56.0 with 25 simple rules over 10,000 resources on two quiet cores (Linux, x86-64)."""
RULES = Path(__file__).with_name("simple.rego")
BUILD = 1200.0
_BREAKS_RULES = 1


def conftest() -> Path | None:
    """The conftest of this version: built already, or built now; None where it cannot be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gpu-fleet" / "conftest"
    built = cache / "conftest"
    go = shutil.which("go")
    if not built.is_file() and go is not None:
        env = {**os.environ, "GOBIN": str(cache)}
        try:
            subprocess.run([go, "install", MODULE], env=env, capture_output=True, timeout=BUILD, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
    return built if built.is_file() else None


def tolerant(*command: str) -> list[str]:
    """A command that may end with the status of broken rules."""
    return ["/bin/sh", "-c", f'"$@" || [ $? -eq {_BREAKS_RULES} ]', "sh", *command]


def parts(folder: Path) -> Parts:
    file = folder / "state.json"
    big_state.write(file, RESOURCES)
    ours = tolerant(CLI, "check", big_state.STACK, "--state", str(file), "--date", "2026-11-24")
    there = warm(folder / "there", {"ours": ours})
    return {
        f"All rules over {RESOURCES:,} resources ({file.stat().st_size / 2**20:.1f} MiB)": lambda: measure(
            file, ours, there
        )
    }


def measure(file: Path, ours: list[str], there: Bytecode) -> list[Line]:
    commands = {"ours": ours}
    other = conftest()
    if other is not None:
        commands["conftest"] = tolerant(str(other), "test", "--policy", str(RULES), str(file))
    runs = interleaved(commands, there.env, RUNS)
    took = runs["ours"].seconds
    lines = [
        Line("check --state: time", seconds(runs["ours"])),
        Line("check --state: memory", f"{runs['ours'].peak:.0f} MiB"),
    ]
    if other is None:
        lines.append(Line("conftest is not here; its recorded time", f"{RECORDED:.2f} s"))
        return [*lines, at_most("check --state / conftest as recorded", took / RECORDED, 1.0, "times")]
    lines.append(Line(f"conftest {VERSION}, 25 rules: time", seconds(runs["conftest"])))
    return [*lines, at_most("check --state / conftest", took / runs["conftest"].seconds, 1.0, "times")]
