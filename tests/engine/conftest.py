"""The engine that these tests run, and what becomes of them where there is none.

They skip, and say how to get one; where GPU_FLEET_ENGINE is `required`, as `.ci/run` has it, a skipped one fails.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.engine.find import Installation, NoEngine, find
from tests.engine.support.place import Place

REQUIRED = os.environ.get("GPU_FLEET_ENGINE") == "required"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if REQUIRED and report.skipped and item.get_closest_marker("engine"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and GPU_FLEET_ENGINE is required: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def installation() -> Installation:
    try:
        return find()
    except NoEngine as error:
        pytest.skip(str(error))


@pytest.fixture
def open_place(installation: Installation, tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Makes a place for a stack, with arguments for its cloud."""
    opened: list[Place] = []

    def make(stack: str, *cloud: str) -> Place:
        opened.append(Place(tmp_path, installation, stack, *cloud))
        return opened[-1]

    yield make
    for place in opened:
        place.close()
