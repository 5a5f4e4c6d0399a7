"""The verbs against what any such command line must import, and a preview on each cloud against its floor.

Two states are judged: with `.pyc` there, as a developer has from the second run on, and in an image that sets
PYTHONDONTWRITEBYTECODE, where Python compiles every package each time and our command line keeps its bytecode in the
user's cache.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.lines import Line, Parts, at_most, seconds
from benchmarks.processes import CLI, IMPORTS, PYTHON, RUNS, Bytecode, interleaved, run, warm, without_packages

# `import pydantic` alone leaves out what a model needs, which is loaded when it is first asked for.
MODELS = [PYTHON, "-c", "import pydantic, yaml, typer, rich.console\nclass M(pydantic.BaseModel): x: int"]
QUICK = {
    "check": [CLI, "check", "prod-aws"],
    "plan": [CLI, "plan", "prod-aws"],
    "cost": [CLI, "cost", "prod-aws"],
    "parity": [CLI, "parity", "dev-aws", "staging-aws", "prod-aws"],
}
FLOORS = {"prod-aws": "benchmarks.floor", "prod-gcp": "benchmarks.floor_gcp"}
PREVIEWS = {
    stack: {
        "preview": [CLI, "preview", stack],
        "floor": [PYTHON, "-m", floor],
        "floor+hook": [PYTHON, "-m", floor, "--hook"],
    }
    for stack, floor in FLOORS.items()
}

OF_IMPORTS, SECONDS, MEMORY = 1.6, 0.7, 80.0
OF_FLOOR, OF_HOOKED_FLOOR = 0.5, 1.25


def parts(folder: Path) -> Parts:
    """The parts, with `folder` for bytecode that is made first."""
    previews = {f"{stack} {name}": one for stack, made in PREVIEWS.items() for name, one in made.items()}
    commands = {"imports": IMPORTS, **QUICK, **previews}
    there = warm(folder / "there", commands)
    absent = without_packages(there, folder / "absent")
    for command in commands.values():  # what they keep elsewhere they have from the second run on
        run(command, absent.env)
    return {
        f"Without an SDK, .pyc there, medians of {RUNS}": lambda: quick(there),
        f"Without an SDK, PYTHONDONTWRITEBYTECODE=1, medians of {RUNS}": lambda: quick(absent),
        **{title: part for stack in PREVIEWS for title, part in _previews(stack, there, absent, folder).items()},
    }


def _previews(stack: str, there: Bytecode, absent: Bytecode, folder: Path) -> Parts:
    return {
        f"Preview of {stack}, .pyc there, medians of {RUNS}": lambda: preview(stack, there),
        f"Preview of {stack}, PYTHONDONTWRITEBYTECODE=1, medians of {RUNS}": lambda: preview(stack, absent),
        f"Preview of {stack}, cold, one run each": lambda: cold(stack, folder / "cold" / stack),
    }


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


def preview(stack: str, bytecode: Bytecode) -> list[Line]:
    """The preview, against its floor imported the plain way and with the hook."""
    found = interleaved(PREVIEWS[stack], bytecode.env, RUNS)
    plain = found["preview"].seconds / found["floor"].seconds
    hooked = found["preview"].seconds / found["floor+hook"].seconds
    return [
        *(Line(f"{name}: time, memory", f"{seconds(one)}, {one.peak:.0f} MiB") for name, one in found.items()),
        at_most(f"preview {stack}: of the floor", plain, OF_FLOOR, "x"),
        at_most(f"preview {stack}: of the floor with the hook", hooked, OF_HOOKED_FLOOR, "x"),
    ]


def cold(stack: str, folder: Path) -> list[Line]:
    """The first run ever: no bytecode of anything but Python itself, and all of it is written."""
    lines: list[Line] = []
    for name, command in PREVIEWS[stack].items():
        env = Bytecode(folder / name, sdk=True).env
        lines.append(Line(f"{name}: first run ever", seconds(run(command, env))))
    return lines
