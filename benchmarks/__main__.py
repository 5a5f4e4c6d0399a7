"""Measures, prints target, figure and verdict of each, and exits 1 when a target is missed.

`python -m benchmarks` measures all, `python -m benchmarks verbs throughput` these subjects. Every figure is the median
of whole processes, and a ratio is taken from runs in turn with its floor.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.lines import Line
from benchmarks.processes import ROOT

SUBJECTS = ("verbs", "throughput", "changes", "pools", "report", "state", "engine")
"""Modules beside this one, each with `parts(folder)`, in the order in which they are measured."""


def main(asked: Sequence[str]) -> int:
    unknown = [name for name in asked if name not in SUBJECTS]
    if unknown:
        print(f"there is no subject {', '.join(unknown)}; there are {', '.join(SUBJECTS)}", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    lines: list[Line] = []
    for subject in asked or SUBJECTS:
        with tempfile.TemporaryDirectory() as folder:
            for title, measure in import_module(f"benchmarks.{subject}").parts(Path(folder)).items():
                print(f"\n{title}", flush=True)
                found = measure()
                print(*found, sep="\n", flush=True)
                lines += found
    missed = [line.what for line in lines if line.met is False]
    print(f"\n{len(missed)} missed: {', '.join(missed)}" if missed else "\nevery target is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
