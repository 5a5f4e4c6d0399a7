"""What can be wrong around a deployment: each says what and what next, with status 3, and writes no state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from scripts.engine.find import Installation
from tests.engine.support.fleet import Ended, Fleet, backend_of, checkpoint
from tests.engine.support.place import Place

pytestmark = pytest.mark.engine

STACK = "small-aws"


@pytest.fixture(scope="module")
def fleet(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A stack that was made, and has nothing yet."""
    place = Place(tmp_path_factory.mktemp("bad"), installation, STACK)
    assert place.engine.init(STACK).ok
    yield Fleet(place)
    place.close()


def refused(fleet: Fleet, *arguments: str, env: Mapping[str, str | None] | None = None) -> Ended:
    """A run that ends with status 3 and leaves every byte of the state as it was."""
    before = backend_of(fleet.place)
    ended = fleet.run(*arguments, env=env)
    assert ended.status == 3, ended
    assert backend_of(fleet.place) == before
    assert fleet.place.cloud.left() == []
    return ended


# Name -> what the environment has instead, what is told, and what to do.
SURROUNDINGS: dict[str, tuple[dict[str, str | None], str, str]] = {
    "wrong passphrase": (
        {"PULUMI_CONFIG_PASSPHRASE": "wrong"},
        "incorrect passphrase",
        "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the one that the stack was made with",
    ),
    "no passphrase": (
        {"PULUMI_CONFIG_PASSPHRASE": None},
        "passphrase must be set",
        "set PULUMI_CONFIG_PASSPHRASE",
    ),
    "a folder that is not there": (
        {"PULUMI_BACKEND_URL": "file:///nowhere/at/all"},
        'unable to open state directory "file:///nowhere/at/all"',
        "see PULUMI_BACKEND_URL",
    ),
    "a service that is down": (
        {"PULUMI_BACKEND_URL": "http://127.0.0.1:9", "PULUMI_ACCESS_TOKEN": "none"},
        "connection refused",
        "the place of the state does not answer: see PULUMI_BACKEND_URL",
    ),
    "a bucket that is down": (
        {
            "PULUMI_BACKEND_URL": "s3://state?endpoint=127.0.0.1:9&disableSSL=true&s3ForcePathStyle=true&region=us-east-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_MAX_ATTEMPTS": "1",
        },
        "connection refused",
        "the place of the state does not answer: see PULUMI_BACKEND_URL",
    ),
    "nobody logged in": (
        {"PULUMI_BACKEND_URL": None, "PULUMI_ACCESS_TOKEN": None},
        "PULUMI_ACCESS_TOKEN must be set",
        "pulumi login file://~",
    ),
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings(name: str, fleet: Fleet) -> None:
    env, told, hint = SURROUNDINGS[name]
    ended = refused(fleet, "drift", STACK, env=env)
    assert told in ended.last and hint in ended.last, ended.err


@pytest.mark.parametrize("verb", ["up", "destroy", "drift"])
def test_no_engine(verb: str, fleet: Fleet, tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    ended = refused(fleet, verb, STACK, *(() if verb == "drift" else ("--yes",)), env=env)
    assert ended.last.startswith("there is no Pulumi engine\n  hint: install Pulumi (https://")


@pytest.mark.parametrize(
    ("version", "told"),
    [("3.100.0", "is version 3.100.0, 3.259.0 or newer is needed"), ("4.0.0", "works with version 3")],
)
def test_an_engine_of_another_version(version: str, told: str, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho v{version}\n")
        (tmp_path / name).chmod(0o755)
    ended = refused(fleet, "drift", STACK, env={"PATH": f"{tmp_path}:/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path)})
    assert told in ended.last and "install Pulumi" in ended.last


def truncated(text: str) -> str:
    return text[: len(text) // 2]


def contradicting(text: str) -> str:
    """A resource whose parent does not exist."""
    document = json.loads(text)
    urn = f"urn:pulumi:{STACK}::gpu-fleet::some:type:Thing::thing"
    parent = f"urn:pulumi:{STACK}::gpu-fleet::some:type:Thing::nobody"
    document["checkpoint"]["latest"]["resources"] = [{"urn": urn, "type": "some:type:Thing", "parent": parent}]
    return json.dumps(document)


STATES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "empty": (lambda text: "", "failed to load checkpoint", "take an earlier one from the backend"),
    "truncated": (truncated, "failed to load checkpoint", f"pulumi stack import --stack {STACK} --file FILE"),
    "of another version": (lambda text: '{"version": 99}', "unsupported checkpoint version 99", "take an earlier one"),
    "contradicting itself": (contradicting, "snapshot integrity error", f"pulumi state repair --stack {STACK}"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_damaged_state_is_left_as_it_is(name: str, fleet: Fleet) -> None:
    damage, told, hint = STATES[name]
    file = checkpoint(fleet.place)
    good = file.read_text()
    file.write_text(damage(good))
    try:
        ended = refused(fleet, "drift", STACK)
    finally:
        file.write_text(good)
    assert told in ended.last and hint in ended.last, ended.err


def test_a_provider_that_is_not_there(fleet: Fleet) -> None:
    ended = refused(fleet, "up", STACK, "--yes", env={"PULUMI_DEBUG_PROVIDERS": None})
    assert "no resource plugin 'pulumi-resource-aws'" in ended.last
    assert "pulumi plugin install resource aws" in ended.last


def test_a_policy_pack_that_cannot_start(fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "pulumi_policy.py").write_text("raise ImportError('damaged')\n")
    path = f"{tmp_path}:{fleet.env()['PYTHONPATH']}"
    ended = refused(fleet, "up", STACK, "--yes", env={"PYTHONPATH": path})
    assert "failed to start" in ended.last
    assert "without it nothing is deployed" in ended.last and "gpu-fleet[policy]" in ended.last


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("up", "smal-aws", "--yes"), "did you mean 'small-aws'?"),
        (("up", "stacks/blueprints/dev-small.yaml", "--yes"), "is not the file of the stack"),
        (("drift", STACK, "--yes"), "there is no option --yes"),
    ],
)
def test_what_its_user_got_wrong_is_status_2(arguments: tuple[str, ...], told: str, fleet: Fleet) -> None:
    ended = fleet.run(*arguments)
    assert ended.status == 2
    assert told in ended.err


def test_a_rule_stops_it_before_the_engine_starts(fleet: Fleet) -> None:
    spec = fleet.place.spec()
    fleet.place.edit({"budget": {"usd_per_month": 1}})
    try:
        ended = fleet.run("up", STACK, "--yes", env={"PATH": "", "XDG_CACHE_HOME": "/nowhere"})
    finally:
        fleet.place.edit({"budget": spec.get("budget")})
    assert ended.status == 1
    assert "more than the ceiling of 1.00 USD" in ended.err
