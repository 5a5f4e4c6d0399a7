"""The tracked files of this checkout, and what is found in the Python ones."""

from __future__ import annotations

import ast
import gzip
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("components", "policies", "scripts", "stacks", "benchmarks")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git knows or would take, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for path in map(Path, sorted(set(listing.stdout.splitlines()))) if (ROOT / path).is_file())


def python_files(*folders: str) -> list[Path]:
    """The tracked Python files below `folders`, relative to the root."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in folders]


def text_of(path: Path) -> str:
    """The text of a file, also of one that is kept packed."""
    content = (ROOT / path).read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), str(path))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of every function, inner ones included."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """(line, value) of every string that the program can use: not docstrings, not comments."""
    nodes = list(ast.walk(tree_of(path)))
    spoken = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.lineno, node.value
