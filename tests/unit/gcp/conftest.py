"""One run of each whole compliant cluster, shared by the tests that only look at it."""

from __future__ import annotations

import pytest

from tests.support.gcp_plan import make_plan, make_rdma_plan
from tests.support.gcp_resources import Resources, resources_of_plan


@pytest.fixture(scope="session")
def cluster() -> Resources:
    """Two a3-megagpu-8g with TCPXO."""
    return resources_of_plan(make_plan())


@pytest.fixture(scope="session")
def ultra() -> Resources:
    """Two a3-ultragpu-8g with RDMA."""
    return resources_of_plan(make_rdma_plan())
