"""Each field is declared once as shape or binding; the declarations are read from the models."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from components.spec.fields import BINDING, SHAPE, Model, kind_of
from components.spec.kinds import declared_fields, keys_at, kind_at, leaves, may_differ

# What ties a cluster to one place: these may always differ. Everything else of the table is what the cluster is.
BINDINGS = {"cloud", "account", "region", "environment", "tags", "pools.*.zones", "pools.*.price.usd_per_hour",
            "pools.*.capacity.*.reservation.id", "network.cidr", "network.existing.vpc", "access.admins",
            "encryption.key", "budget.alerts", "schedule.expires"}  # fmt: skip
SHAPES = {"kubernetes", "protect", "pools.*.accelerator", "pools.*.nodes", "pools.*.fabric", "pools.*.capacity",
          "storage.*.kind", "storage.*.capacity", "network.nat", "access.endpoint", "budget.usd_per_month"}  # fmt: skip


def test_each_field_is_declared_once_as_shape_or_binding():
    fields = list(declared_fields())
    assert len({path for path, _, _ in fields}) == len(fields)
    kinds = {path: kind for path, kind, _ in fields}
    assert set(kinds.values()) == {SHAPE, BINDING}
    assert {path for path in BINDINGS if kinds[path] != BINDING} == set()
    assert {path for path in SHAPES if kinds[path] != SHAPE} == set()


def test_a_field_that_is_declared_as_neither_is_a_defect():
    class Loose(Model):
        name: str = "x"

    with pytest.raises(KeyError, match=r"Loose\.name is declared neither as shape nor as binding"):
        kind_of(Loose, "name")


def test_models_are_closed_and_immutable():
    def below(model: type[BaseModel]) -> list[type[BaseModel]]:
        return [one for sub in model.__subclasses__() for one in (sub, *below(sub))]

    for model in below(Model):
        assert model.model_config["extra"] == "forbid", model
        assert model.model_config["frozen"] is True, model


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("region",), BINDING),
        (("pools", "train", "nodes"), SHAPE),
        (("pools", "train", "zones", 0), BINDING),
        (("pools", "train", "capacity", 0, "reservation", "id"), BINDING),
        (("pools", "train", "capacity", 0), SHAPE),
        (("pools", "train", "fabric", "min_gbps_per_accelerator"), SHAPE),
        (("tags", "owner"), BINDING),
        (("policy", "rules", "x", "parameters", "deep", "down"), BINDING),
        (("no", "such", "field"), SHAPE),
    ],
)
def test_the_kind_of_a_path_is_that_of_its_deepest_field(path, kind):
    assert kind_at(path) == kind


def test_keys_that_may_stand_in_a_map():
    assert {"accelerator", "nodes", "fabric"} <= set(keys_at(("pools", "train")))
    assert set(keys_at(("pools", "train", "capacity", 0))) == {"reservation", "block"}
    assert keys_at(("nowhere",)) == ()


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        (("pools", "train", "nodes"), "pools.*.nodes"),
        (("pools", "train", "nodes", "deeper"), "pools.*.nodes"),
        (("budget", "usd_per_month"), "budget"),
        (("pools", "train", "fabric"), None),
        (("pools", "nodes"), None),
        (("pools", "a.b", "c"), None),
        (("nodes",), None),
    ],
)
def test_may_differ_names_a_path_or_something_above_it(path, entry):
    assert may_differ(path, ("pools.*.nodes", "budget")) == entry


def test_leaves_take_a_list_as_one_value():
    assert dict(leaves({"a": {"b": [1, {"c": 2}]}, "d": {}})) == {("a", "b"): [1, {"c": 2}], ("d",): {}}
