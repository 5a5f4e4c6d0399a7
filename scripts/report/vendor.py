"""Gets the chart library that pages carry, exactly the version and bytes that `vendor.json` names.

`python -m scripts.report.vendor` writes it anew with npm's ordinary client; pages are made from the files in `assets`,
and need neither npm nor a network.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

ASSETS = Path(__file__).parent / "html" / "assets"
RECORD = ASSETS / "vendor.json"
_MAP = "\n//# sourceMappingURL="  # what a browser's tools would fetch from beside the page


def main() -> int:
    """Fetch, compare with the record, write. The exit status; raises CalledProcessError where npm fails."""
    record: dict[str, str] = json.loads(RECORD.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(record["package"], record["version"], Path(folder))
        files = contents(package, record)
    wrong = [name for name, text in files.items() if digest(text) != record[f"sha256 of {name}"]]
    if wrong:
        sys.stderr.write(f"not as {RECORD.name} has it: {', '.join(wrong)}\n")
        return 1
    for name, text in files.items():
        (ASSETS / name).write_text(text, encoding="utf-8")
    sys.stderr.write(f"{record['package']} {record['version']}: {', '.join(files)}\n")
    return 0


def fetch(package: str, version: str, folder: Path) -> Path:
    """The package's archive."""
    command = ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(folder)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    return archive


def contents(archive: Path, record: Mapping[str, str]) -> dict[str, str]:
    """The files that pages need, as they are kept: without the address of a source map."""
    made: dict[str, str] = {}
    with tarfile.open(archive) as opened:
        for name in (key.removeprefix("from of ") for key in record if key.startswith("from of ")):
            member = opened.extractfile(record[f"from of {name}"])
            assert member is not None
            made[name] = member.read().decode("utf-8").partition(_MAP)[0].rstrip() + "\n"
    return made


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
