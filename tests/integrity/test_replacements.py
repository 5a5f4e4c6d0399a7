"""The tables of what edits do on clouds where clusters cannot be planned yet: every row, and every type they name."""

from __future__ import annotations

import importlib.util
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components import sdk_imports
from components.catalog.replacement import COLUMNS, EVERY_TYPE, KEY, has_table, load
from components.catalog.tables import Row, Table

sdk_imports.install()

from scripts.rehearsal import schema  # noqa: E402

DATA = Path(__file__).parents[2] / "components" / "catalog" / "data"
CLOUDS = ("azure", "gcp", "kubernetes")
UNVERIFIED = {"azure": 26, "gcp": 8, "kubernetes": 2}
"""Rows without a source, at most: one more must be wanted."""

MODELLED = re.compile(r"(azure-mgmt-\w+) [\d.]+, visibility (\w+)")


@cache
def rows(cloud: str) -> list[Row]:
    return list(Table(DATA / cloud / "replacement.csv", COLUMNS, KEY).rows())


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_row_is_whole(cloud: str) -> None:
    for row in rows(cloud):
        place = (row.text("type"), row.text("property"))
        assert row.text("effect") in ("update", "replace"), place
        assert row.text("edit") in ("any", "added", "removed", "wider"), place
        assert len(row.text("source")) > 10 and row.day("as_of") <= date(2026, 11, 30), place
        assert row.text("effect") == "replace" or row.text("delete_first") == "no", place


@pytest.mark.parametrize("cloud", CLOUDS)
def test_rows_without_a_source_are_counted(cloud: str) -> None:
    found = [row for row in rows(cloud) if row.text("source").startswith("unverified")]
    assert len(found) <= UNVERIFIED[cloud]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_property_that_the_sdk_takes_has_an_answer_and_no_other_has(cloud: str) -> None:
    table = load(cloud)
    for type in sorted({row.text("type") for row in rows(cloud)} - {EVERY_TYPE}):
        if type.startswith("pulumi:providers:"):
            continue  # a provider's own configuration: of those that programs of this project set
        inputs = schema.inputs_of(type)
        for name in inputs:
            found = table.effect(type, name, "a", "b") or table.effect(type, name, [{"x": 1}], None)
            assert found is not None or any(table.knows(type, path) for path in _below(inputs[name], name)), (
                type,
                name,
            )
        for row in rows(cloud):
            if row.text("type") == type:
                assert _takes(inputs, row.text("property").split(".")), (type, row.text("property"))


def _below(kind: Any, path: str, depth: int = 0) -> Iterator[str]:
    for name, inner in _fields(kind).items():
        yield f"{path}.{name}"
        if depth < 2:
            yield from _below(inner, f"{path}.{name}", depth + 1)


def _takes(kinds: Mapping[str, Any], path: list[str]) -> bool:
    return path[0] in kinds and (len(path) == 1 or _takes(_fields(kinds[path[0]]), path[1:]))


def _fields(kind: Any) -> Mapping[str, Any]:
    bare = schema.bare(kind)
    if inspect.isclass(bare) and not typing.get_args(bare):
        return schema.inputs_of_class(bare)
    return {name: one for part in typing.get_args(bare) for name, one in _fields(part).items()}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_deletes_first_names_a_property_of_the_type(cloud: str) -> None:
    for row in rows(cloud):
        first = row.text("delete_first")
        if first not in ("yes", "no") and row.text("type") != EVERY_TYPE:
            assert _takes(schema.inputs_of(row.text("type")), first.split(".")), (row.text("type"), first)


def test_azures_models_say_what_their_rows_do() -> None:
    """`visibility` is what the API's description calls x-ms-mutability: what may be set at creation alone."""
    checked = 0
    for row in rows("azure"):
        cited = MODELLED.match(row.text("source"))
        if cited is None:
            continue
        model = row.text("type").rpartition(":")[2]
        found = _visibility(cited.group(1), model, row.text("property"))
        assert found is not None, (row.text("type"), row.text("property"))
        assert (row.text("effect") == "replace") == ("update" not in found), (row.text("type"), row.text("property"))
        checked += 1
    assert checked == 40


@cache
def _models(package: str) -> str:
    found = importlib.util.find_spec("azure.mgmt")  # their place, without the import of any
    assert found is not None and found.submodule_search_locations is not None
    places = (Path(place) / package.removeprefix("azure-mgmt-") for place in found.submodule_search_locations)
    return next((place / "models" / "_models.py").read_text(encoding="utf-8") for place in places if place.is_dir())


