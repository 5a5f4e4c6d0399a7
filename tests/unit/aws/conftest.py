"""One run of the whole compliant cluster, shared by the tests that only look at it."""

from __future__ import annotations

import pytest

from tests.support.aws_plan import make_plan
from tests.support.aws_resources import Resources, resources_of_plan


@pytest.fixture(scope="session")
def cluster() -> Resources:
    return resources_of_plan(make_plan())
