"""The reader takes what every YAML reader understands alike, refuses the rest with its line, and survives anything."""

from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import Finding, InputError, Level, Place
from components.spec import reader
from components.spec.reader import MAX_BYTES, MAX_DEPTH, MAX_FINDINGS, Document, KeyPath, Value, read, read_text


def refused(text: str | bytes) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        read_text(text, "f.yaml")
    assert caught.value.findings
    assert all(f.id == "yaml" and f.level is Level.ERROR and f.file == "f.yaml" for f in caught.value.findings)
    return caught.value.findings


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def _either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_LOADER", getattr(yaml, request.param))


pytestmark = pytest.mark.usefixtures("_either_parser")

SPEC = """\
# a comment
kubernetes: "1.35"
pools:
  train:
    accelerator: [L4:1, A10:1]
    capacity:
      - on-demand
      - reservation: {id: cr-1, nodes: 8}
budget: {usd_per_month: 0.145}
"""


def test_a_document_has_its_values_and_the_line_of_each() -> None:
    document = read_text(SPEC, "s.yaml")
    assert document.value == {
        "kubernetes": "1.35",
        "pools": {
            "train": {
                "accelerator": ["L4:1", "A10:1"],
                "capacity": ["on-demand", {"reservation": {"id": "cr-1", "nodes": 8}}],
            }
        },
        "budget": {"usd_per_month": Decimal("0.145")},
    }
    lines = {".".join(map(str, path)): place.line for path, place in document.places.items()}
    assert lines == {
        "": 2,
        "kubernetes": 2,
        "pools": 3,
        "pools.train": 4,
        "pools.train.accelerator": 5,
        "pools.train.accelerator.0": 5,
        "pools.train.accelerator.1": 5,
        "pools.train.capacity": 6,
        "pools.train.capacity.0": 7,
        "pools.train.capacity.1": 8,
        "pools.train.capacity.1.reservation": 8,
        "pools.train.capacity.1.reservation.id": 8,
        "pools.train.capacity.1.reservation.nodes": 8,
        "budget": 9,
        "budget.usd_per_month": 9,
    }
    assert document.file == "s.yaml"
    assert {place.file for place in document.places.values()} == {"s.yaml"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("null", None),
        ("", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-12", -12),
        ("+5", 5),
        ("999999999999999999", 10**18 - 1),
        ("1.35", Decimal("1.35")),
        ("1.30", Decimal("1.30")),
        (".5", Decimal("0.5")),
        ("1.", Decimal(1)),
        ("1e3", Decimal(1000)),
        ("0.0", Decimal(0)),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("1_000", "1_000"),
        ("1.35.2", "1.35.2"),
        ("2..8", "2..8"),
        ("4.8TiB", "4.8TiB"),
        ("H100:8", "H100:8"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("2027-06-30-backup", "2027-06-30-backup"),
        ("arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/x"),
        ("0xyz", "0xyz"),
        ("٣", "٣"),
        ("-", [None]),
        ('"2027-06-30"', "2027-06-30"),
        ("'0123'", "0123"),
        ("'True'", "True"),
        ('""', ""),
        ("'~'", "~"),
        ("|\n  1\n  2\n", "1\n2\n"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    separator = "\n" if text == "-" else " "
    found: Any = read_text(f"a:{separator}{text}", "f.yaml").value
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_decimals_keep_the_digits_that_were_written() -> None:
    assert str(read_text("a: 1.30", "f").value) == "{'a': Decimal('1.30')}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("2027-06-30", "an unquoted date", 'quote it: "2027-06-30"'),
        ("2027-06-30T11:30:00Z", "an unquoted date", "quote it"),
        ("2027-06-30 11:30:00 +02:00", "an unquoted date", "quote it"),
        ("08:30", "an unquoted time", 'quote it: "08:30"'),
        ("08:30:15", "an unquoted time", "quote it"),
        ("0o17", "not decimal", "write it in decimal"),
        ("0x1F", "not decimal", "write it in decimal"),
        ("0b101", "not decimal", "write it in decimal"),
        ("0123", "leading zeros", 'quote it: "0123"'),
        ("00.5", "leading zeros", "quote it"),
        (".inf", "not a finite number", "decimal"),
        ("-.INF", "not a finite number", "decimal"),
        (".NaN", "not a finite number", "decimal"),
        ("True", "some readers take", "lower case"),
        ("NULL", "some readers take", "lower case"),
        ("1" * 19, "more than 18 digits", "quote it"),
        ("1e999999999", "more than 18 digits", "quote it"),
        ("1e-999999999", "more than 18 digits", "quote it"),
        ("9" * 5000, "more than 18 digits", "quote it"),
        ("1e" + "9" * 30, "more than 18 digits", "quote it"),
        ("!!str 1", "a tag", "remove it"),
        ("!x y", "a tag", "remove it"),
        ("! y", "a tag", "remove it"),
        ("!!map {}", "a tag", "remove it"),
        ("&a 1", "an anchor (&a)", "write the value out"),
    ],
)
def test_what_readers_understand_differently_is_refused(text: str, message: str, hint: str) -> None:
    (finding,) = refused(f"x: 1\na: {text}\n")
    assert (finding.path, finding.line) == ("a", 2)
    assert message in finding.message
    assert hint in finding.hint
    assert len(str(finding)) < 200


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("a: 1\nb: 2\na: 3", 3, "'a' stands twice, at lines 1 and 3", "keep one"),
        ("a: &x 1\n", 1, "an anchor", "write the value out"),
        ("<<: {a: 1}", 1, "a merge key", "write the keys out"),
        ("'<<': {a: 1}", 1, "a merge key", "write the keys out"),
        ("1: x", 1, "the key 1 is not text", 'quote it: "1"'),
        ("1.5: x", 1, "the key 1.5 is not text", "quote it"),
        ("true: x", 1, "the key true is not text", "quote it"),
        ("~: x", 1, "the key ~ is not text", "quote it"),
        ("? \n: x", 1, "the key (nothing) is not text", "quote it"),
        ("2027-01-01: x", 1, "the key 2027-01-01 is not text", "quote it"),
        ("[a]: x", 1, "a key that is a mapping or a list", "a key is text"),
        ("? {a: {b: [1]}}\n: {c: 1}", 1, "a key that is a mapping or a list", "a key is text"),
        ("a: 1\n---\nb: 1", 2, "a second document", "one document"),
        ("a:\n\tb: 1", 2, "a tab", "spaces"),
        ("\ta: 1", 1, "a tab", "spaces"),
        ("a: b: c", 1, "no key can stand", "quote"),
        ("a:\n  b: 1\n c: 1", 3, "indentation", "alike"),
        ("a: 1\n- b", 2, "indentation", "alike"),
        ("a: 'x\nb: 1\n", 3, "opens at line 1 is not closed", "close the quote"),
        ("a: [1\nb: 1\n", 2, "of line 1 is not closed", "brackets"),
        ("a: @x", 1, "cannot start with @", "quote it"),
        ('a: "\\q"', 1, "escapes nothing", "single quotes"),
        ("a: - b", 1, "a list item", "own"),
        ("{a: 1} b", 1, "after the end", "one document"),
        ("", None, "is empty", "key: value"),
        ("# only a comment\n", None, "is empty", "key: value"),
        ("---\n~\n", None, "is empty", "key: value"),
        ("a: 1\nb: \x00", 2, "U+0000", "remove"),
        ("a: \x1b[31m", 1, "U+001B", "remove"),
        ("a: \ud800", 1, "U+D800", "remove"),
        (b"a: 1\nb: \xff\n", 2, "is not UTF-8: byte 8 is 0xff", "save it as UTF-8"),
        ("a: 1".encode("utf-16"), 1, "is not UTF-8: byte 0", "save it as UTF-8"),
    ],
)
def test_refusals_say_where_and_what_to_do(text: str | bytes, line: int | None, message: str, hint: str) -> None:
    (finding,) = refused(text)
    assert finding.line == line
    assert message in finding.message
    assert hint in finding.hint


