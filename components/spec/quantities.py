"""The quantities of a spec: types that parse what a person writes and print it canonically.

For each, `str(x)` parses back to an equal value. All are frozen, hashable pydantic field types with a JSON schema.
`AcceleratorCount`, `NodeRange`, `Size`, `Throughput` and `KubernetesVersion` are classes of ours with `parse`; `Money`,
`Day`, `Moment` and `Cidr` are a Decimal, date, datetime and IPv4Network, checked. What is wrong raises a ValueError
that says what is wrong and shows the right form.
"""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from components.errors import nearest
from components.records import record
from components.spec.forms import Checked, Form, Quantity

_WHOLE = "(?:0|[1-9][0-9]{0,5})"
_EDGES = "[1-9][0-9]{0,3}(?:x[1-9][0-9]{0,3}){1,2}"


@record
class AcceleratorCount(Quantity):
    """Accelerators of one node: `H100:8`; or a TPU slice, whose `count` is the product of its `topology`."""

    form = Form("an accelerator and its count", rf"([A-Za-z][A-Za-z0-9]*(?:[.-][A-Za-z0-9]+)*):({_EDGES}|[1-9][0-9]{{0,3}})", ("H100:8", "TPU-v6e:4x4"))  # fmt: skip
    name: str
    count: int
    topology: str | None = None

    @classmethod
    def _read(cls, given: object) -> Self:
        text = cls.form.text(given)
        found = cls.form.match(text)
        if found is None:
            raise cls.form.wrong(text, cls._why(text))
        edges = found[2].split("x")
        return cls(found[1], math.prod(map(int, edges)), found[2] if len(edges) > 1 else None)

    @staticmethod
    def _why(text: str) -> str:
        name, colon, count = text.partition(":")
        if re.search(r"\s", text):
            return "has a space in it"
        if not colon:
            return f"has no count per node: add it, as in {name}:8" if name else "is empty"
        if re.fullmatch("0+", count):
            return "asks for none: the count is at least 1"
        return "is not an accelerator, a colon and a count per node (or a slice's topology)"

    def __str__(self) -> str:
        return f"{self.name}:{self.topology or self.count}"


@record
class NodeRange(Quantity):
    """How many nodes: a fixed number (`min` equals `max`), or the least and the most."""

    form = Form("a number or a range of nodes", rf"({_WHOLE})(?:\.\.({_WHOLE}))?", ("4", "0..8", "2..8"), "integer")
    min: int
    max: int

    def __post_init__(self) -> None:
        if not 0 <= self.min <= self.max:
            raise self.form.wrong(self, "has its ends the wrong way round" if self.min > self.max else "is below 0")
        if self.max < 1:
            raise self.form.wrong(self, "is no node: a pool has at least 1, or at most 1 or more, as in 0..1")

    @classmethod
    def _read(cls, given: object) -> Self:
        text = cls.form.text(given)
        found = cls.form.match(text)
        if found is None:
            raise cls.form.wrong(text, "is neither a number of nodes nor a range of two numbers with two dots, 2..8")
        return cls(int(found[1]), int(found[2] or found[1]))

    def __str__(self) -> str:
        return str(self.min) if self.min == self.max else f"{self.min}..{self.max}"


_BINARY = {"PiB": 2**50, "TiB": 2**40, "GiB": 2**30, "MiB": 2**20, "KiB": 2**10}
_DECIMAL = {"PB": 10**15, "TB": 10**12, "GB": 10**9, "MB": 10**6, "kB": 10**3}
_UNITS = {**_BINARY, **_DECIMAL, "B": 1}


