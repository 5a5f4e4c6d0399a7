"""Measures, prints target, figure and verdict of each, and exits 1 when a target is missed.

Every figure is the median of whole processes, and a ratio is taken from runs in turn with its floor. Two states are
judged: with `.pyc` there, as a developer has from the second run on, and in an image that sets PYTHONDONTWRITEBYTECODE,
where Python compiles every package each time and our command line keeps its bytecode in the user's cache.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT, Bytecode, Run, interleaved, run, warm, without_packages

RUNS = 7
PYTHON = sys.executable
CLI = str(Path(PYTHON).with_name("gpufleet"))
IMPORTS = [PYTHON, "-c", "import pydantic, yaml, typer, rich.console"]
# `import pydantic` alone leaves out what a model needs, which is loaded when it is first asked for.
MODELS = [PYTHON, "-c", "import pydantic, yaml, typer, rich.console\nclass M(pydantic.BaseModel): x: int"]
QUICK = {
    "check": [CLI, "check", "prod-aws"],
    "plan": [CLI, "plan", "prod-aws"],
    "cost": [CLI, "cost", "prod-aws"],
    "parity": [CLI, "parity", "dev-aws", "staging-aws", "prod-aws"],
}
FLOOR = [PYTHON, "-m", "benchmarks.floor"]
PREVIEW = {
    "preview": [CLI, "preview", "prod-aws"],
    "floor": FLOOR,
    "floor+hook": [*FLOOR, "--hook"],
}

OF_IMPORTS, SECONDS, MEMORY = 1.6, 0.7, 80.0
OF_FLOOR, OF_HOOKED_FLOOR, STACKS = 0.5, 1.25, 500.0


@dataclass(frozen=True)
class Line:
    """One line of the report; without a target it only informs."""

    what: str
    figure: str
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return f"{self.what:<44}{self.figure:>16}{self.target:>12}  {verdict}".rstrip()


def at_most(what: str, figure: float, target: float, unit: str) -> Line:
    return Line(what, f"{figure:.2f} {unit}", f"<= {target:g}", figure <= target)


def quick(bytecode: Bytecode) -> list[Line]:
    """The verbs that need no SDK, against the imports that any such command line makes."""
    found = interleaved({"imports": IMPORTS, "models": MODELS, **QUICK}, bytecode.env, RUNS)
    floor, models = found.pop("imports"), found.pop("models")
    lines = [
        Line("floor: import pydantic, yaml, typer, rich", seconds(floor)),
        Line("the same and one pydantic model", f"{models.seconds / floor.seconds:.2f} x, {seconds(models)}"),
    ]
    for verb, one in found.items():
        lines.append(at_most(f"{verb}: of the floor", one.seconds / floor.seconds, OF_IMPORTS, "x"))
        lines.append(Line(f"{verb}: of the floor and one model", f"{one.seconds / models.seconds:.2f} x"))
        lines.append(at_most(f"{verb}: time", one.seconds, SECONDS, "s"))
        lines.append(at_most(f"{verb}: memory", one.peak, MEMORY, "MiB"))
    return lines


def preview(bytecode: Bytecode) -> list[Line]:
    """The preview, against its floor imported the plain way and with the hook."""
    found = interleaved(PREVIEW, bytecode.env, RUNS)
    plain = found["preview"].seconds / found["floor"].seconds
    hooked = found["preview"].seconds / found["floor+hook"].seconds
    return [
        *(Line(f"{name}: time, memory", f"{seconds(one)}, {one.peak:.0f} MiB") for name, one in found.items()),
        at_most("preview: of the floor", plain, OF_FLOOR, "x"),
        at_most("preview: of the floor with the hook", hooked, OF_HOOKED_FLOOR, "x"),
    ]


def cold(folder: Path) -> list[Line]:
    """The first run ever: no bytecode of anything but Python itself, and all of it is written."""
    lines: list[Line] = []
    for name, command in PREVIEW.items():
        env = Bytecode(folder / name, sdk=True).env
        lines.append(Line(f"{name}: first run ever", seconds(run(command, env))))
    return lines


def throughput(bytecode: Bytecode) -> list[Line]:
    """Planning and pricing in one process."""
    done = subprocess.run(
        [PYTHON, "-m", "benchmarks.throughput"], env=bytecode.env, capture_output=True, text=True, check=True
    )
    specs, files = map(float, done.stdout.split())
    return [
        Line("stacks planned and priced a second", f"{specs:.0f} /s", f">= {STACKS:g}", specs >= STACKS),
        Line("the same, reading their files each time", f"{files:.0f} /s"),
    ]


def seconds(one: Run) -> str:
    return f"{one.seconds:.2f} s"


def main() -> int:
    os.chdir(ROOT)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        commands = {"imports": IMPORTS, **QUICK, **PREVIEW}
        there = warm(folder / "there", commands)
        absent = without_packages(there, folder / "absent")
        for command in commands.values():  # what they keep elsewhere they have from the second run on
            run(command, absent.env)
        parts = {
            f"Without an SDK, .pyc there, medians of {RUNS}": lambda: quick(there),
            f"Without an SDK, PYTHONDONTWRITEBYTECODE=1, medians of {RUNS}": lambda: quick(absent),
            f"Preview of prod-aws, .pyc there, medians of {RUNS}": lambda: preview(there),
            f"Preview of prod-aws, PYTHONDONTWRITEBYTECODE=1, medians of {RUNS}": lambda: preview(absent),
            "Preview of prod-aws, cold, one run each": lambda: cold(folder / "cold"),
            "In one process": lambda: throughput(there),
        }
        for title, measure in parts.items():
            print(f"\n{title}")
            found = measure()
            print(*found, sep="\n", flush=True)
            lines += found
    missed = [line.what for line in lines if line.met is False]
    print(f"\n{len(missed)} missed: {', '.join(missed)}" if missed else "\nevery target is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
