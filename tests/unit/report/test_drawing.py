"""A drawing shows what the plan has, in its place, and nothing lies over anything else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from components.catalog import CLOUDS
from scripts.report.topology import model
from scripts.report.topology.draw import WIDTHS, drawing
from scripts.report.topology.layout import Grid, fitted, measured, wrapped
from scripts.report.topology.model import Topology, topology_of
from tests.support.reports import Element, many_pools, parsed
from tests.support.specs import BLOCK, RESERVATION, plan_of

Box = tuple[float, float, float, float]
NAMED = ("b-pool", "b-system", "b-public", "b-storage", "b-object", "b-internet", "b-control")


def drawn(changes: dict[str, Any] | None = None) -> Topology:
    return topology_of(plan_of(changes))


def svg(topology: Topology, width: int = WIDTHS[0]) -> Element:
    return parsed(drawing(topology, width, "d")).children[0]


def boxes(picture: Element, *classes: str) -> list[Box]:
    return [
        tuple(float(one.attributes[key] or 0) for key in ("x", "y", "width", "height"))  # pyright: ignore
        for one in picture.find("rect")
        if one.attributes.get("class") in classes
    ]


def texts(picture: Element) -> list[str]:
    return [one.text for one in picture.find("text")]


def overlapping(found: list[Box]) -> Iterator[tuple[Box, Box]]:
    for one, other in combinations(found, 2):
        if (
            one[0] < other[0] + other[2]
            and other[0] < one[0] + one[2]
            and one[1] < other[1] + other[3]
            and other[1] < one[1] + one[3]
        ):
            yield one, other


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_cloud_can_be_drawn(cloud: str) -> None:
    module = __import__(f"{model.__package__}.{cloud}", fromlist=["build"])
    assert callable(module.build)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 2, 7, 32])
def test_no_box_lies_over_another_or_outside(count: int, width: int) -> None:
    picture = svg(drawn(many_pools(count)), width)
    found = boxes(picture, *NAMED)
    assert len(boxes(picture, "b-pool")) == count
    assert list(overlapping(found)) == []
    height = float(picture.attributes["height"] or 0)
    assert picture.attributes["viewbox"] == f"0 0 {width} {height:.0f}"
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in found)
    (network,) = boxes(picture, "n-box")
    inside = boxes(picture, "b-pool", "b-system")
    assert all(network[1] < y and y + h < network[1] + network[3] for _, y, _, h in inside)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 32])
def test_no_text_leaves_its_box_or_meets_another(count: int, width: int) -> None:
    picture = svg(drawn(many_pools(count)), width)
    found = [one for one in picture.find("text") if one.attributes["class"] != "t-total"]
    placed: list[Box] = []
    for one in found:
        x, y = float(one.attributes["x"] or 0), float(one.attributes["y"] or 0)
        size = 14.0 if one.attributes["class"] == "t-name" else 12.0
        wide = measured(one.text, size, bold=size > 12)
        if one.attributes["class"] != "t-note":  # the legend is placed by its group
            placed.append((x, y - size * 0.7, wide, size * 0.7))
            assert x + wide <= width, one.text
    assert list(overlapping(placed)) == []


def test_a_pool_says_how_many_accelerators_what_machine_and_how_they_are_connected() -> None:
    """Two nodes of 8 H100: 16 of them, on p5.48xlarge with 32 EFA devices of 3,200 Gbit/s (AWS's P5 page)."""
    picture = svg(drawn())
    said = texts(picture)
    assert "16 × H100" in said
    assert "2 nodes × 8 H100 · p5.48xlarge" in said
    assert "EFA 3,200 Gbit/s a node, 32 devices" in said
    assert "placed close together" in said
    assert len(picture.find("use", href="#n8", class_="on")) == 3  # one is the legend's


def test_nodes_up_to_the_maximum_are_drawn_apart_from_the_desired() -> None:
    picture = svg(drawn({"pools.train.nodes": "0..3", "pools.train.fabric": "none"}))
    nodes = [one.attributes["class"] for one in picture.find("use", href="#n8")]
    assert nodes == ["off", "off", "off", "on", "off"]  # the last two are the legend's
    assert "0–24 × H100" in texts(picture)
    assert "node, up to the maximum" in texts(picture)


def test_more_nodes_than_fit_are_counted() -> None:
    picture = svg(drawn({"pools.train.nodes": 64}))
    shown = len(picture.find("use", href="#n8")) - 1
    assert 3 < shown < 64
    assert f"+ {64 - shown} more" in texts(picture)


def test_the_network_its_zones_and_ways_out() -> None:
    picture = svg(drawn())
    said = texts(picture)
    assert "new VPC 10.0.0.0/16" in said
    zones = [one.text for one in picture.find("text", class_="t-zone")]
    assert zones == sorted(zones)
    assert len(boxes(picture, "z-box")) == len(zones) >= 2
    assert [one for one in said if one.startswith("out through a NAT gateway in use1-")]
    assert "API: from inside the network only" in said
    assert "Endpoints: s3 (gateway)" in said


def test_an_existing_network_is_named_and_its_ways_out_are_its_own() -> None:
    said = texts(svg(drawn(many_pools(1))))
    assert "existing VPC vpc-0123456789abcdef0" in said
    assert "as the existing network lets nodes out" in said


def test_what_is_bought_is_named_with_its_term() -> None:
    said = texts(svg(drawn({"pools.train": {"accelerator": "H100:8", "nodes": 4, "fabric": "required",
                                            "capacity": [{"reservation": RESERVATION}]}})))  # fmt: skip
    assert "reservation cr-0123456789abcdef0" in said
    assert "4 nodes in use1-az2, until 2027-06-30" in said


def test_a_block_has_its_days() -> None:
    pool = {"accelerator": "B200:8", "nodes": "0..4", "fabric": "required", "capacity": [{"block": BLOCK}]}
    assert "4 nodes in use1-az6, 2027-02-01 to 2027-02-15" in texts(svg(drawn({"pools.train": pool})))


def test_storage_stands_in_its_zone_and_buckets_outside_the_network() -> None:
    storage = {"scratch": {"kind": "parallel", "capacity": "4800GiB", "linked_to": "keep"}, "keep": {"kind": "object"}}
    picture = svg(drawn({"storage": storage}))
    (network,), (bucket,), (scratch,) = (boxes(picture, name) for name in ("n-box", "b-object", "b-storage"))
    assert bucket[1] > network[1] + network[3]
    assert network[1] < scratch[1] < network[1] + network[3]
    assert {"linked to keep", "linked to scratch"} <= set(texts(picture))


def test_who_does_not_see_it_reads_the_same() -> None:
    picture = svg(drawn())
    assert picture.attributes["role"] == "img"
    title, words = (picture.attributes["aria-labelledby"] or "").split()
    assert picture.find("title", id=title)
    (said,) = picture.find("desc", id=words)
    assert "train: 2 nodes of p5.48xlarge with 16 × H100 in all" in said.text


def test_the_same_plan_gives_the_same_drawing() -> None:
    assert drawing(drawn(many_pools(8)), 680, "d") == drawing(drawn(many_pools(8)), 680, "d")


def test_zones_have_columns_where_there_is_room() -> None:
    zones = ("a", "b", "c")
    assert list(Grid(zones, 1040, 0, boxes=3).columns()) == list(zones)
    assert Grid(zones, 340, 0, boxes=3).columns() == {}
    grid = Grid(zones, 1040, 0, boxes=3)
    left, right = grid.place(("a",), 10), grid.place(("b", "c"), 10)
    assert left.y == right.y
    assert right.width > left.width * 2


def test_a_text_that_is_too_long_is_cut_with_an_ellipsis() -> None:
    assert fitted("short", 12, 100) == "short"
    cut = fitted("x" * 100, 12, 100)
    assert cut.endswith("…")
    assert measured(cut, 12) <= 100
    assert wrapped("one two three", 12, 50, 2) == ["one two", "three"]
    assert wrapped("one two three four five six", 12, 50, 2)[1].endswith("…")
