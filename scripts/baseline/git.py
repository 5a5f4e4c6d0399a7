"""A git repository, read only: refs, the files that a change touches, and files as a commit has them.

A repository may come from anyone, so its own configuration starts no program here (no file system monitor, no external
diff) and a ref is never taken for an option.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import IO

from components.errors import Finding, InputError, Level

BASELINE = "baseline"
"""The id of findings about what a stack is compared with."""

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_DUBIOUS = "dubious ownership"


class Repository:
    """The repository that a folder lies in, found when it is made. Raises InputError where there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        done = self._run("rev-parse", "--show-toplevel", "--is-shallow-repository")
        if done.returncode:
            raise InputError(_no_repository(folder, done.stderr))
        root, shallow = done.stdout.decode().splitlines()[:2]
        self.root = Path(root).resolve()
        self._folders: dict[Path, Path] = {}
        self.shallow = shallow == "true"

    def commit(self, ref: str) -> str | None:
        """The commit that a ref means; `origin/REF` where only that is there; None where neither is."""
        if not ref or ref.startswith("-") or not ref.isprintable():
            return None
        for name in (ref, f"origin/{ref}"):
            done = self._run("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
            if not done.returncode:
                return done.stdout.decode().strip()
        return None

    def missing(self, ref: str) -> Finding:
        """Why a ref means nothing here, and how to get it."""
        if self.shallow:
            message = f"{ref!r} is not in this clone: it is shallow"
            back = any(mark in ref for mark in "^~")
            hint = "git fetch --deepen=1" if back else f"git fetch --depth=1 origin {ref.removeprefix('origin/')}"
            return _wrong(message, f"get it with: {hint}; in GitHub Actions: fetch-depth: 2 (or 0) at the checkout")
        message = f"{ref!r} is no commit, branch or tag of this repository"
        if ref.startswith("HEAD"):
            return _wrong(message, "see how far back it goes: git log --oneline")
        return _wrong(message, f"see: git branch --all; or get it with: git fetch origin {ref.removeprefix('origin/')}")

    def merge_base(self, commit: str) -> str:
        """Where this branch left the line of a commit; the commit itself where a shallow clone does not tell."""
        done = self._run("merge-base", commit, "HEAD")
        return commit if done.returncode else done.stdout.decode().strip()

    def changed(self, commit: str) -> tuple[str, ...]:
        """The files that differ from a commit, new ones that are not ignored too, as paths from the root."""
        tracked = self._run("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", commit, "--", at_root=True)
        untracked = self._run("ls-files", "--others", "--exclude-standard", "-z", at_root=True)
        names = {*_names(tracked.stdout), *_names(untracked.stdout)}
        return tuple(sorted(names))

    def differs(self, commit: str, folder: Path) -> bool:
        """Whether a folder is not what it was in a commit."""
        where = os.fspath(folder)
        return bool(self._run("diff", "--quiet", "--no-ext-diff", commit, "--", where).returncode)

    def path(self, file: Path) -> str | None:
        """A file as git names it, from the root; None where it lies outside of the repository."""
        folder = self._folders.get(file.parent)
        if folder is None:  # its folder's links are followed, its own is not: git keeps a link as such
            folder = self._folders[file.parent] = file.parent.resolve()
        found = os.path.normpath(folder / file.name)
        root = os.fspath(self.root)
        if found == root:
            return ""
        start = root if root.endswith(os.sep) else root + os.sep
        return found[len(start) :].replace(os.sep, "/") if found.startswith(start) else None

    def _run(self, *arguments: str, at_root: bool = False) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                [*_GIT, *arguments],
                cwd=self.root if at_root else self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError:  # not there, or nothing that runs
            hint = "install git; or compare with a saved report: gpufleet cost STACK --output json > before.json"
            raise InputError(_wrong("git is not installed, and a ref needs it", hint)) from None


class Tree:
    """The files of one commit, read through one process of git, each when it is asked for."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.commit = commit
        self._known: dict[str, tuple[str, bytes]] = {}

    def file(self, path: str) -> bytes | None:
        """What a file held, a link followed; None where there was none."""
        kind, content = self._object(path)
        return content if kind == "blob" else None

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of what a folder held; none where there was no such folder."""
        kind, content = self._object(folder)
        if kind != "tree":
            return ()
        found: list[str] = []
        size = len(self.commit) // 2  # of a hash in bytes
        while content:
            head, _, content = content.partition(b"\0")
            found.append(os.fsdecode(head.partition(b" ")[2]))
            content = content[size:]
        return tuple(found)

    def close(self) -> None:
        """End the process, where one runs."""
        process = self.__dict__.pop("_process", None)
        if process is not None:
            process.stdin.close()
            process.stdout.close()
            process.wait()

    @cached_property
    def _process(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_GIT, "cat-file", "--batch", "--follow-symlinks"],
            cwd=self.repository.root,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _object(self, path: str) -> tuple[str, bytes]:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._asked(path)
        return found

    def _asked(self, path: str) -> tuple[str, bytes]:
        if "\n" in path:  # one request is one line
            return "missing", b""
        asked, told = _pipes(self._process)
        asked.write(f"{self.commit}:{path}\n".encode())
        asked.flush()
        words = told.readline().decode(errors="replace").split()
        if len(words) == 2 and words[0] in (
            "symlink",
            "dangling",
            "loop",
            "notdir",
        ):  # a link that leads out of the tree
            told.read(int(words[1]) + 1)
            return "missing", b""
        if len(words) != 3 or words[1] not in ("blob", "tree"):
            return "missing", b""
        content = told.read(int(words[2]))
        told.read(1)  # the line's end
        return words[1], content


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _names(output: bytes) -> Sequence[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _no_repository(folder: Path, said: bytes) -> Finding:
    if _DUBIOUS in said.decode(errors="replace"):
        message = f"git does not read {folder}: it belongs to somebody else"
        return _wrong(message, f"if you trust it: git config --global --add safe.directory {folder}")
    hint = "compare with another stack, or with a saved report: gpufleet cost STACK --output json > before.json"
    return _wrong(f"{folder} is in no git repository, so it has no refs", hint)


def _wrong(message: str, hint: str) -> Finding:
    return Finding(id=BASELINE, level=Level.ERROR, message=message, hint=hint)