@dataclass(frozen=True, slots=True, order=True)
class Size(Quantity):
    """A size in whole bytes. `binary` is the system of units in which it prints; it has no part in comparisons.

    `4.8TiB` is no whole number of bytes. Up to 3 decimals are rounded up to a byte, since a size is a minimum;
    more decimals than that must come out whole.
    """

    form = Form("a size with its unit", rf"([0-9]{{1,18}}(?:\.[0-9]{{1,12}})?) ?({'|'.join(_UNITS)})", ("4800GiB", "4.8TiB", "80GB"))  # fmt: skip
    bytes: int
    binary: bool = field(default=True, compare=False)

    def __post_init__(self) -> None:
        if self.bytes < 1:
            raise self.form.wrong(f"{self.bytes}B", "is no size: it is at least one byte")
        if self.bytes >= 10**18:  # an exabyte; also what keeps every printed number within the form
            raise self.form.wrong(f"{self.bytes}B", "is an exabyte or more")

    @classmethod
    def _read(cls, given: object) -> Self:
        if isinstance(given, (int, Decimal)) and not isinstance(given, bool):
            raise cls.form.wrong(given, "has no unit: give a unit")
        text = cls.form.text(given)
        found = cls.form.match(text)
        if found is None:
            raise cls.form.wrong(text, cls._why(text))
        exact = Fraction(found[1]) * _UNITS[found[2]]
        decimals = len(found[1].partition(".")[2])
        if exact.denominator != 1 and (decimals > 3 or found[2] == "B"):
            raise cls.form.wrong(text, "is not a whole number of bytes: round it, or use a smaller unit")
        return cls(math.ceil(exact), found[2] not in _DECIMAL)

    @staticmethod
    def _why(text: str) -> str:
        found = re.fullmatch(r"[0-9]+(?:\.[0-9]+)?\s*([A-Za-z]*)", text)
        if found is None:
            return "is not a number and a unit"
        if not found[1]:
            return "has no unit: give a unit"
        if found[1] in _UNITS:
            return "has too many digits, or more than one space"
        near = nearest(found[1], _UNITS)
        return f"has an unknown unit {found[1]!r}: " + (
            f"did you mean {near}?" if near else f"one of {', '.join(_UNITS)}"
        )

    @property
    def gib(self) -> Decimal:
        """The size in GiB, to 8 decimals (10 bytes), which hides the rounding to a whole byte."""
        return Decimal(_plain(Decimal(round(Fraction(self.bytes * 10**8, 2**30))).scaleb(-8)))

    def __str__(self) -> str:
        for unit, size in (_BINARY if self.binary else _DECIMAL).items():
            thousandths = self.bytes * 1000 // size
            # The text must parse back to the same bytes, by the same rounding.
            if thousandths >= 1000 and -(-thousandths * size // 1000) == self.bytes:
                return f"{_plain(Decimal(thousandths).scaleb(-3))}{unit}"
        return f"{self.bytes}B"


@dataclass(frozen=True, slots=True, order=True)
class Throughput(Quantity):
    """The throughput of a file system for each TiB of its capacity, in MB/s."""

    form = Form("a throughput for each TiB", "([1-9][0-9]{0,5})(?:MBps/TiB)?", ("125MBps/TiB", "125"), "integer")
    mbps_per_tib: int

    @classmethod
    def _read(cls, given: object) -> Self:
        text = cls.form.text(given)
        found = cls.form.match(text)
        if found is None:
            raise cls.form.wrong(text, "is not a whole number of MB/s for each TiB, from 1 on")
        return cls(int(found[1]))

    def __str__(self) -> str:
        return f"{self.mbps_per_tib}MBps/TiB"


@dataclass(frozen=True, slots=True, order=True)
class KubernetesVersion(Quantity):
    """A minor version of Kubernetes, ordered as numbers: 1.9 < 1.35."""

    form = Form("a minor version of Kubernetes", r"(1)\.(0|[1-9][0-9]{0,2})", ("1.35",), quoted=True)
    major: int
    minor: int

    @classmethod
    def _read(cls, given: object) -> Self:
        if isinstance(given, (int, float, Decimal)) and not isinstance(given, bool):
            raise cls.form.wrong(given, f'is a number, and 1.30 would be read as 1.3: quote it: "{given}"')
        text = cls.form.text(given)
        found = cls.form.match(text)
        if found is None:
            near = re.match(r"v?(1\.(?:0|[1-9][0-9]{0,2}))(?:\.|$)", text)
            hint = f': did you mean "{near[1]}"?' if near else ""
            raise cls.form.wrong(text, f"is not a minor version, 1. and a number{hint}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


# Seven decimals and more would print with an exponent.
_MONEY = Form("an amount in US dollars", r"[0-9]{1,15}(?:\.[0-9]{1,6})?", ("150000", "0.145"), "number")
_DAY = Form("a day", "[0-9]{4}-[0-9]{2}-[0-9]{2}", ("2027-06-30",), quoted=True)
_MOMENT = Form("a date and time with its zone", f"{_DAY.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(Z|[-+][0-9]{{2}}:[0-9]{{2}})?", ("2027-01-04T11:30:00Z",), quoted=True)  # fmt: skip
_CIDR = Form("an IPv4 network", r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})/[0-9]{1,2}", ("10.0.0.0/16",))


def money(given: object) -> Decimal:
    """US dollars, 0 or more with at most 6 decimals, from text, int or Decimal (no float); raises ValueError."""
    if isinstance(given, Decimal):
        if not given.is_finite() or abs(given.adjusted()) > 20:
            raise _MONEY.wrong(given, "is not an amount")
        given = _plain(given)
    text = _MONEY.text(given)
    if not _MONEY.match(text):
        why = "is below 0" if re.fullmatch(r"-[0-9.]+", text) else "is not a plain number with at most 6 decimals"
        raise _MONEY.wrong(text, why)
    return Decimal(_plain(Decimal(text)))


def day(given: object) -> date:
    """A day of the calendar, from text or a date; raises ValueError."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    text = _DAY.text(given)
    if not _DAY.match(text):
        raise _DAY.wrong(text, "is not a day as year-month-day")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _DAY.wrong(text, f"is not in the calendar ({error})") from None


def moment(given: object) -> datetime:
    """A moment in UTC, to the second, from text or an aware datetime; raises ValueError."""
    text = given.isoformat() if isinstance(given, datetime) else _MOMENT.text(given)
    found = _MOMENT.match(text)
    if found is None:
        raise _MOMENT.wrong(text, "is not a date, T, a time to the second and a zone")
    if found[1] is None:
        raise _MOMENT.wrong(text, "has no zone: end it with Z (UTC) or an offset such as +02:00")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _MOMENT.wrong(text, f"is not in the calendar ({error})") from None


def cidr(given: object) -> ipaddress.IPv4Network:
    """An IPv4 network without host bits, from text or a network; raises ValueError."""
    text = str(given) if isinstance(given, ipaddress.IPv4Network) else _CIDR.text(given)
    if not _CIDR.match(text):
        raise _CIDR.wrong(text, "is not an IPv4 network: four numbers, a slash and the prefix length")
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError as error:
        raise _CIDR.wrong(text, f"is not an IPv4 network ({error})") from None
    if text.partition("/")[0] != str(network.network_address):
        raise ValueError(f"{text!r} is an address within a network; did you mean {network}?")
    return network


def _utc_text(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


Money = Annotated[Decimal, Checked(_MONEY, money, lambda value: _plain(value))]
Day = Annotated[date, Checked(_DAY, day)]
Moment = Annotated[datetime, Checked(_MOMENT, moment, _utc_text)]
Cidr = Annotated[ipaddress.IPv4Network, Checked(_CIDR, cidr)]
