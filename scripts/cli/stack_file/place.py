"""Writing a new file: all of it or nothing, and never over one that is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from components.errors import Finding, InputError, Level

PROGRAM = '''"""What `pulumi preview|up` runs: the stack's config becomes its cluster."""

from components.program import main

main()
'''


def project_files(root: Path) -> dict[Path, str]:
    """What makes a folder a project whose stacks are in `stacks/`."""
    letters = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in root.name)
    pulumi = f"name: {letters or 'gpu-fleet'}\nruntime: python\nmain: stacks/\nstackConfigDir: stacks\n"
    return {root / "Pulumi.yaml": pulumi, root / "stacks" / "__main__.py": PROGRAM}


def write_new(files: Mapping[Path, str]) -> list[Path]:
    """Writes the files that are not there yet; the others stay as they are. The written ones."""
    return [path for path, text in files.items() if not path.exists() and write(path, text, force=False)]


def write(path: Path, text: str, *, force: bool) -> bool:
    """Writes a whole file at once. Raises InputError when it is there already (without `force`) or cannot be written."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(text, encoding="utf-8")
            _put(part, path, force)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise refused(f"{path} cannot be written: {error.strerror}", "check the folder") from None
    return True


def _put(part: Path, path: Path, force: bool) -> None:
    """Gives a written file its name."""
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)  # unlike a rename, it fails where a file is
    except FileExistsError:
        raise refused(f"{path} is there already", "choose another name, or replace it with --force") from None


def refused(message: str, hint: str, path: str = "") -> InputError:
    return InputError(Finding(id="new", level=Level.ERROR, message=message, path=path, hint=hint))
