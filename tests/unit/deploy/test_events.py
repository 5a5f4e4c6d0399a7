"""What the engine tells becomes progress, drift and what a run did: events as `pulumi --event-log` writes them."""

from __future__ import annotations

from typing import Any

from pulumi.automation import EngineEvent

from scripts.deploy.drift import Difference, Drift
from scripts.deploy.progress import Progress
from scripts.engine.events import Events
from scripts.engine.steps import Change

URN = "urn:pulumi:dev::gpu-fleet::aws:ec2/vpc:Vpc::dev-vpc"
VPC = "aws:ec2/vpc:Vpc"


def event(kind: str, op: str = "", **metadata: Any) -> EngineEvent:
    if not op:
        return EngineEvent.from_json({"sequence": 1, "timestamp": 1, kind: metadata})
    step = {"op": op, "urn": URN, "type": VPC, "provider": "", "old": None, "new": None, **metadata}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, kind: {"metadata": step}})


def test_what_a_run_only_looked_at_it_has_not_done() -> None:
    events = Events()
    for one in (
        event("preludeEvent", config={}),
        event("resourcePreEvent", "create"),
        event("resOutputsEvent", "create"),
        event("preludeEvent", config={}),
    ):
        events(one)
    assert events.runs == 2
    assert events.changes() == ((), 0)


def test_what_the_engine_reads_the_state_by_is_no_change() -> None:
    # Pulumi has a provider for its own functions, in the state and nowhere else; its displays leave it out.
    events = Events()
    own = "urn:pulumi:dev::gpu-fleet::pulumi:providers:pulumi::default"
    for one in (
        event("preludeEvent", config={}),
        event("resourcePreEvent", "create", urn=own, type="pulumi:providers:pulumi"),
        event("resOutputsEvent", "create", urn=own, type="pulumi:providers:pulumi"),
        event("resourcePreEvent", "create"),
        event("resOutputsEvent", "create"),
    ):
        events(one)
    assert events.changes() == ((Change(name="dev-vpc", type=VPC, operation="create"),), 0)


def test_a_mandatory_rule_is_a_finding_and_an_advisory_one_is_not() -> None:
    events = Events()
    for level, rule in (("advisory", "one"), ("mandatory", "two")):
        events(
            event(
                "policyEvent",
                message="What holds.\npools.a: too much\n  hint: take less",
                color="",
                policyName=rule,
                policyPackName="gpu-fleet",
                policyPackVersion="1",
                policyPackVersionTag="1",
                enforcementLevel=level,
            )
        )
    (found,) = events.broken()
    assert (found.id, found.message, found.hint) == ("two", "What holds. pools.a: too much", "take less")


def test_progress_is_told_of_what_is_done_only() -> None:
    done: list[str] = []
    doing: list[str] = []
    progress = Progress("dev", done.append, doing.append)
    look = [event("preludeEvent", config={}), event("resourcePreEvent", "create"), event("resOutputsEvent", "create")]
    for one in (*look, *look):
        progress(one)
    assert done == ["created vpc (Vpc)"]
    assert "creating vpc" in doing
    progress(event("resOpFailedEvent", "create", status=0, steps=0))
    assert done[-1] == "FAILED vpc (Vpc)"


def test_drift_tells_lists_as_a_whole_and_hides_secrets() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": "x"}
    state = {"urn": URN, "type": VPC, "parent": "", "protect": False, "id": "v", "outputs": {}}
    drift = Drift({"deployment": {"resources": []}})
    drift(
        event(
            "resOutputsEvent",
            "update",
            old={**state, "inputs": {"types": ["a", "b"], "key": secret}},
            new={**state, "inputs": {"types": ["a"], "key": "other"}},
            detailedDiff={
                "types[1]": {"diffKind": "delete", "inputDiff": True},
                "types[2]": {"diffKind": "delete", "inputDiff": True},
                "key": {"diffKind": "update", "inputDiff": True},
            },
        )
    )
    assert drift.differences(()) == (
        Difference(name="dev-vpc", type=VPC, kind="changed", path="key", found="other", expected={"secret": True}),
        Difference(name="dev-vpc", type=VPC, kind="changed", path="types", found=["a"], expected=["a", "b"]),
    )


def test_what_the_program_leaves_to_others_is_no_drift() -> None:
    size = {"scalingConfig": {"desiredSize": 1, "maxSize": 4}}
    state = {"urn": URN, "type": VPC, "parent": "", "protect": False, "id": "v", "outputs": {}}
    for ignored, expected in (([], 1), (["scalingConfig.desiredSize"], 0)):
        drift = Drift({"deployment": {"resources": [{"urn": URN, "ignoreChanges": ignored}]}})
        drift(
            event(
                "resOutputsEvent",
                "update",
                old={**state, "inputs": size},
                new={**state, "inputs": {"scalingConfig": {"desiredSize": 2, "maxSize": 4}}},
                detailedDiff={"scalingConfig.desiredSize": {"diffKind": "update", "inputDiff": True}},
            )
        )
        told = Change(name="dev-vpc", type=VPC, operation="update")
        assert len(drift.differences((told,))) == expected
