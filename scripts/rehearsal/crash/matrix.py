"""`python -m scripts.rehearsal.crash`: every case, in two processes, resumable."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from components.records import record
from scripts.engine.find import find
from scripts.rehearsal.crash.cases import LOST, Outcome, Scenario, play
from scripts.rehearsal.crash.place import POINTS, Place
from scripts.rehearsal.crash.scenarios import Recordings, recordings, scenarios

WORKERS = 2
FOLDER = "GPU_FLEET_CRASH"
"""The variable that names the folder of the results; without it they lie in the user's cache."""


@record
class Case:
    """A step of a scenario, in words, and when the engine dies in it."""

    scenario: str
    step: str
    point: str

    @property
    def key(self) -> str:
        return f"{self.scenario}, {self.step}, {self.point}"


class Theatre:
    """A place with its scenarios, each run once without a crash."""

    def __init__(self, folder: Path, told: Recordings) -> None:
        self.place = Place(find(), folder, told.shipped.stack, told.cloud, told.account)
        self.scenarios: Mapping[str, Scenario] = {one.name: one for one in scenarios(self.place, told)}

    def cases(self) -> list[Case]:
        """Every step of every scenario at every point."""
        return [
            Case(one.name, str(step), point)
            for one in self.scenarios.values()
            for step, _ in one.steps
            for point in POINTS
        ]

    def play(self, case: Case) -> Outcome:
        scenario = self.scenarios[case.scenario]
        return play(self.place, scenario, scenario.number(case.step), case.point)

    def close(self) -> None:
        self.place.close()


class Results:
    """The file of what was played, one line for each case, kept for a program that registers the same."""

    def __init__(self, key: str) -> None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gpu-fleet" / "crash-matrix"
        folder = Path(os.environ.get(FOLDER) or cache)
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{key}.jsonl"

    def read(self) -> dict[str, Outcome]:
        """By case; a line that a killed run left unfinished counts for nothing."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        found = [Outcome.of(json.loads(line)) for line in lines if line.endswith("}")]
        return {one.key: one for one in found}

    def add(self, outcome: Outcome) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(outcome.to_json()) + "\n")


@record(kw_only=True)
class Played:
    """What there is of a stack's matrix: the outcomes, in the order of the cases, and how many cases there are."""

    stack: str
    outcomes: tuple[Outcome, ...]
    cases: int


def run(stack: str, workers: int = WORKERS, minutes: float | None = None) -> Played:
    """Play what has no good result yet, and tell of each case as it ends; for so many minutes, or all of it.

    Of a part, every type of resource comes first: the cases are taken in strides.
    """
    told = recordings(stack)
    results = Results(f"{find().version}-{told.key}")
    done = {key: one for key, one in results.read().items() if one.end != LOST}
    with tempfile.TemporaryDirectory(prefix="gpu-fleet-crash-") as folder:
        theatre = Theatre(Path(folder) / "first", told)
        cases = theatre.cases()
        theatre.close()
        assert len({case.key for case in cases}) == len(cases)
        left = _strides([case for case in cases if case.key not in done])
        _say(f"{stack}: {len(cases)} cases, {len(cases) - len(left)} of them played before ({results.path})")
        until = None if minutes is None else time.monotonic() + 60 * minutes
        for outcome in _played(left, told, Path(folder), workers, until):
            results.add(outcome)
            done[outcome.key] = outcome
            _say(f"{len(done):4d}/{len(cases)} {_line(outcome)}")
    outcomes = tuple(done[case.key] for case in cases if case.key in done)
    return Played(stack=stack, outcomes=outcomes, cases=len(cases))


_STRIDE = 7  # prime to the three points, so that a part of a run has each of them


def _strides(cases: Sequence[Case]) -> list[Case]:
    return [case for first in range(_STRIDE) for case in cases[first::_STRIDE]]


def _played(
    cases: Sequence[Case], told: Recordings, folder: Path, workers: int, until: float | None
) -> Iterator[Outcome]:
    if not cases:
        return
    context = get_context("spawn")  # a server of gRPC does not survive a fork
    with ProcessPoolExecutor(workers, context, _open, (folder, told)) as pool:
        futures: list[Future[Outcome]] = [pool.submit(_play, case) for case in cases]
        for future in as_completed(futures):
            yield future.result()
            if until is not None and time.monotonic() > until:
                pool.shutdown(wait=False, cancel_futures=True)
                return


_THEATRE: list[Theatre] = []  # one in each process


def _open(folder: Path, told: Recordings) -> None:
    _THEATRE.append(Theatre(folder / str(os.getpid()), told))


def _play(case: Case) -> Outcome:
    return _THEATRE[0].play(case)


def _line(one: Outcome) -> str:
    why = f": {one.why}" if one.why else ""
    return f"{one.seconds:5.1f} s  {one.scenario}, {one.step}, {one.point}: {one.end}{why}"


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


def lost(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.end == LOST]
