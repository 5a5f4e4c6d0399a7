"""Measures, prints target, figure and verdict of each, and exits 1 when a target is missed.

Every figure is the median of whole processes, and a ratio is taken from runs in turn with its floor. Two states of
bytecode are measured: `.pyc there`, which a user has from the second run on and which the targets are about, and
`no .pyc` of installed packages, as in an image where Python may not write.
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
MODELS = [PYTHON, "-c", "import pydantic, yaml, typer, rich.console; pydantic.BaseModel"]
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


def quick(bytecode: Bytecode, judged: bool) -> list[Line]:
    """The verbs that need no SDK, against the imports that any such command line makes."""
    found = interleaved({"imports": IMPORTS, "models": MODELS, **QUICK}, bytecode.env, RUNS)
    floor, models = found.pop("imports"), found.pop("models")
    lines = [
        Line("floor: import pydantic, yaml, typer, rich", seconds(floor)),
        Line("the same, with pydantic.BaseModel", f"{models.seconds / floor.seconds:.2f} x, {seconds(models)}"),
    ]
    for verb, one in found.items():
        if judged:
            lines.append(at_most(f"{verb}: of the floor", one.seconds / floor.seconds, OF_IMPORTS, "x"))
            lines.append(at_most(f"{verb}: time", one.seconds, SECONDS, "s"))
            lines.append(at_most(f"{verb}: memory", one.peak, MEMORY, "MiB"))
        else:
            lines.append(Line(f"{verb}: of the floor, time", f"{one.seconds / floor.seconds:.2f} x, {seconds(one)}"))
    return lines


def preview(bytecode: Bytecode, judged: bool) -> list[Line]:
    """The preview, against its floor imported the plain way and with the hook."""
    found = interleaved(PREVIEW, bytecode.env, RUNS)
    plain = found["preview"].seconds / found["floor"].seconds
    hooked = found["preview"].seconds / found["floor+hook"].seconds
    lines = [Line(f"{name}: time, memory", f"{seconds(one)}, {one.peak:.0f} MiB") for name, one in found.items()]
    if not judged:
        return [*lines, Line("preview: of the floor, with hook", f"{plain:.2f} x, {hooked:.2f} x")]
    return [
        *lines,
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
        there = warm(folder / "there", {"imports": IMPORTS, **QUICK, **PREVIEW})
        absent = without_packages(there, folder / "absent")
        parts = {
            f"Without an SDK, .pyc there, medians of {RUNS}": lambda: quick(there, judged=True),
            f"Without an SDK, no .pyc, medians of {RUNS}": lambda: quick(absent, judged=False),
            f"Preview of prod-aws, .pyc there, medians of {RUNS}": lambda: preview(there, judged=True),
            f"Preview of prod-aws, no .pyc but the hook's cache, medians of {RUNS}": lambda: preview(absent, False),
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
