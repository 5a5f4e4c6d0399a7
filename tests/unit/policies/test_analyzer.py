"""The pack as the engine starts it: an executable that prints a port and answers on it, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

import policies
from policies.rules import RULES

FOLDER = Path(policies.__file__).parent
WAIT = 30

pytestmark = pytest.mark.enable_socket  # the pack serves on the loopback address


@contextmanager
def served(command: list[str], **environment: str) -> Iterator[Any]:
    """A client of the pack that `command` starts, from a folder that is not the project's."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")} | {"PATH": path}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/", env=env | environment
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        port = process.stdout.readline()
        assert port.strip().isdigit(), port + process.stderr.read()
        with grpc.insecure_channel(f"127.0.0.1:{port.strip()}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.wait(WAIT)
        process.stdout.close()
        process.stderr.close()


ANALYZER = [str(FOLDER / "analyzer"), "127.0.0.1:1"]
FOLDER_FORM = [sys.executable, "-m", "pulumi.policy", "127.0.0.1:1", str(FOLDER)]


@pytest.mark.parametrize("command", [ANALYZER, FOLDER_FORM], ids=["executable", "folder"])
def test_it_serves_every_rule(command: list[str]) -> None:
    with served(command) as analyzer:
        info = analyzer.GetAnalyzerInfo(empty_pb2.Empty(), timeout=WAIT)
    assert info.name == "gpu-fleet"
    assert {rule.id for rule in RULES} < {policy.name for policy in info.policies}
    ceiling = next(policy for policy in info.policies if policy.name == "monthly-budget-ceiling")
    # On a policy of a whole stack it is mandatory, and tells what was configured from what was not.
    assert ceiling.enforcementLevel == analyzer_pb2.REMEDIATE
    assert set(ceiling.configSchema.properties) == {"locked", "usd_per_month", "warn_at_percent"}


def test_it_judges_a_stack_of_resources() -> None:
    properties = struct_pb2.Struct()
    properties.update({"encrypted": False, "size": 100, "tags": {"owner": "research"}})
    disk = analyzer_pb2.AnalyzerResource(
        type="aws:ebs/volume:Volume",
        name="data",
        urn="urn:pulumi:prod::p::aws:ebs/volume:Volume::data",
        properties=properties,
    )
    stack = {"PULUMI_PROJECT": "hand", "PULUMI_STACK": "prod", "PULUMI_DRY_RUN": "true"}
    with served(ANALYZER, **stack) as analyzer:
        config = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.MANDATORY)
        config.properties.update({"keys": ["owner"]})
        analyzer.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"required-tags": config}), timeout=WAIT)
        response = analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[disk]), timeout=WAIT)
    blocking = {one.policyName for one in response.diagnostics if one.enforcementLevel == analyzer_pb2.MANDATORY}
    # no region is known, so its price is not
    assert blocking == {"encryption", "unpriced-resource"}


def test_the_pack_says_what_it_is() -> None:
    manifest = yaml.safe_load((FOLDER / "PulumiPolicy.yaml").read_text())
    assert manifest["runtime"]["name"] == "python"
    assert manifest["version"]
    assert os.access(FOLDER / "analyzer", os.X_OK)
    assert len((FOLDER / "__main__.py").read_text().splitlines()) <= 15
