"""The table of replies names outputs that the provider's SDK has, and merges them into what a program set."""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import re
from typing import Any, get_args, get_origin

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import _types

from scripts.preview.references import SECRET, SIGNATURE, References, unknown_paths
from scripts.preview.replies import AWS, GCP, PARTS, REPLIES, Replies, add_output, steps

PROVIDERS = "pulumi:providers:"


def resource_class(token: str) -> type[pulumi.Resource]:
    if token.startswith(PROVIDERS):
        return importlib.import_module(f"pulumi_{token.removeprefix(PROVIDERS)}").Provider
    sdk, module, name = token.split(":")
    package = importlib.import_module(f"pulumi_{sdk}.{module.split('/')[0]}")
    return getattr(package, name)


def outputs_below(typ: Any) -> dict[str, Any]:
    """The types of an output object's properties, by wire name."""
    if not (inspect.isclass(typ) and _types.is_output_type(typ)):
        raise TypeError(f"{typ} has nothing below it")
    return _types.output_type_types(typ)


def resolve(cls: type[pulumi.Resource], path: str) -> Any:
    """The type at a path of a resource's outputs; KeyError or TypeError where there is none."""
    here: Any = None
    for position, step in enumerate(steps(path)):
        if isinstance(step, int):
            if get_origin(here) is not collections.abc.Sequence:
                raise TypeError(f"{here} is no list")
            here = get_args(here)[0]
        else:
            here = (_types.resource_types(cls) if position == 0 else outputs_below(here))[step]
        here = _types.unwrap_optional_type(here)
    return here


@pytest.mark.parametrize("token", sorted({**AWS, **GCP}))
def test_every_output_exists_in_the_sdk(token: str) -> None:
    cls = resource_class(token)
    source = inspect.getsource(cls)
    assert token in source or token.startswith(PROVIDERS)
    for path in REPLIES[token]:
        typ = resolve(cls, path)
        assert typ in (str, int), f"{token}: {path} is a {typ}, and a reply is one value"


@pytest.mark.parametrize("path", ["arm", "identities.oidcs", "identities[0].oidc", "vpcConfig[0]", "vpcConfig.sg"])
def test_a_misspelt_output_would_be_found(path: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        resolve(aws.eks.Cluster, path)


@pytest.mark.parametrize("table", [AWS, GCP], ids=["aws", "gcp"])
def test_the_table_is_in_order_and_nothing_is_listed_twice(table: Replies) -> None:
    tokens = [token for token in table if not token.startswith(PROVIDERS)]
    assert len(tokens) > 10 and tokens == sorted(tokens)
    assert all(len(set(row)) == len(row) and "id" not in row for row in REPLIES.values())


def test_parts_are_of_outputs_that_the_cloud_decides() -> None:
    assert PARTS
    for token, path in PARTS:
        assert path in REPLIES[token], token


def test_outputs_are_added_where_nothing_was_set() -> None:
    outputs: dict[str, Any] = {"name": "mine", "vpcConfig": {"subnetIds": ["a"]}, "secret": {SIGNATURE: SECRET}}
    for path in ("name", "arn", "vpcConfig.vpcId", "list[0].deep[0].value", "secret.value", "name.below", "name[0]"):
        add_output(outputs, path, path.upper())
    assert outputs == {
        "name": "mine",
        "arn": "ARN",
        "vpcConfig": {"subnetIds": ["a"], "vpcId": "VPCCONFIG.VPCID"},
        "list": [{"deep": [{"value": "LIST[0].DEEP[0].VALUE"}]}],
        "secret": {SIGNATURE: SECRET},
    }


class TestReferences:
    def test_tokens_survive_json_urls_and_lower_case(self) -> None:
        token = References().token("cluster", "arn")
        assert re.fullmatch("[a-z0-9]+", token)
        assert len(token) < 63

    def test_a_token_depends_on_what_it_stands_for_alone(self) -> None:
        one, two = References(), References()
        two.token("neighbour", "arn")
        assert one.token("cluster", "arn") == two.token("cluster", "arn") != two.token("cluster", "id")

    def test_text_that_looks_like_a_token_stays_text(self) -> None:
        strange = References().token("other", "arn")
        assert References().render(f"a {strange} b") == f"a {strange} b"

    def test_neighbouring_tokens_are_told_apart(self) -> None:
        references = References()
        text = references.token("a", "id") + references.token("b", "id")
        assert references.render([text]) == [{"join": [{"ref": "a.id"}, {"ref": "b.id"}]}]

    def test_a_key_shows_the_reference_in_braces(self) -> None:
        references = References()
        assert references.render({references.token("a", "id") + ":sub": 1}) == {"${a.id}:sub": 1}

    def test_unknown_values_are_found_with_their_paths(self) -> None:
        unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
        assert unknown == pulumi.runtime.rpc.UNKNOWN
        assert list(unknown_paths({"a": [1, {"b": unknown}], "c": unknown})) == ["a[1].b", "c"]

    def test_the_signatures_are_the_sdks(self) -> None:
        rpc = pulumi.runtime.rpc
        assert (rpc._special_sig_key, rpc._special_secret_sig) == (SIGNATURE, SECRET)
        assert rpc._special_resource_sig == "5cf8f73096256a8f31e491e813e4eb8e"
