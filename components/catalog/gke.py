"""Versions as GKE writes them: `1.34.1-gke.1829001`, or a minor alone (`1.35`)."""

from __future__ import annotations

import re
from functools import total_ordering

from components.errors import CatalogError
from components.records import record

_FORM = re.compile(r"(\d+)\.(\d+)(?:\.(\d+)(?:-gke\.(\d+))?)?")


@total_ordering
@record
class GkeVersion:
    """A version, compared number by number: `-gke.900` is older than `-gke.1000`, which text would turn round.

    A part that is not written counts as 0 in a comparison, so a minor alone stands before all of its patches.
    """

    major: int
    minor: int
    patch: int | None = None
    build: int | None = None

    @classmethod
    def parse(cls, text: str) -> GkeVersion:
        """Raises `CatalogError` for text of another form."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise CatalogError(f"{text!r} is no GKE version; write 1.35 or 1.34.1-gke.1829001")
        major, minor, patch, build = (None if part is None else int(part) for part in found.groups())
        assert major is not None
        assert minor is not None
        return cls(major, minor, patch, build)

    @property
    def minor_text(self) -> str:
        """The minor alone: `1.34`."""
        return f"{self.major}.{self.minor}"

    def allows(self, floor: GkeVersion) -> bool:
        """Whether a cluster of this version can be at `floor`: a minor alone can, by its patch, reach any of its own."""
        return self >= floor or (self.patch is None and self.minor_text == floor.minor_text)

    def __lt__(self, other: GkeVersion) -> bool:
        return self._numbers() < other._numbers()

    def __str__(self) -> str:
        text = self.minor_text
        if self.patch is not None:
            text += f".{self.patch}"
        return text if self.build is None else f"{text}-gke.{self.build}"

    def _numbers(self) -> tuple[int, int, int, int]:
        return self.major, self.minor, self.patch or 0, self.build or 0