def _visibility(package: str, model: str, name: str) -> list[str] | None:
    """The calls that a property of a model, of its bases or of its `properties` may be set by."""
    _, _, rest = _models(package).partition(f"\nclass {model}(")
    if not rest:
        return None
    bases, _, body = rest.partition("\nclass ")[0].partition("):")
    for attribute, _, arguments in re.findall(
        r"^    (\w+): ([^=\n]+) = rest_field\(((?:[^()]|\([^)]*\))*)\)", body, re.M
    ):
        wire = re.search(r'name="([^"]+)"', arguments)
        if (wire[1] if wire else attribute) == name:
            return re.findall(r'"(\w+)"', arguments.partition("visibility=")[2].partition("]")[0])
    inner = re.search(r'^    properties: .*"_models\.(\w+)"', body, re.MULTILINE)
    above = [one.strip() for one in bases.split(",")] + ([inner[1]] if inner else [])
    return next((found for one in above if (found := _visibility(package, one, name)) is not None), None)


def test_a_cloud_without_a_table() -> None:
    assert not has_table("nosuchcloud") and all(has_table(cloud) for cloud in (*CLOUDS, "aws"))


# (type, path, old, new, inputs afterwards) -> (what happens, whether the old one goes first), and where that is said
EFFECTS = [
    # terraform-provider-google, google_container_node_pool: initial_node_count and node_config.machine_type
    ("gcp:container/nodePool:NodePool", "initialNodeCount", 1, 2, {}, "replace", False),
    ("gcp:container/nodePool:NodePool", "nodeCount", 1, 2, {}, "update", False),
    ("gcp:container/cluster:Cluster", "datapathProvider", "LEGACY_DATAPATH", "ADVANCED_DATAPATH", {"name": "mine"}, "replace", True),
    ("gcp:compute/network:Network", "mtu", 1460, 8896, {}, "update", False),
    ("gcp:compute/subnetwork:Subnetwork", "network", "a", "b", {"name": "a-1", "__defaults": ["name"]}, "replace", False),
    # facts of pulumi-azure-native's replacement.go
    ("azure-native:containerservice:AgentPool", "vmSize", "a", "b", {}, "replace", True),
    ("azure-native:containerservice:AgentPool", "count", 1, 2, {}, "update", False),
    ("azure-native:containerservice:ManagedCluster", "networkProfile.networkPlugin", "azure", "none", {"resourceName": "mine"}, "replace", True),
    ("azure-native:containerservice:ManagedCluster", "networkProfile.loadBalancerSku", "basic", "standard", {}, "update", False),
    ("azure-native:storage:StorageAccount", "isHnsEnabled", False, True, {}, "replace", False),
    # pulumi-kubernetes provider/pkg/provider/diff.go
    ("kubernetes:apps/v1:Deployment", "spec.selector", {"matchLabels": {"a": "b"}}, {"matchLabels": {"a": "c"}}, {"metadata": {"name": "web"}}, "replace", True),
    ("kubernetes:apps/v1:Deployment", "spec.replicas", 1, 2, {}, "update", False),
    ("kubernetes:core/v1:PersistentVolumeClaim", "spec.storageClassName", "a", "b", {"metadata": {"name": "web-1"}, "__defaults": ["metadata.name"]}, "replace", False),
    ("kubernetes:core/v1:Service", "metadata.namespace", "a", "b", {"metadata": {"name": "web"}}, "replace", False),
    ("kubernetes:core/v1:Service", "metadata.labels", {"a": "b"}, {"a": "c"}, {}, "update", False),
    ("kubernetes:karpenter.sh/v1:NodePool", "spec.limits.cpu", 1, 2, {}, "update", False),
    ("kubernetes:karpenter.sh/v1:NodePool", "metadata.name", "a", "b", {}, "replace", False),
]  # fmt: skip


@pytest.mark.parametrize(("type", "path", "old", "new", "after", "kind", "first"), EFFECTS)
def test_effects(type: str, path: str, old: Any, new: Any, after: dict[str, Any], kind: str, first: bool) -> None:
    cloud = type.partition(":")[0].partition("-")[0]
    found = load(cloud).effect(type, path, old, new, after=after)
    assert found is not None
    assert (found.kind, found.delete_first, found.verified) == (kind, first, True)
