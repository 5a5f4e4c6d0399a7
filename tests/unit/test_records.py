"""Records are frozen dataclasses to everything that asks: the standard library, pydantic and pickle."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest
from pydantic import TypeAdapter

from components.records import record


@record
class Point:
    x: int
    y: int = 0
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)


@record(kw_only=True)
class Named:
    name: str
    size: int = 1

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")


@record(kw_only=True)
class Placed(Named):
    at: Point


# What the standard decorator makes of the same class: the model that `Point` is held to.
Standard = dataclasses.make_dataclass(
    "Point",
    [("x", int), ("y", int, 0), ("tags", list, dataclasses.field(default_factory=list, compare=False))],
    frozen=True,
)


def test_values_defaults_and_factories():
    assert (Point(1).x, Point(1).y, Point(1, y=2).y) == (1, 0, 2)
    assert Point(1).tags is not Point(1).tags
    assert Placed(name="a", at=Point(1)).size == 1


@pytest.mark.parametrize("arguments", [(), (1, 2, [], 3)])
def test_wrong_arguments_are_refused_as_the_standard_ones(arguments):
    with pytest.raises(TypeError) as ours:
        Point(*arguments)
    with pytest.raises(TypeError) as standard:
        Standard(*arguments)
    assert str(ours.value).removeprefix("Point.") == str(standard.value).removeprefix("Point.").removeprefix(
        "__create_fn__.<locals>."
    )


def test_keyword_only_fields_take_no_position():
    with pytest.raises(TypeError):
        Named("a")


def test_nothing_can_be_set_or_deleted():
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.z = 2
    assert not hasattr(point, "__dict__")


def test_equality_hash_and_text():
    assert Point(1, tags=["a"]) == Point(1)
    assert hash(Point(1, tags=["a"])) == hash(Point(1))
    assert Point(1) != Point(2)
    assert Named(name="a") != Placed(name="a", at=Point(1))
    assert repr(Point(1)) == repr(Standard(1))


def test_what_comes_after_the_values_runs():
    with pytest.raises(ValueError, match="no name"):
        Named(name="")


def test_the_standard_library_and_pydantic_take_it_for_a_dataclass():
    placed = Placed(name="a", at=Point(1))
    assert dataclasses.is_dataclass(placed)
    assert dataclasses.replace(placed, size=3) == Placed(name="a", size=3, at=Point(1))
    assert dataclasses.asdict(placed) == {"name": "a", "size": 1, "at": {"x": 1, "y": 0, "tags": []}}
    assert TypeAdapter(Placed).validate_python({"name": "a", "at": {"x": 1}}) == placed
    assert pickle.loads(pickle.dumps(placed)) == placed
    assert copy.deepcopy(placed) == placed
