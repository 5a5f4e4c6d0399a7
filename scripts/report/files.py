"""Writes a report where it was asked for, and over nothing but a report."""

from __future__ import annotations

import os
from pathlib import Path

from components.errors import Finding, InputError, Level
from scripts.report.html.page import is_page

_BEGINNING = 4096
"""So many characters of a file say whether it is a report."""


def check_place(file: Path) -> None:
    """Raises InputError where a report cannot be written, or would replace something else."""
    if not file.parent.is_dir():
        raise InputError(_wrong(f"there is no folder {file.parent}", "make it first, or write the report elsewhere"))
    if file.is_dir():
        raise InputError(_wrong(f"{file} is a folder", f"name a file in it: --out {file / 'report.html'}"))
    if file.exists() and not _is_report(file):
        raise InputError(_wrong(f"{file} exists and is no report of ours", "remove it, or write the report elsewhere"))


def write(file: Path, text: str) -> int:
    """Write a report whole or not at all; its size in bytes. Raises InputError where the system refuses."""
    data = text.encode("utf-8")
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        hint = "write the report elsewhere"
        raise InputError(_wrong(f"{file} cannot be written: {error.strerror}", hint)) from None
    return len(data)


def _is_report(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return is_page(opened.read(_BEGINNING))
    except OSError:
        return False


def _wrong(message: str, hint: str) -> Finding:
    return Finding(id="report-file", level=Level.ERROR, message=message, hint=hint)
