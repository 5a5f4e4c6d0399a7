"""What a spec may hold: each mistake of a user is answered in words that say what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from components.errors import Finding, InputError
from tests.support.specs import BLOCK, RESERVATION, baseline, changed, load_value

PRICE = {"usd_per_hour": "50", "source": "a quote", "as_of": "2026-11-01"}
# Words of the validation library: none may reach a user.
JARGON = (
    "Input should",
    "input should",
    "String should",
    "Tuple",
    "Dictionary",
    "validation",
    "^",
    "Value error",
    "literal[",
    "plain",
)

# mistake: path, value; the path, message and hint that answer it.
MISTAKES: dict[str, tuple[str, Any, str, str, str]] = {
    "a number as an account": ("account", 123456789012, "account", "123456789012 is a number, text is wanted", 'quote it: "123456789012"'),
    "a number as a tag": ("tags.cost-center", 4711, "tags.cost-center", "4711 is a number", 'quote it: "4711"'),
    "true as a tag": ("tags.spot", True, "tags.spot", "true is not text", 'quote it: "true"'),
    "a list as a region": ("region", ["us-east-1"], "region", "a list stands here, text is wanted", ""),
    "a tag that starts with a digit": ("tags", {"1x": "y"}, "tags.1x", "'1x' cannot be a name here", "with a letter first"),
    "a long tag": ("tags.x", "y" * 300, "tags.x", "has 300 characters, 256 are allowed", "shorten it"),
    "a version as a number": ("kubernetes", 1.35, "kubernetes", "1.35 is a number", ""),
    "a patch version": ("kubernetes", "1.35.2", "kubernetes", 'did you mean "1.35"?', ""),
    "an environment in capitals": ("environment", "Prod Env", "environment", "does not have the form", "lower-case letters, digits and hyphens"),
    "a pool in capitals": ("pools.Train", {"accelerator": "L4:1", "nodes": 1}, "pools.Train", "'Train' cannot be a name here", "1 to 20 lower-case"),
    "an unknown key": ("pools.train.acelerator", "H100:8", "pools.train.acelerator", "unknown key 'acelerator'", "did you mean 'accelerator'?"),
    "the key of another tool": ("pools.train.instance_type", "p5.48xlarge", "pools.train.instance_type", "unknown key", "here it is called 'machine'"),
    "gpus": ("pools.train.gpus", 8, "pools.train.gpus", "unknown key 'gpus'", "here it is called 'accelerator'"),
    "a key at the wrong level": ("nodes", 2, "nodes", "unknown key 'nodes'", "pools"),
    "no count of accelerators": ("pools.train.accelerator", "H100", "pools.train.accelerator", "has no count per node", ""),
    "accelerator and machine": ("pools.train.machine", "p5.48xlarge", "pools.train", "not both and not neither", ""),
    "nodes the wrong way round": ("pools.train.nodes", "8..2", "pools.train.nodes", "its ends the wrong way round", ""),
    "no nodes": ("pools.train.nodes", 0, "pools.train.nodes", "is no node", ""),
    "a fabric by its name": ("pools.train.fabric", "efa", "pools.train.fabric", "'efa' is not one of: none, required", ""),
    "a fabric without its number": ("pools.train.fabric", {}, "pools.train.fabric.min_gbps_per_accelerator", "is missing", "min_gbps_per_accelerator: 100"),
    "a ladder that is no list": ("pools.train.capacity", "spot", "pools.train.capacity", "text stands here, a list is wanted", "write [spot]"),
    "an empty ladder": ("pools.train.capacity", [], "pools.train.capacity", "is empty", "give at least one"),
    "a misspelt rung": ("pools.train.capacity", ["ondemand"], "pools.train.capacity.0", "'ondemand' is no rung", "did you mean 'on-demand'?"),
    "a reservation without its id": ("pools.train.capacity", ["reservation"], "pools.train.capacity.0", "does not say which one", "- reservation: {id:"),
    "a misspelt map": ("pools.train.capacity", [{"resrvation": {}}], "pools.train.capacity.0", "a map with resrvation is no rung", "did you mean 'reservation'?"),
    "a rung that is nothing": ("pools.train.capacity", [None], "pools.train.capacity.0", "nothing is no rung", "on-demand, spot"),
    "a reservation without zone": ("pools.train.capacity", [{"reservation": {"id": "cr-1", "nodes": 1}}], "pools.train.capacity.0.reservation.zone_id", "'zone_id' is missing", "zone_id: use1-az2"),
    "a reservation of no machine": ("pools.train.capacity", [{"reservation": {**RESERVATION, "nodes": 0}}], "pools.train.capacity.0.reservation.nodes", "0 is too little: the least is 1", ""),
    "a block that ends first": ("pools.train.capacity", [{"block": {**BLOCK, "end": "2027-01-31T00:00:00Z"}}], "pools.train.capacity.0.block", "before it starts", ""),
    "a block in local time": ("pools.train.capacity", [{"block": {**BLOCK, "start": "2027-02-01T11:30:00"}}], "pools.train.capacity.0.block.start", "has no zone", ""),
    "a price without source": ("pools.train.price", {"usd_per_hour": 50, "as_of": "2026-11-01"}, "pools.train.price.source", "'source' is missing", "where the price comes from"),
    "a price below zero": ("pools.train.price", {**PRICE, "usd_per_hour": "-1"}, "pools.train.price.usd_per_hour", "is below 0", ""),
    "a disk without unit": ("pools.train.root_disk", 300, "pools.train.root_disk", "has no unit", ""),
    "a label with a space": ("pools.train.labels", {"a b": "c"}, "pools.train.labels.a b", "cannot be a name here", "letters, digits and - _ ."),
    "a label's value with a space": ("pools.train.labels", {"a": "b c"}, "pools.train.labels.a", "does not have the form", ""),
    "a taint's effect in small letters": ("pools.train.taints", [{"key": "a", "effect": "noschedule"}], "pools.train.taints.0.effect", "is not one of", "did you mean 'NoSchedule'?"),
    "a taint that is no list": ("pools.train.taints", {"key": "a"}, "pools.train.taints", "a map stands here, a list is wanted", "with a hyphen"),
    "one time slice": ("pools.train.time_slices", 1, "pools.train.time_slices", "1 is too little: the least is 2", ""),
    "many time slices": ("pools.train.time_slices", 65, "pools.train.time_slices", "65 is too much: the most is 64", ""),
    "a pool that is text": ("pools.train", "H100:8", "pools.train", "text stands here, a map is wanted", ""),
    "one system node": ("system.nodes", 1, "system.nodes", "1 is too little: the least is 2", ""),
    "a word for a number": ("system.nodes", "two", "system.nodes", "'two' is no whole number", ""),
    "half a node": ("system.nodes", 2.5, "system.nodes", "2.5 is no whole number", ""),
    "maybe": ("protect", "maybe", "protect", "'maybe' is neither true nor false", ""),
    "storage by its product": ("storage.a", {"kind": "lustre"}, "storage.a.kind", "is not one of: parallel, object, shared", ""),
    "a file system without size": ("storage.a", {"kind": "parallel"}, "storage.a", "needs `capacity`", ""),
    "throughput of a bucket": ("storage.a", {"kind": "object", "throughput": 125}, "storage.a.throughput", "belongs to kind: parallel", ""),
    "a fabric of a bucket": ("storage.a", {"kind": "object", "fabric": "required"}, "storage.a.fabric", "belongs to kind: parallel", ""),
    "a link to nothing": ("storage.a", {"kind": "parallel", "capacity": "1200GiB", "linked_to": "b"}, "storage.a.linked_to", "neither an object storage of this spec", ""),
    "a relative mount": ("storage.a", {"kind": "object", "mount": "data"}, "storage.a.mount", "does not have the form", "/data"),
    "an address in a network": ("network.cidr", "10.0.1.0/16", "network.cidr", "did you mean 10.0.0.0/16?", ""),
    "a range of an existing network": ("network", {"cidr": "10.0.0.0/16", "existing": {"vpc": "vpc-1", "subnets": {"use1-az1": ["subnet-1"]}}}, "network.cidr", "with `existing` leave it out", ""),
    "a zone without subnets": ("network.existing", {"vpc": "vpc-1", "subnets": {"use1-az1": []}}, "network.existing.subnets.use1-az1", "is empty", ""),
    "no subnets": ("network.existing", {"vpc": "vpc-1", "subnets": {}}, "network.existing.subnets", "is empty", ""),
    "one admin without a list": ("access.admins", "arn:x", "access.admins", "text stands here, a list is wanted", "write [arn:x]"),
    "a key with a space": ("encryption.key", "my key", "encryption.key", "does not have the form", ""),
    "a level that does not exist": ("policy.rules.x.level", "fatal", "policy.rules.x.level", "'fatal' is not one of: advisory, mandatory, disabled", ""),
    "a level for one environment": ("policy.rules.x.level", {"prod": "fatal"}, "policy.rules.x.level.prod", "'fatal' is not one of", ""),
    "a waiver without end": ("policy.waivers", [{"rule": "abc", "reason": "long enough", "by": "us"}], "policy.waivers.0.expires", "'expires' is missing", '"2027-06-30"'),
    "a waiver with a short reason": ("policy.waivers", [{"rule": "abc", "reason": "why", "by": "us", "expires": "2027-06-30"}], "policy.waivers.0.reason", "'why' is too short", "8 characters"),
    "a waiver with a blank reason": ("policy.waivers", [{"rule": "abc", "reason": "          ", "by": "us", "expires": "2027-06-30"}], "policy.waivers.0.reason", "is too short", "8 characters"),
    "a waiver that nobody answers for": ("policy.waivers", [{"rule": "abc", "reason": "long enough", "expires": "2027-06-30"}], "policy.waivers.0.by", "'by' is missing", "add it"),
    "a waiver on a day that is none": ("policy.waivers", [{"rule": "abc", "reason": "long enough", "by": "us", "expires": "2027-02-30"}], "policy.waivers.0.expires", "is not in the calendar", ""),
    "a budget of nothing": ("budget.usd_per_month", 0, "budget.usd_per_month", "it must be more than 0", ""),
    "a budget as a number": ("budget", 100, "budget", "a number stands here, a map is wanted", ""),
    "an alert to nobody": ("budget.alerts", ["me"], "budget.alerts.0", "does not have the form", "team@example.com"),
    "half a cron": ("schedule.hours", [{"up": "0 8", "down": "0 20 * * *", "timezone": "UTC"}], "schedule.hours.0.up", "does not have the form", "five fields of cron"),
    "words as cron": ("schedule.hours", [{"up": "every day at 8 o'clock", "down": "0 20 * * *", "timezone": "UTC"}], "schedule.hours.0.up", "does not have the form", "five fields of cron"),
    "a zone with a space": ("schedule.hours", [{"up": "0 8 * * *", "down": "0 20 * * *", "timezone": "Mars crater"}], "schedule.hours.0.timezone", "does not have the form", "Europe/Berlin"),
    "a word for a day": ("schedule.expires", "tomorrow", "schedule.expires", "is not a day", ""),
    "a word for use": ("usage.egress_gb", "lots", "usage.egress_gb", "'lots' is no number", ""),
    "a share above all": ("usage.support_percent", 101, "usage.support_percent", "101 is too much: the most is 100", ""),
    "a word of another cloud for a rung": ("pools.train.capacity", ["flex-start"], "pools.train.capacity.0", "'flex-start' is no rung", "did you mean 'flex'?"),
    "nodes that run too long": ("pools.train.flex", {"max_run_hours": 169}, "pools.train.flex.max_run_hours", "169 is too much: the most is 168", ""),
    "flex as a rung's name": ("pools.train.flex_start", {}, "pools.train.flex_start", "unknown key", "here it is called 'flex'"),
    "a channel that does not exist": ("software.release_channel", "REGULAR", "software.release_channel", "is not one of: rapid, regular", "did you mean 'regular'?"),
    "a channel by its other name": ("software.channel", "regular", "software.channel", "unknown key", "here it is called 'release_channel'"),
    "networks of pods by another word": ("software.pod_networks", "dra", "software.pod_networks", "is not one of: objects, dranet", "did you mean 'dranet'?"),
    "a window on no day": ("schedule.maintenance", {"day": "saterday"}, "schedule.maintenance.day", "'saterday' is not one of", "did you mean 'saturday'?"),
    "a window at no time": ("schedule.maintenance", {"start": "25:00"}, "schedule.maintenance.start", "does not have the form", '"02:00"'),
    "a short window": ("schedule.maintenance", {"hours": 1}, "schedule.maintenance.hours", "1 is too little: the least is 4", ""),
    "a billing account with a space": ("budget.billing_account", "my account", "budget.billing_account", "does not have the form", ""),
    "a public address in a fabric": ("network.fabric_cidr", "192.168.0.1/16", "network.fabric_cidr", "did you mean 192.168.0.0/16?", ""),
    "an empty name": ("blueprint", "", "blueprint", "is empty", ""),
}  # fmt: skip


def refused(value: dict[str, Any]) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as error:
        load_value(value)
    return error.value.findings


def test_the_baseline_is_a_spec():
    assert load_value(baseline()).spec.pools["train"].nodes.max == 2


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_once_in_plain_words(mistake):
    where, value, path, message, hint = MISTAKES[mistake]
    found = refused(changed(baseline(), {where: value}))
    assert [one.path for one in found] == [path], [str(one) for one in found]
    assert message in found[0].message
    assert hint in found[0].hint
    assert not any(word in f"{found[0].message} {found[0].hint}" for word in JARGON)


@pytest.mark.parametrize("key", ["blueprint", "cloud", "region", "environment", "kubernetes"])
def test_what_is_missing_is_told_with_an_example(key):
    value = baseline()
    del value[key]
    (finding,) = refused(value)
    assert finding.message == f"{key!r} is missing"
    assert finding.hint.startswith(f"add it, for example {key}: ")


@pytest.mark.parametrize(("cloud", "zone"), [("aws", "use1-az2"), ("gcp", "us-central1-a"), ("nimbus", "use1-az2")])
def test_an_example_is_one_of_the_clouds_own(cloud, zone):
    rungs = [{"reservation": {"id": "cr-1", "nodes": 1}}]
    (finding,) = refused(baseline({"cloud": cloud, "pools.train.capacity": rungs}))
    assert finding.hint == f"add it, for example zone_id: {zone}"


def test_a_bucket_of_any_cloud_can_be_linked_to():
    linked = {"kind": "parallel", "capacity": "1200GiB", "linked_to": "gs://data/in"}
    assert load_value(baseline({"storage.a": linked})).spec.storage["a"].linked_to == "gs://data/in"


def test_every_problem_is_told_at_once():
    found = refused(baseline({"region": 3, "pools.train.nodes": "x", "system.nodes": 1, "wrong": 1}))
    assert {one.path for one in found} == {"region", "pools.train.nodes", "system.nodes", "wrong"}


@pytest.mark.parametrize("cron", ["0 8 * * 1-5", "*/15 0-6,20 1 JAN,FEB MON-FRI", "0 0 1-7/2 * 0"])
def test_cron(cron):
    hours = [{"up": cron, "down": "0 20 * * *", "timezone": "Europe/Berlin"}]
    assert load_value(baseline({"schedule.hours": hours})).spec.schedule.hours[0].up == cron


@pytest.mark.parametrize("key", ["team", "example.com/team", "a.b-c_d", "x" * 63])
def test_labels_of_kubernetes(key):
    assert load_value(baseline({"pools.train.labels": {key: ""}})).spec.pools["train"].labels == {key: ""}


def test_a_spec_cannot_be_changed():
    spec = load_value(baseline()).spec
    with pytest.raises(ValueError, match="frozen"):
        spec.region = "eu-west-1"  # type: ignore[misc]
