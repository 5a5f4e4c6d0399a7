"""What a benchmark says: a line for each figure, and whether its target is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.processes import Run


@dataclass(frozen=True)
class Line:
    """One line of the report; without a target it only informs."""

    what: str
    figure: str
    target: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return f"{self.what:<52}{self.figure:>18}{self.target:>12}  {verdict}".rstrip()


Parts = Mapping[str, Callable[[], list[Line]]]
"""Title -> what measures that part."""


def at_most(what: str, figure: float, target: float, unit: str) -> Line:
    return Line(what, f"{figure:.2f} {unit}", f"<= {target:g}", figure <= target)


def seconds(one: Run) -> str:
    return f"{one.seconds:.2f} s"
