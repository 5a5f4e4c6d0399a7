"""Every shipped stack through the real engine: preview, up, up again, refresh, export, destroy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from components import program
from components.plan.planner import plan
from components.spec.loader import load
from scripts.engine.run import pack_arguments
from scripts.preview import capture
from scripts.preview.capture import Captured
from tests.engine.support.compare import Exported, differences
from tests.engine.support.place import SHIPPED, Place
from tests.engine.support.rehearsal import rehearse

pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")]

# On Google Cloud one for each way of its fabric, and one without any: the others differ from these in numbers.
LIVED = [stack for stack in SHIPPED if not stack.endswith("-gcp") or stack in ("prod-gcp", "h200-gcp", "l4-gcp")]
UNCHANGED = ("--expect-no-changes",)
PROJECT = "gpu-fleet"


def offline(stack: str) -> Captured:
    loaded = load(stack)
    made = plan(loaded)
    return capture.run(lambda: program.deploy(made, loaded), stack=stack, config={})


def after_up(kept: Path, stack: str) -> Exported:
    """The state that the first run which changed something has left."""
    history = sorted(kept.glob(f"backend/.pulumi/history/{PROJECT}/{stack}/*.checkpoint.json"))
    return Exported({"deployment": json.loads(history[0].read_text())["checkpoint"]["latest"]})


@pytest.mark.parametrize("stack", LIVED)
def test_life_cycle(stack: str, tmp_path: Path) -> None:
    """Preview, up, up again, refresh, drift that is found and mended, destroy with nothing left."""
    status, document = rehearse(stack, "--keep", str(tmp_path / "kept"))
    assert (status, document["verdict"], document["findings"]) == (0, "good", [])
    steps = {step["name"]: step for step in document["steps"]}
    expected = offline(stack)
    for name in ("preview", "up"):
        asked = sorted((one["operation"], one["type"], one["name"]) for one in steps[name]["resources"])
        assert asked == sorted(("create", one.type, one.name) for one in expected.resources), name
    for name in ("up again", "refresh"):
        assert steps[name]["resources"] == [], name

    exported = after_up(tmp_path / "kept", stack)
    # Where a pool's size is others' to move, the program reads its own state, by a provider of the engine itself.
    own = {f"{PROJECT}-{stack}", "default"}
    assert set(exported.resources) - own == {one.name for one in expected.resources}
    for one in expected.resources:
        assert differences(one.name, one.inputs, exported) == []
        assert exported.of(one.name).get("protect", False) == one.protect, one.name
    assert [step["deleted"] for step in document["steps"] if step["kind"] == "destroy"] == [len(expected.resources)]


def test_plain_commands_with_the_policy_pack(open_place: Callable[..., Place]) -> None:
    """As the README has them: from the project's root, the pack by its relative path, preview before up."""
    place = open_place("prod-aws")
    engine, stack = place.engine, place.stack
    assert engine.init(stack).ok
    plain = ("--policy-pack", "policies/analyzer")
    preview = engine.preview(stack, *plain)
    assert preview.ok, preview.text
    assert "Traceback" not in preview.text
    up = engine.up(stack, *plain)
    assert up.ok, up.text
    assert "gpu-fleet@v0.1.0" in up.text, "the pack has judged what was made"
    again = engine.up(stack, *UNCHANGED, *pack_arguments(place.project / "policies" / "analyzer"))
    assert again.ok, again.text
    place.edit({"budget": {"usd_per_month": 450000}})
    edited = engine.preview(stack, *plain)
    assert edited.ok, edited.text  # the spec that was exported before is not held against the config of now
    protected = {one.name for one in offline(stack).resources if one.protect}
    refused = engine.destroy(stack)
    assert not refused.ok and "cannot be deleted" in refused.text
    assert protected <= {name for _, name in place.cloud.left()}
    place.edit({"protect": None})
    released = engine.up(stack, "--skip-preview")
    assert released.ok, released.text
    destroyed = engine.destroy(stack)
    assert destroyed.ok, destroyed.text
    assert place.cloud.left() == []
