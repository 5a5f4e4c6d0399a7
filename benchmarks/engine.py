"""Through the real engine, on a simulated cloud: a preview against a flat program, the policy pack, a rehearsal.

The flat program registers the same resources (without the components that group them) with the SDK's plain imports;
the second floor is the same program with our import hook.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import flat
from benchmarks.lines import Line, Parts, at_most
from benchmarks.processes import CLI, ROOT
from components import sdk_imports
from scripts.engine.find import NoEngine, find
from scripts.engine.run import Engine, Result, pack_arguments

STACK, ACCOUNT = "prod-aws", "123456789012"
RUNS, REHEARSALS = 5, 3
OF_FLAT, PACK_SECONDS, CYCLE_SECONDS, EDIT_SECONDS = 1.15, 1.5, 30.0, 4.0
EDITS: Mapping[str, Mapping[str, Any]] = {
    "nodes": {"pools": {"train": {"labels": {"team": "vision"}}}},
    "budget": {"budget": {"usd_per_month": 500000}},
    "pool": {"pools": {"eval": {"accelerator": "L4:1", "nodes": 1, "fabric": "none", "capacity": ["on-demand"]}}},
}
HOOK = "from components import sdk_imports\nsdk_imports.install()\n"


def parts(folder: Path) -> Parts:
    try:
        find()
    except NoEngine as error:
        return {f"Through the engine: {error}": list}
    return {
        f"pulumi preview of {STACK}, medians of {RUNS}": lambda: previews(folder),
        f"gpufleet rehearse {STACK}, medians of {REHEARSALS}": lambda: rehearsals(folder),
    }


def previews(folder: Path) -> list[Line]:
    """The engine's whole run, from command to exit, in turn."""
    project, plain, hooked = folder / "project", folder / "flat", folder / "flat-hooked"
    _copy(project)
    flat.write(_resources(), plain, "flat")
    shutil.copytree(plain, hooked)
    program = hooked / "__main__.py"
    program.write_text(HOOK + program.read_text())
    with _cloud(folder / "cloud.db") as ports:
        engines = {place: _engine(place, folder, ports) for place in (project, plain, hooked)}
        for engine in engines.values():
            _good(engine.init(STACK))
        runs = {
            "ours": lambda: engines[project].preview(STACK),
            "ours and the policy pack": lambda: engines[project].preview(STACK, *pack_arguments(project / PACK)),
            "flat": lambda: engines[plain].preview(STACK),
            "flat, with our import hook": lambda: engines[hooked].preview(STACK),
        }
        found = {name: list[float]() for name in runs}
        for number in range(RUNS + 1):
            for name, run in runs.items():
                seconds = _good(run()).seconds
                if number:  # the first one fills caches
                    found[name].append(seconds)
    took = {name: median(all_) for name, all_ in found.items()}
    pack = took["ours and the policy pack"] - took["ours"]
    return [
        *(Line(f"{name}: time", f"{seconds:.2f} s") for name, seconds in took.items()),
        at_most("preview: of the flat program", took["ours"] / took["flat"], OF_FLAT, "x"),
        Line(
            "preview: of the flat program with our hook", f"{took['ours'] / took['flat, with our import hook']:.2f} x"
        ),
        at_most("what a passing policy pack adds", pack, PACK_SECONDS, "s"),
    ]


PACK = Path("policies") / "analyzer"


def rehearsals(folder: Path) -> list[Line]:
    edits = folder / "edits.yaml"
    edits.write_text(json.dumps(EDITS))
    base: list[float] = []
    each: list[float] = []
    for _ in range(REHEARSALS):
        base.append(_rehearsed())
        each.append((_rehearsed("--edit", str(edits)) - base[-1]) / len(EDITS))
    return [
        at_most("rehearse: base cycle", median(base), CYCLE_SECONDS, "s"),
        at_most("rehearse: each edit more", median(each), EDIT_SECONDS, "s"),
    ]


def _rehearsed(*arguments: str) -> float:
    """Seconds of the steps of one rehearsal, and of what is around them: the whole process."""
    command = [CLI, "rehearse", STACK, "-o", "json", "-q", *arguments]
    begun = os.times().elapsed
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if json.loads(done.stdout)["verdict"] == "failed":
        raise RuntimeError(done.stdout)
    return os.times().elapsed - begun


def _resources() -> list[dict[str, Any]]:
    sdk_imports.install()
    done = subprocess.run([CLI, "preview", STACK, "-o", "json"], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["resources"]


def _copy(project: Path) -> None:
    """A copy: the engine writes the salt of its secrets into the stack's file."""
    project.mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", project)
    for name in ("stacks", "policies"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    (project / ".venv").symlink_to(sys.prefix)


def _engine(project: Path, folder: Path, ports: Mapping[str, int]) -> Engine:
    backend = folder / f"backend-{project.name}"
    backend.mkdir()
    made = Engine(
        installation=find(),
        project=project,
        backend=f"file://{backend}",
        passphrase="benchmark",
        providers=ports,
        home=folder / "home",
    )
    return replace(made, environ={"PYTHONPATH": str(ROOT)})


@contextmanager
def _cloud(state: Path) -> Generator[Mapping[str, int]]:
    settings = json.dumps({"account": ACCOUNT})
    command = [sys.executable, "-m", "scripts.rehearsal", "--providers", "aws", "--state", str(state)]
    process = subprocess.Popen([*command, "--settings", settings], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def _good(result: Result) -> Result:
    if not result.ok:
        raise RuntimeError(f"{result}: {result.text}")
    return result
