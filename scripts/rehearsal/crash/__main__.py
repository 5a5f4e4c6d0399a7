"""`make crash-matrix`: play every case, write docs/crash-matrix.md, and end with 1 where one was lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.engine.find import find
from scripts.rehearsal.crash.matrix import WORKERS, lost, run
from scripts.rehearsal.crash.page import counted, page
from scripts.rehearsal.crash.scenarios import STACKS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "crash-matrix.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.rehearsal.crash", description=__doc__)
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes; default: %(default)s")
    parser.add_argument("--stack", choices=STACKS, action="append", help="only this one; the page keeps the others")
    parser.add_argument("--minutes", type=float, help="stop after so long; the same command goes on from there")
    given = parser.parse_args()
    failed = False
    for stack in given.stack or STACKS:
        played = run(stack, given.workers, given.minutes)
        PAGE.write_text(page(PAGE.read_text(), played, find().version))
        sys.stdout.write(f"{stack}: {counted(played.outcomes)}; {PAGE} is written\n")
        failed = failed or bool(lost(played.outcomes))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
