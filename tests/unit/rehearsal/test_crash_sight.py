"""Two histories are compared without what chance decides; everything else that differs is told."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.rehearsal.crash.cases import COMMAND, ITSELF, LOST, Outcome
from scripts.rehearsal.crash.matrix import Played
from scripts.rehearsal.crash.page import counted, page
from scripts.rehearsal.crash.sight import Sight, seen
from scripts.rehearsal.model import Resource

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
STACK = {"urn": "urn::stack", "type": "pulumi:pulumi:Stack"}


def urn(name: str) -> str:
    return f"urn:pulumi:s::p::t::{name}"


def history(vpc: str = "vpc-1", digits: str = "0123abc") -> tuple[list[Resource], dict[str, Any]]:
    """A network and a part of it: the cloud, and the engine's state."""
    inputs = {VPC: {"name": f"net-{digits}"}, SUBNET: {"vpcId": vpc}}
    here = [(VPC, "net", vpc), (SUBNET, "part", f"subnet-of-{vpc}")]
    cloud = [
        Resource(type=type, id=id, urn=urn(name), inputs=inputs[type], outputs={}, region="r", account="a")
        for type, name, id in here
    ]
    state = [
        {"urn": urn(name), "type": type, "id": id, "custom": True, "inputs": inputs[type], "protect": True}
        for type, name, id in here
    ]
    return cloud, {"resources": [STACK, *state]}


WANTED: Sight = seen(*history())


def test_ids_and_chosen_names_do_not_matter() -> None:
    assert WANTED.differences(WANTED) == []
    assert seen(*history("vpc-9", "feed123")).differences(WANTED) == []


def test_order_of_dependencies_does_not_matter() -> None:
    told = []
    for urns in (["a", "b"], ["b", "a"]):
        cloud, state = history()
        state["resources"][1] |= {"dependencies": urns, "propertyDependencies": {"name": urns}}
        told.append(seen(cloud, state))
    assert told[0].differences(told[1]) == []


def test_an_orphan_is_told() -> None:
    cloud, state = history()
    cloud.append(replace(cloud[0], id="vpc-2"))
    assert seen(cloud, state).differences(WANTED) == ["nobody owns net (vpc-2)", "there twice: net"]


def test_a_loss_is_told() -> None:
    cloud, state = history()
    told = seen(cloud[:1], state).differences(WANTED)
    assert told == ["gone from the cloud: part (subnet-of-vpc-1)", "not in the cloud: part"]


def test_what_is_too_much_is_told() -> None:
    cloud, state = history()
    more = replace(cloud[0], urn=urn("more"), id="vpc-2")
    state["resources"].append({**state["resources"][1], "urn": more.urn, "id": more.id})
    told = seen([*cloud, more], state).differences(WANTED)
    assert told == ["too much in the cloud: more", "too much in the state: more"]


def test_what_waits_for_its_deletion_is_told() -> None:
    cloud, state = history()
    state["resources"][1]["delete"] = True
    assert "still to be deleted: net" in seen(cloud, state).differences(WANTED)


@pytest.mark.parametrize(
    ("where", "change"),
    [("cloud", {}), ("state", {"protect": False}), ("state", {"parent": "x"}), ("state", {"dependencies": ["x"]})],
)
def test_another_input_or_option_is_told(where: str, change: dict[str, Any]) -> None:
    cloud, state = copy.deepcopy(history())
    if where == "cloud":
        cloud[0] = replace(cloud[0], inputs={"name": "other"})
    state["resources"][1] |= change
    assert seen(cloud, state).differences(WANTED) == [f"other in the {where}: net"]


def test_secrets_are_other_text_each_time() -> None:
    told = []
    for text in ("v1:a", "v1:b"):
        cloud, state = history()
        secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": text}
        state["resources"][1]["inputs"] = {"kubeconfig": secret}
        told.append(seen(cloud, state))
    assert told[0].differences(told[1]) == []


def outcome(end: str, point: str = "after", why: str = "") -> Outcome:
    return Outcome(scenario="up", step="create net", type=VPC, point=point, end=end, seconds=1.0, commands=(), why=why)


def test_the_page_counts_both_ways_and_names_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [outcome(ITSELF, "before"), outcome(COMMAND), outcome(COMMAND, "replied"), outcome(LOST, why="there twice")]
    assert counted(told) == "4 cases: 1 converged by itself, 2 converged by the command, 1 lost"
    before = "# Old\n\n## other\n\nas it was\n\n## prod-aws\n\nold\n"
    text = page(before, Played(stack="prod-aws", outcomes=tuple(told), cases=4), "3.259.0")
    assert "## other\n\nas it was\n" in text and "old" not in text.partition("## prod-aws")[2]
    assert "That is a part" not in text
    assert "| up | before the provider does anything | 1 | 1 | 0 | 0 |" in text
    assert "| up | after the cloud did it, before the reply | 2 | 0 | 1 | 1 |" in text
    assert f"| `{VPC}` | 4 | 1 | 2 | 1 |" in text
    assert "- up, create net, after: there twice" in text
    assert "Pulumi 3.259.0" in text
    part = page(before, Played(stack="prod-aws", outcomes=tuple(told[:3]), cases=4), "3.259.0")
    assert "Lost:" not in part
    assert "That is a part: 4 cases there are in all." in part


def test_an_outcome_is_kept_as_it_was() -> None:
    one = replace(outcome(COMMAND), commands=("pulumi import x",))
    assert Outcome.of(one.to_json()) == one
    assert one.key == "up, create net, after"


def test_the_page_that_is_kept_has_no_loss_and_every_step_three_times() -> None:
    text = (Path(__file__).parents[3] / "docs" / "crash-matrix.md").read_text()
    text = text.partition("## prod-aws")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `\S+` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert len(rows) > 30
    for cases, itself, command, lost in (map(int, row) for row in rows):
        assert cases % 3 == 0, "three moments of each step"
        assert (cases, lost) == (itself + command, 0)
