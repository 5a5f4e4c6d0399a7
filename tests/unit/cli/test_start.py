"""The start is what people wait for: only the verb that is called is imported, and no SDK for verbs that need none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.cli.main import VERBS
from tests.cli.command import ROOT

SLOW = ("pulumi", "pulumi_aws", "pulumi_policy", "grpc", "boto3", "botocore", "google", "azure", "requests", "asyncio")
NEVER = ("rich.traceback", "rich.markdown", "rich.pretty", "pygments")


def _loaded(*arguments: str) -> set[str]:
    program = (
        "import sys; from scripts.cli.main import main; status = main(sys.argv[1:]); "
        "print('\\n', status, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    status, *modules = done.stderr.split()
    assert status == "0"
    return set(modules)


@pytest.mark.parametrize("verb", ["plan", "check", "cost"])
@pytest.mark.parametrize("output", ["text", "json"])
def test_a_verb_that_needs_no_sdk_loads_none(verb: str, output: str) -> None:
    loaded = _loaded(verb, "prod-aws", "--output", output)
    assert not loaded & {*SLOW, *NEVER}
    assert {name for name in loaded if name.startswith("scripts.cli.verbs.")} == {f"scripts.cli.verbs.{verb}"}
    if output == "json":
        assert "rich" not in loaded


def test_help_loads_no_verb() -> None:
    assert not any(name.startswith(("scripts.cli.verbs.", "components.plan", "yaml")) for name in _loaded("--help"))


def test_every_verb_has_help() -> None:
    assert all(about.endswith(".") and len(about) < 80 for _, about in VERBS.values())
