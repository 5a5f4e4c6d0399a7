"""`python -m scripts.rehearsal --state FILE`: serve simulated clouds until the process is ended."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from scripts.rehearsal.providers import PROVIDERS, notes
from scripts.rehearsal.server import start


def main(arguments: Sequence[str] | None = None) -> None:
    """Start, print the ports as one line of JSON (`{"aws": 40001, …}`), and answer."""
    parser = argparse.ArgumentParser(prog="python -m scripts.rehearsal", description=__doc__)
    parser.add_argument("--state", required=True, help="the SQLite file of the cloud; made where there is none")
    parser.add_argument("--providers", default=",".join(PROVIDERS), help="which, with commas; default: %(default)s")
    parser.add_argument("--settings", default="{}", help="settings of the cloud as a JSON object")
    parser.add_argument("--faults", default="[]", help="faults as a JSON list")
    parser.add_argument(
        "--on-unknown",
        default="error",
        choices=("error", "update", "replace"),
        help="what a change of a property does that no table knows; default: %(default)s",
    )
    given = parser.parse_args(arguments)
    with start(
        given.state,
        given.providers.split(","),
        settings=json.loads(given.settings),
        faults=json.loads(given.faults),
        on_unknown=given.on_unknown,
    ) as running:
        for note in notes(*running.ports):
            sys.stderr.write(f"note: {note}\n")
        sys.stdout.write(json.dumps(running.ports) + "\n")
        sys.stdout.flush()
        running.wait()


if __name__ == "__main__":
    main()
