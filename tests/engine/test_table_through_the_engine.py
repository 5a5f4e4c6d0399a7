"""The engine does what the replacement table says: with a row that says the opposite, an edit is another one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.engine.find import NoEngine, find
from tests.engine.support.place import KEY, ROOT
from tests.upgrade.states import write

pytestmark = pytest.mark.engine
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
STACK = "small-aws"
FLIPPING = """
import json, sys
from scripts.rehearsal import diff
from tests.engine.support.flips import flipped
table = flipped([tuple(key) for key in json.loads(sys.argv.pop(1))])
diff.load = lambda cloud: table
from scripts.cli.main import run
run()
"""


@pytest.mark.parametrize(
    ("change", "row", "operation"),
    [
        ({"labels": {"team": "nlp"}}, "labels", "replace"),  # EKS API: UpdateNodegroupConfig takes labels
        ({"accelerator": "A10G:1"}, "instanceTypes", "update"),  # EKS guide: cannot be changed after creation
    ],
)
def test_a_flipped_row_flips_what_the_engine_does(
    change: dict[str, Any], row: str, operation: str, tmp_path: Path
) -> None:
    try:
        find()
    except NoEngine as error:
        pytest.skip(str(error))
    document = yaml.safe_load((ROOT / "stacks" / f"Pulumi.{STACK}.yaml").read_text())
    document["config"][KEY] |= {"pools": {"dev": change}, "protect": False}
    file = tmp_path / f"Pulumi.{STACK}.yaml"
    file.write_text(yaml.safe_dump(document))
    keys = json.dumps([(NODE_GROUP, row)])
    command = [sys.executable, "-c", FLIPPING, keys, "rehearse", str(file), "--from-state", str(write(tmp_path, STACK))]
    done = subprocess.run([*command, "-o", "json", "-q"], cwd=ROOT, capture_output=True, text=True, check=False)
    steps = json.loads(done.stdout)["steps"]
    nodes = f"{STACK}-dev-on-demand-nodes"
    assert [one["operation"] for one in steps[0]["resources"] if one["name"] == nodes] == [operation]