def test_all_problems_are_told_at_once() -> None:
    found = refused("a: 1\na: 2\nb: {1: x, c: 0x1, c: 3}\nd: &y 2027-06-30\n[e]: *y\nf: [1")
    assert [f.line for f in found[:-1]] == [2, 3, 3, 3, 4, 4, 5, 5]
    assert [f.path for f in found[1:4]] == ["b", "b.c", "b.c"]
    assert "not closed" in found[-1].message


def test_a_refused_key_is_told_at_the_mapping_around_it() -> None:
    found = refused("a: {b: 1, &x c: 2, [d]: {e: 08:30}}")
    assert [(f.path, f.line) for f in found] == [("a", 1)] * 3


def test_a_hostile_file_is_not_told_for_ever() -> None:
    assert len(refused("a: *b\n" * 1000)) == MAX_FINDINGS


def test_a_byte_order_mark_is_accepted() -> None:
    assert read_text(b"\xef\xbb\xbfa: 1", "f").value == {"a": 1}
    assert read_text("\ufeffa: 1", "f").value == {"a": 1}
    assert "U+FEFF" in refused("a: \ufeff1")[0].message


def test_carriage_returns_are_accepted() -> None:
    document = read_text("a: 1\r\nb: [x,\r\n  y]\r\n", "f")
    assert document.value == {"a": 1, "b": ["x", "y"]}
    assert document.places[("b", 1)] == Place("f", 3)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "[{" * 50_000, "{[" * 50_000]
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    assert "nested deeper than 40" in refused(text)[-1].message
    assert time.process_time() - start < 2


