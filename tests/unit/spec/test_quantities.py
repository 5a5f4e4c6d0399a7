"""Quantities take what a person writes, say what is wrong with the rest, and print what parses back."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.spec.quantities import (
    AcceleratorCount,
    Cidr,
    Day,
    KubernetesVersion,
    Moment,
    Money,
    NodeRange,
    Size,
    Throughput,
)

TYPES: dict[str, Any] = {
    "accelerator": AcceleratorCount,
    "nodes": NodeRange,
    "size": Size,
    "throughput": Throughput,
    "money": Money,
    "day": Day,
    "moment": Moment,
    "version": KubernetesVersion,
    "cidr": Cidr,
}
ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in TYPES.items()}


@pytest.mark.parametrize(
    ("kind", "given", "value", "text"),
    [
        ("accelerator", "H100:8", AcceleratorCount("H100", 8), "H100:8"),
        ("accelerator", "h100:8", AcceleratorCount("h100", 8), "h100:8"),
        ("accelerator", "RTX-PRO-6000:1", AcceleratorCount("RTX-PRO-6000", 1), "RTX-PRO-6000:1"),
        ("accelerator", "TPU-v6e:4x4", AcceleratorCount("TPU-v6e", 16, "4x4"), "TPU-v6e:4x4"),
        ("accelerator", "TPU-v5p:2x2x4", AcceleratorCount("TPU-v5p", 16, "2x2x4"), "TPU-v5p:2x2x4"),
        ("nodes", 4, NodeRange(4, 4), "4"),
        ("nodes", "4", NodeRange(4, 4), "4"),
        ("nodes", "0..8", NodeRange(0, 8), "0..8"),
        ("nodes", "2..8", NodeRange(2, 8), "2..8"),
        ("nodes", "4..4", NodeRange(4, 4), "4"),
        ("size", "4800GiB", Size(4800 * 2**30), "4800GiB"),
        ("size", "1200 GiB", Size(1200 * 2**30), "1200GiB"),
        ("size", "1024GiB", Size(2**40), "1TiB"),
        ("size", "1536GiB", Size(1536 * 2**30), "1.5TiB"),
        ("size", "4.6875TiB", Size(4800 * 2**30), "4800GiB"),
        ("size", "4.8TiB", Size(5277655813325), "4.8TiB"),
        ("size", "4915.2GiB", Size(5277655813325), "4.8TiB"),
        ("size", "80GB", Size(80 * 10**9, False), "80GB"),
        ("size", "1500GB", Size(1500 * 10**9, False), "1.5TB"),
        ("size", "512MB", Size(512 * 10**6, False), "512MB"),
        ("size", "1B", Size(1), "1B"),
        ("size", "1.001KiB", Size(1026), "1.001KiB"),
        ("throughput", 125, Throughput(125), "125MBps/TiB"),
        ("throughput", "125", Throughput(125), "125MBps/TiB"),
        ("throughput", "125MBps/TiB", Throughput(125), "125MBps/TiB"),
        ("money", 150000, Decimal(150000), "150000"),
        ("money", "150000", Decimal(150000), "150000"),
        ("money", "0.145", Decimal("0.145"), "0.145"),
        ("money", "00.50", Decimal("0.5"), "0.5"),
        ("money", Decimal("0.10"), Decimal("0.1"), "0.1"),
        ("money", Decimal("1E+5"), Decimal(100000), "100000"),
        ("money", Decimal("0E-9"), Decimal(0), "0"),
        ("money", Decimal("0.000001"), Decimal("0.000001"), "0.000001"),
        ("day", "2027-06-30", date(2027, 6, 30), "2027-06-30"),
        ("day", date(2027, 6, 30), date(2027, 6, 30), "2027-06-30"),
        ("moment", "2027-01-04T11:30:00Z", datetime(2027, 1, 4, 11, 30, tzinfo=UTC), "2027-01-04 11:30:00+00:00"),
        ("moment", "2027-01-04T11:30+02:00", datetime(2027, 1, 4, 9, 30, tzinfo=UTC), "2027-01-04 09:30:00+00:00"),
        ("version", "1.35", KubernetesVersion(1, 35), "1.35"),
        ("cidr", "10.0.0.0/16", ipaddress.IPv4Network("10.0.0.0/16"), "10.0.0.0/16"),
        ("cidr", "0.0.0.0/0", ipaddress.IPv4Network("0.0.0.0/0"), "0.0.0.0/0"),
    ],
)
def test_what_is_right_parses_and_prints_canonically(kind: str, given: object, value: object, text: str) -> None:
    parsed = ADAPTERS[kind].validate_python(given)
    assert parsed == value
    assert hash(parsed) == hash(value)
    assert str(parsed) == text
    assert ADAPTERS[kind].validate_python(text) == value
    assert ADAPTERS[kind].validate_python(parsed) == value


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("accelerator", "H100", "has no count per node: add it, as in H100:8"),
        ("accelerator", "", "is empty"),
        ("accelerator", "H100:0", "the count is at least 1"),
        ("accelerator", "H100: 8", "has a space in it"),
        ("accelerator", " H100:8", "has a space in it"),
        ("accelerator", "H100:8\n", "has a space in it"),
        ("accelerator", "H100:-1", "is not an accelerator, a colon and a count"),
        ("accelerator", "H100:08", "is not an accelerator, a colon and a count"),
        ("accelerator", "H100:8x", "is not an accelerator, a colon and a count"),
        ("accelerator", "H100:٨", "is not an accelerator, a colon and a count"),
        ("accelerator", "8:H100", "is not an accelerator, a colon and a count"),
        ("accelerator", {"H100": 8}, "an accelerator and its count belongs here, not a mapping"),
        ("accelerator", 8, "belongs here, not a number; write for example H100:8"),
        ("nodes", 0, "is no node"),
        ("nodes", "0..0", "is no node"),
        ("nodes", "8..2", "has its ends the wrong way round"),
        ("nodes", -1, "is neither a number of nodes nor a range"),
        ("nodes", "2-8", "with two dots, 2..8"),
        ("nodes", "1_000", "is neither a number"),
        ("nodes", " 4", "is neither a number"),
        ("nodes", "04", "is neither a number"),
        ("nodes", Decimal("1.5"), "belongs here, not a number"),
        ("nodes", True, "belongs here, not true or false"),
        ("nodes", None, "belongs here, not nothing"),
        ("nodes", [1, 2], "belongs here, not a list"),
        ("size", 4800, "4800 has no unit: give a unit; write for example 4800GiB"),
        ("size", "4800", "has no unit: give a unit"),
        ("size", Decimal("4.8"), "has no unit: give a unit"),
        ("size", True, "not true or false"),
        ("size", "4800Gi", "unknown unit 'Gi': did you mean GiB?"),
        ("size", "80gb", "unknown unit 'gb': did you mean GB?"),
        ("size", "80 parsecs", "unknown unit 'parsecs': one of PiB"),
        ("size", "80  GB", "more than one space"),
        ("size", "GB", "is not a number and a unit"),
        ("size", "-1GB", "is not a number and a unit"),
        ("size", "0GiB", "at least one byte"),
        ("size", "1.5B", "is not a whole number of bytes"),
        ("size", "1.0001KiB", "is not a whole number of bytes"),
        ("size", "999999PB", "is an exabyte or more"),
        ("throughput", 0, "is not a whole number of MB/s"),
        ("throughput", "125MB/s", "is not a whole number of MB/s"),
        ("throughput", "125.5", "is not a whole number of MB/s"),
        ("money", -1, "is below 0"),
        ("money", Decimal("-0.5"), "is below 0"),
        ("money", "$5", "is not a plain number"),
        ("money", "150,000", "is not a plain number"),
        ("money", "1e5", "is not a plain number"),
        ("money", "0.1234567", "at most 6 decimals"),
        ("money", 0.1, "belongs here, not a number"),
        ("money", Decimal("NaN"), "is not an amount"),
        ("money", Decimal("1E+999999"), "is not an amount"),
        ("money", False, "not true or false"),
        ("day", "2027-02-30", "is not in the calendar (day is out of range for month)"),
        ("day", "2027-13-01", "month must be in 1..12"),
        ("day", "30.06.2027", "is not a day as year-month-day; write for example \"2027-06-30\""),
        ("day", "20270630", "is not a day as year-month-day"),
        ("day", datetime(2027, 6, 30), "belongs here"),
        ("moment", "2027-01-04T11:30:00", "has no zone: end it with Z"),
        ("moment", "2027-01-04", "is not a date, T, a time"),
        ("moment", "2027-01-04T25:30:00Z", "hour must be in 0..23"),
        ("moment", "0001-01-01T00:00:00+01:00", "is not in the calendar"),
        ("moment", datetime(2027, 1, 4), "has no zone"),
        ("version", Decimal("1.35"), 'quote it: "1.35"'),
        ("version", Decimal("1.30"), 'quote it: "1.30"'),
        ("version", 1, 'quote it: "1"'),
        ("version", 1.35, 'quote it: "1.35"'),
        ("version", "1.35.2", 'did you mean "1.35"?'),
        ("version", "v1.35", 'did you mean "1.35"?'),
        ("version", "1.035", "is not a minor version"),
        ("version", "latest", "is not a minor version"),
        ("cidr", "10.0.0.1/16", "did you mean 10.0.0.0/16?"),
        ("cidr", "10.0.0.0", "a slash and the prefix length"),
        ("cidr", "10.0.0.0/33", "is not an IPv4 network"),
        ("cidr", "10.0.0.0/255.0.0.0", "is not an IPv4 network"),
        ("cidr", "10.0.0.300/8", "is not an IPv4 network"),
        ("cidr", "fd00::/8", "is not an IPv4 network"),
    ],
)  # fmt: skip
def test_what_is_wrong_says_why_and_shows_the_right_form(kind: str, given: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTERS[kind].validate_python(given)
    (error,) = caught.value.errors()
    assert message in error["msg"]
    assert "write for example" in error["msg"] or "did you mean" in error["msg"]
    assert len(error["msg"]) < 300


def test_ranges_and_sizes_know_their_parts() -> None:
    nodes = NodeRange.parse("2..8")
    assert (nodes.min, nodes.max) == (2, 8)
    assert Size.parse("4.8TiB").gib == Decimal("4915.2")
    assert Size.parse("1TiB").gib == Decimal(1024)
    assert Size.parse("80GB").gib == Decimal("74.50580597")
    assert Size.parse("1TiB") == Size.parse("1024GiB")
    assert Throughput.parse("125").mbps_per_tib == 125


def test_order_is_by_amount() -> None:
    assert KubernetesVersion.parse("1.9") < KubernetesVersion.parse("1.35")
    assert Size.parse("80GB") < Size.parse("80GiB") < Size.parse("1TB")
    assert Throughput(125) < Throughput(1000)


def test_values_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Size(1).bytes = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValueError, match="wrong way round"):
        NodeRange(3, 2)


@pytest.mark.parametrize("kind", TYPES)
def test_each_has_a_json_schema_that_its_examples_meet(kind: str) -> None:
    schema = ADAPTERS[kind].json_schema()
    assert schema == ADAPTERS[kind].json_schema(mode="serialization")
    assert schema["description"]
    for example in schema["examples"]:
        jsonschema.validate(example, schema)
        value = ADAPTERS[kind].validate_python(example)
        jsonschema.validate(str(ADAPTERS[kind].dump_python(value, mode="json")), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("?", schema)


@pytest.mark.parametrize(
    ("kind", "given", "json"),
    [
        ("accelerator", "H100:8", b'"H100:8"'),
        ("nodes", 4, b'"4"'),
        ("size", "80GB", b'"80GB"'),
        ("money", Decimal("1E+2"), b'"100"'),
        ("day", "2027-06-30", b'"2027-06-30"'),
        ("moment", "2027-01-04T11:30:00Z", b'"2027-01-04T11:30:00Z"'),
        ("version", "1.35", b'"1.35"'),
        ("cidr", "10.0.0.0/16", b'"10.0.0.0/16"'),
    ],
)
def test_json_has_the_canonical_text(kind: str, given: object, json: bytes) -> None:
    value = ADAPTERS[kind].validate_python(given)
    assert ADAPTERS[kind].dump_json(value) == json
    assert ADAPTERS[kind].validate_json(json) == value
    assert ADAPTERS[kind].dump_python(value) == value


_COUNT = st.integers(1, 9999)
_EDGES = st.lists(st.integers(1, 99), min_size=2, max_size=3).map(lambda edges: "x".join(map(str, edges)))
_NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,5}(-[A-Za-z0-9]{1,5}){0,2}", fullmatch=True)
_NAMED = st.tuples(_NAME, _COUNT | _EDGES).map(lambda parts: f"{parts[0]}:{parts[1]}").map(AcceleratorCount.parse)
_NODES = st.tuples(st.integers(0, 999_999), st.integers(1, 999_999)).map(lambda ends: NodeRange(min(ends), max(ends)))
_ZONES = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=_ZONES)


def _network(address: int, prefix: int) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network((address >> (32 - prefix) << (32 - prefix), prefix))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "accelerator": _NAMED,
    "nodes": _NODES,
    "size": st.builds(Size, st.integers(1, 10**18 - 1), st.booleans()),
    "throughput": st.builds(Throughput, st.integers(1, 999_999)),
    "money": st.decimals(0, 10**14, places=6),
    "day": st.dates(),
    "moment": _MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    "version": st.builds(KubernetesVersion, st.just(1), st.integers(0, 999)),
    "cidr": st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(lambda parts: _network(*parts)),
}


@given(st.data(), st.sampled_from(sorted(VALUES)))
def test_text_parses_back_to_an_equal_value(data: st.DataObject, kind: str) -> None:
    value = ADAPTERS[kind].validate_python(data.draw(VALUES[kind]))
    text = str(value)
    again = ADAPTERS[kind].validate_python(text)
    assert again == value
    assert hash(again) == hash(value)
    assert str(again) == text
    assert ADAPTERS[kind].validate_json(ADAPTERS[kind].dump_json(value)) == value


@given(st.integers(1, 10**15 - 1), st.integers(0, 3), st.sampled_from(["B", "KiB", "GiB", "TiB", "kB", "GB", "TB"]))
def test_a_size_as_written_survives_printing(number: int, decimals: int, unit: str) -> None:
    text = f"{Decimal(number % 10**9 + 1).scaleb(-decimals):f}{unit}"
    if unit == "B" and decimals:
        return
    try:
        size = Size.parse(text)
    except ValueError as error:
        assert re.search("exabyte", str(error))
        return
    printed = str(size)
    assert Size.parse(printed) == size
    assert len(printed.rstrip("iBKMGTPk").partition(".")[2]) <= 3


@given(st.sampled_from(sorted(TYPES)), st.text(max_size=12) | st.integers() | st.floats() | st.none() | st.decimals())
def test_anything_else_is_a_validation_error(kind: str, given: object) -> None:
    try:
        value = ADAPTERS[kind].validate_python(given)
    except ValidationError:
        return
    assert ADAPTERS[kind].validate_python(str(value)) == value
