"""Import the provider SDKs several times faster.

A provider SDK is thousands of generated classes, and most of the time of importing one goes into evaluating their
annotations, which a program never reads: Pulumi resolves the few that it needs by itself, from text as well as from
objects. `install` makes Python compile these packages, and no others, as if each module began with
`from __future__ import annotations`, keeps the bytecode in a cache of its own, and holds the cyclic garbage collector
back while an SDK is being imported (an import makes hundreds of thousands of objects, and hardly any garbage).

Types, wire names and registered inputs are the same with and without it; `GPU_FLEET_IMPORT_HOOK=0` turns it off.
The cache lies in the user's cache directory, may be deleted at any time, and nothing is written where the packages are.
"""

from __future__ import annotations
import __future__

import contextlib
import gc
import hashlib
import importlib.machinery
import importlib.util
import marshal
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

DEFAULT: tuple[str, ...] = ("pulumi_aws", "pulumi_gcp", "pulumi_azure_native", "pulumi_kubernetes")
"""The provider SDKs, as top-level packages."""

SWITCH = "GPU_FLEET_IMPORT_HOOK"
"""The environment variable that turns the hook off when it is `0`."""

_POSTPONED_BY_PYTHON = (3, 14)  # PEP 649: annotations are evaluated when they are asked for
_STAMP_BYTES = 16


def install(packages: Iterable[str] = DEFAULT) -> bool:
    """Compile `packages` with postponed annotations from now on; modules that are imported already stay as they are.

    May be called again, also with other packages: they add up. Returns False when nothing was installed, because the
    environment says so or because this Python postpones annotations by itself.
    """
    if os.environ.get(SWITCH) == "0" or sys.version_info >= _POSTPONED_BY_PYTHON:
        return False
    finder = next((found for found in sys.meta_path if isinstance(found, _SdkFinder)), None)
    if finder is None:
        finder = _SdkFinder(_Cache(cache_directory()))
        sys.meta_path.insert(0, finder)
    finder.packages |= frozenset(packages)
    return True


def cache_directory() -> Path | None:
    """Where bytecode is kept for this Python: below `$XDG_CACHE_HOME`, or the system's usual place for caches.

    None when there is no such place (no home directory, for one).
    """
    # The magic number is what Python itself tells bytecode formats apart by; the tag only makes the name readable.
    python = f"{sys.implementation.cache_tag}-{importlib.util.MAGIC_NUMBER.hex()}"
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(configured):  # the XDG specification has relative paths ignored
        base = Path(configured)
    else:
        try:
            base = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
        except RuntimeError:
            return None
    return base / "gpu-fleet" / "sdk-bytecode" / python


class _Cache:
    """Bytecode by module, one file each: a stamp of the source, then the marshalled code."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = None if directory is None else str(directory)
        self.writable = self.directory is not None

    def path(self, fullname: str, source: str) -> str | None:
        """The file of one module; the source's place is part of it, since several environments share the cache."""
        if self.directory is None:
            return None
        place = hashlib.sha256(os.path.dirname(source).encode(errors="surrogateescape")).hexdigest()[:16]
        return f"{self.directory}/{place}/{fullname}"

    def read(self, path: str | None, stamp: bytes) -> CodeType | None:
        """The code that was kept for a source with this stamp; None when there is none, or none that can be read."""
        if path is None:
            return None
        try:
            with open(path, "rb", buffering=0) as file:
                data = file.read()
            if data[:_STAMP_BYTES] != stamp:
                return None
            code = marshal.loads(memoryview(data)[_STAMP_BYTES:])
        except (OSError, EOFError, ValueError, TypeError):
            return None
        return code if isinstance(code, CodeType) else None

    def write(self, path: str | None, stamp: bytes, code: CodeType) -> None:
        """Keep code, whole or not at all; a cache that cannot be written is not tried again."""
        if path is None or not self.writable:
            return
        temporary = f"{path}.{os.getpid()}-{threading.get_ident()}.tmp"
        try:
            # Only the user may write here: whoever can write bytecode can run code.
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(stamp + marshal.dumps(code))
            os.replace(temporary, path)
        except OSError:
            self.writable = False
            with contextlib.suppress(OSError):  # it may never have come to be
                os.unlink(temporary)


class _SdkLoader(importlib.machinery.SourceFileLoader):
    """Loads one module of an SDK: as Python's own loader, but with postponed annotations and the cache above."""

    def __init__(self, fullname: str, path: str, cache: _Cache) -> None:
        super().__init__(fullname, path)
        self._cache = cache

    def get_code(self, fullname: str) -> CodeType | None:
        source = self.get_filename(fullname)
        stat = os.stat(source)
        stamp = stat.st_mtime_ns.to_bytes(8, "little", signed=True) + (stat.st_size % 2**64).to_bytes(8, "little")
        path = self._cache.path(fullname, source)
        code = self._cache.read(path, stamp)
        if code is not None:
            return code
        if not self._cache.writable:
            # Compiling each time would cost more than it saves; Python's own bytecode may be there.
            return super().get_code(fullname)
        code = _compile_postponed(self.get_data(source), source)
        # PYTHONDONTWRITEBYTECODE is not asked: it keeps source trees clean, and this writes to none.
        self._cache.write(path, stamp, code)
        return code

    def exec_module(self, module: ModuleType) -> None:
        with _collector_held_back:
            super().exec_module(module)


def _compile_postponed(source: bytes, path: str) -> CodeType:
    flags = __future__.annotations.compiler_flag
    return compile(source, path, "exec", flags=flags, dont_inherit=True)


class _CollectorHeldBack:
    """While at least one thread is inside, the cyclic collector is off; then it is as it was before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._was_on = False

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._was_on:
                # An SDK's classes live as long as the process: without this, the next collections would only walk
                # through all of them, which costs a fifth of what was gained.
                gc.freeze()
                gc.enable()


_collector_held_back = _CollectorHeldBack()


class _SdkFinder(MetaPathFinder):
    """Finds the modules of `packages` as Python would, and hands them to the loader above."""

    def __init__(self, cache: _Cache) -> None:
        self.packages: frozenset[str] = frozenset()
        self._cache = cache

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self.packages:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return None  # a zip file, an editable installation: Python's business
        spec.loader = _SdkLoader(fullname, spec.loader.path, self._cache)
        return spec
