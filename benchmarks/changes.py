"""What a comparison costs: `check --compare-to` against `check`, and 200 changed stacks on one core.

The 200 stacks are planned, priced and judged, and compared with what they were, in one process (`check
--changed-since`). A preview runs the program of each stack for both sides, so it is measured for information, on a few.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.lines import Line, Parts, at_most, seconds
from benchmarks.processes import CLI, ROOT, RUNS, Bytecode, interleaved, run, warm

STACKS, PREVIEWED = 200, 8
OF_CHECK, SECONDS = 1.6, 2.5


def parts(folder: Path) -> Parts:
    """The parts, with `folder` for bytecode and repositories."""
    few, many = _repository(folder / "few", PREVIEWED), _repository(folder / "many", STACKS)
    pair = {
        "check": [CLI, "check", "stack-0", "--date", "2026-11-24"],
        "compared": [CLI, "check", "stack-0", "--compare-to", "main", "--date", "2026-11-24"],
    }
    bytecode = warm(folder / "bytecode", {"preview": [CLI, "preview", "prod-aws"], "check": [CLI, "check", "prod-aws"]})
    return {
        f"A comparison with a git ref, medians of {RUNS}": lambda: compared(few, pair, bytecode),
        f"{STACKS} changed stacks on one core, median of 3": lambda: changed(many, bytecode),
        f"A preview of {PREVIEWED} changed stacks, one run": lambda: previewed(few, bytecode),
    }


def compared(folder: Path, commands: Mapping[str, list[str]], bytecode: Bytecode) -> list[Line]:
    os.chdir(folder)
    found = interleaved(commands, bytecode.env, RUNS)
    os.chdir(ROOT)
    ratio = found["compared"].seconds / found["check"].seconds
    return [
        Line("check", seconds(found["check"])),
        at_most("check --compare-to: of check", ratio, OF_CHECK, "x"),
    ]


def changed(folder: Path, bytecode: Bytecode) -> list[Line]:
    """Time on one core, so that another core does not hide what the process does."""
    command = [CLI, "check", "--changed-since", "main", "--output", "json", "--date", "2026-11-24"]
    os.chdir(folder)
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    found = interleaved({"changed": command}, bytecode.env, 3)["changed"]
    if cores:
        os.sched_setaffinity(0, cores)
    os.chdir(ROOT)
    return [
        at_most(f"check --changed-since: {STACKS} stacks", found.seconds, SECONDS, "s"),
        Line("the same: memory", f"{found.peak:.0f} MiB"),
    ]


def previewed(folder: Path, bytecode: Bytecode) -> list[Line]:
    os.chdir(folder)
    found = run([CLI, "preview", "--changed-since", "main", "--date", "2026-11-24"], bytecode.env)
    os.chdir(ROOT)
    return [Line(f"preview --changed-since: {PREVIEWED} stacks", seconds(found))]


def _repository(folder: Path, count: int) -> Path:
    """A project of so many stacks like dev-aws, each changed since main: a tag, and a node less."""
    blueprints = folder / "stacks" / "blueprints"
    blueprints.mkdir(parents=True)
    source = ROOT / "stacks"
    for file in (source / "blueprints").glob("*.yaml"):
        (blueprints / file.name).write_bytes(file.read_bytes())
    (folder / "Pulumi.yaml").write_text("name: many\nruntime: python\nstackConfigDir: stacks\n")
    text = (source / "Pulumi.dev-aws.yaml").read_text()
    files = [folder / "stacks" / f"Pulumi.stack-{number}.yaml" for number in range(count)]
    for file in files:
        file.write_text(text)
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "as it was")
    for number, file in enumerate(files):
        file.write_text(text.replace("owner: research", f"owner: team-{number}") + "    pools: {train: {nodes: 1}}\n")
    return folder


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
