"""The chart library is, byte for byte, what its record says, and needs nothing from beside the page."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from scripts.report import vendor

RECORD: dict[str, str] = json.loads(vendor.RECORD.read_text(encoding="utf-8"))
FILES = [key.removeprefix("sha256 of ") for key in RECORD if key.startswith("sha256 of ")]


def test_the_files_are_those_of_the_record() -> None:
    assert set(FILES) == {"chart.umd.min.js", "chart.LICENSE.md"}
    for name in FILES:
        assert vendor.digest((vendor.ASSETS / name).read_text(encoding="utf-8")) == RECORD[f"sha256 of {name}"]


def test_the_library_names_its_version_and_licence() -> None:
    text = (vendor.ASSETS / "chart.umd.min.js").read_text(encoding="utf-8")
    assert f"Chart.js v{RECORD['version']}" in text
    assert "Released under the MIT License" in text
    assert RECORD["licence"] == "MIT"
    assert "MIT" in (vendor.ASSETS / "chart.LICENSE.md").read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    assert "</script" not in text


def test_an_archive_is_taken_without_its_source_map(tmp_path: Path) -> None:
    archive = tmp_path / "a.tgz"
    with tarfile.open(archive, "w:gz") as opened:
        for name, text in (("package/a.js", "code;\n//# sourceMappingURL=a.js.map\n"), ("package/L.md", "MIT\n\n")):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            opened.addfile(member, io.BytesIO(text.encode()))
    record = {"from of a.js": "package/a.js", "from of L.md": "package/L.md"}
    assert vendor.contents(archive, record) == {"a.js": "code;\n", "L.md": "MIT\n"}
