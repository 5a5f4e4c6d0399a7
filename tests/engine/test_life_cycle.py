"""Every shipped stack through the real engine: preview, up, up again, refresh, export, destroy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components import program
from components.plan.planner import plan
from components.spec.loader import load
from scripts.engine.run import pack_arguments
from scripts.preview import capture
from scripts.preview.capture import Captured
from tests.engine.support.compare import Exported, differences
from tests.engine.support.place import SHIPPED, Place

pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")]

UNCHANGED = ("--expect-no-changes",)


def offline(place: Place, stack: str) -> Captured:
    loaded = load(str(place.file(stack)))
    made = plan(loaded)
    return capture.run(lambda: program.deploy(made, loaded), stack=stack, config={})


def steps_of(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(operation, type, name) of a preview's steps, without the stack's own and what the engine reads the state by."""
    found = []
    for step in document["steps"]:
        _, _, chain, name = step["urn"].split("::", 3)
        if chain not in ("pulumi:pulumi:Stack", "pulumi:providers:pulumi"):
            found.append((step["op"], chain.rpartition("$")[2], name))
    return sorted(found)


@pytest.mark.parametrize("stack", SHIPPED)
def test_life_cycle(stack: str, open_place: Callable[..., Place]) -> None:
    place = open_place(stack)
    engine, expected = place.engine, offline(place, stack)
    assert engine.init(stack).ok

    asked = steps_of(engine.steps(stack))
    assert asked == sorted(("create", one.type, one.name) for one in expected.resources)
    assert place.cloud.left() == [], "a preview creates nothing"

    up = engine.up(stack, "--skip-preview")
    assert up.ok, up.text
    again = engine.up(stack, *UNCHANGED)
    assert again.ok, again.text
    refreshed = engine.refresh(stack, *UNCHANGED)
    assert refreshed.ok, refreshed.text

    exported = Exported(engine.export(stack))
    made = [one for one in expected.resources if one.custom and not one.type.startswith("pulumi:providers:")]
    assert place.cloud.left() == sorted((one.type, one.name) for one in made)
    for one in expected.resources:
        assert differences(one.name, one.inputs, exported) == []
        assert exported.of(one.name).get("protect", False) == one.protect, one.name

    protected = [one.name for one in expected.resources if one.protect]
    if protected:
        refused = engine.destroy(stack)
        assert not refused.ok
        assert "cannot be deleted" in refused.text
        assert set(protected) <= {name for _, name in place.cloud.left()}
        place.edit({"protect": None})
        released = engine.up(stack, "--skip-preview")
        assert released.ok, released.text
    destroyed = engine.destroy(stack)
    assert destroyed.ok, destroyed.text
    assert place.cloud.left() == []


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