def test_nesting_is_allowed_to_its_limit() -> None:
    assert read_text("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f").value
    assert "deeper" in refused("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[0].message
    block = "".join(f"{'  ' * i}k:\n" for i in range(100_000 // 400))
    assert "deeper" in refused(block)[0].message


def test_a_billion_laughs_are_refused() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    assert len(refused(text)) == MAX_FINDINGS


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: 1\n" * 2_000_000)
    start = time.process_time()
    with pytest.raises(InputError, match="is larger than 1 MiB"):
        read(path)
    assert time.process_time() - start < 0.5
    assert "larger" in refused("a" * (MAX_BYTES + 1))[0].message
    assert "larger" in refused("é" * (MAX_BYTES // 2 + 1))[0].message


def test_a_file_is_called_as_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert read(path, shown="stacks/a.yaml").places[("a",)] == Place("stacks/a.yaml", 1)
    assert read(path).file == str(path)


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text("a: 1")
    with pytest.raises(InputError, match="does not exist") as caught:
        read(tmp_path / "Pulumi.prd.yaml", shown="stacks/Pulumi.prd.yaml")
    assert caught.value.findings[0].hint == "did you mean stacks/Pulumi.prod.yaml?"
    with pytest.raises(InputError) as caught:
        read(tmp_path / "nowhere" / "a.yaml", shown="nowhere/a.yaml")
    assert caught.value.findings[0].hint == "there is no folder nowhere"


def test_what_is_no_readable_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="not a regular file"):
        read(pipe)
    with pytest.raises(InputError, match="not a possible file name"):
        read(Path("a\0b"))
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        read(tmp_path / ("x" * 5000))
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    with pytest.raises(InputError, match="does not exist"):
        read(path / "b.yaml")

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", forbidden)
    with pytest.raises(InputError, match="may not be read by you"):
        read(path)


def test_a_usual_file_is_read_in_a_moment() -> None:
    if reader._LOADER is yaml.SafeLoader:  # pyright: ignore[reportPrivateUsage]
        pytest.skip("the pure Python parser is the slow way out")
    text = "pools:\n" + "".join(f"  p{i}: {{accelerator: H100:8, nodes: 2..8}}\n" for i in range(60))
    best = 1.0
    for _ in range(10):
        start = time.process_time()
        read_text(text, "f")
        best = min(best, time.process_time() - start)
    assert best < 0.006  # takes 2 ms; room for a busy machine


_PARTS = [
    "a",
    "b: ",
    ": ",
    "- ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&x ",
    "*x ",
    "!t ",
    "? ",
    "'",
    '"',
    ">\n",
    "---\n",
    "#",
    "<<: ",
    "0",
    "1.5",
    "~",
    "\t",
    "%",
    "...\n",
    "\ufeff",
    "\x85",
    "\u2028",
]
_YAMLISH = st.lists(st.sampled_from(_PARTS), max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(st.characters(codec=None), max_size=60), st.binary(max_size=60), _YAMLISH))
def test_any_text_gives_a_document_or_findings(text: str | bytes) -> None:
    try:
        document = read_text(text, "f")
    except InputError as error:
        assert error.findings
        assert all(finding.message and finding.id == "yaml" for finding in error.findings)
    else:
        assert document.value is not None
        assert _paths(document) == set(document.places)


def _paths(document: Document) -> set[KeyPath]:
    def under(value: Value, path: KeyPath) -> set[KeyPath]:
        if isinstance(value, dict):
            return {path}.union(*(under(item, (*path, key)) for key, item in value.items()))
        if isinstance(value, list):
            return {path}.union(*(under(item, (*path, i)) for i, item in enumerate(value)))
        return {path}

    return under(document.value, ())


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(st.characters(codec="utf-8"), max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc01~", max_size=3), inner, max_size=3),
        max_leaves=8,
    ).filter(lambda value: value is not None)
)
def test_what_a_careful_writer_writes_is_read_back(value: Any) -> None:
    class Quoting(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def quoted(dumper: Any, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')

    Quoting.add_representer(str, quoted)
    assert read_text(yaml.dump(value, Dumper=Quoting, allow_unicode=False), "f").value == value
