"""`make crash-matrix`: play every case, write docs/crash-matrix.md, and end with 1 where one was lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.engine.find import find
from scripts.rehearsal.crash.matrix import WORKERS, lost, run
from scripts.rehearsal.crash.page import counted, page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "crash-matrix.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.rehearsal.crash", description=__doc__)
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes; default: %(default)s")
    given = parser.parse_args()
    outcomes = run(given.workers)
    PAGE.write_text(page(outcomes, find().version))
    sys.stdout.write(f"{counted(outcomes)}; {PAGE} is written\n")
    sys.exit(1 if lost(outcomes) else 0)


if __name__ == "__main__":
    main()
