"""Environments as a newcomer has them: an empty home, no cloud's settings, and a guard that the test can set."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = ROOT / ".ci" / "uv"

# What a network needs of a machine: proxies, certificates, mirrors.
_KEPT = ("SSL_", "HTTP", "NO_PROXY", "ALL_PROXY", "REQUESTS_", "CURL_", "PIP_", "UV_", "LANG", "LC_", "TMPDIR")

# Put into an environment's site-packages, where a .pth file imports it at every start of Python.
GUARD = '''"""Refuses the network, and every file below a folder."""
import os, socket, sys
_FORBIDDEN = os.environ.get("GUARD_FOLDER")
def _guard(event, args):
    if event == "socket.__new__" and args[1] in (socket.AF_INET, socket.AF_INET6):
        raise PermissionError("the test refuses sockets to other machines")
    if _FORBIDDEN and event in ("open", "os.listdir", "os.scandir") and isinstance(args[0], (str, bytes, os.PathLike)):
        path = os.path.abspath(os.fsdecode(args[0]))
        if path == _FORBIDDEN or path.startswith(_FORBIDDEN + os.sep):
            raise PermissionError(f"the test refuses to read {path}")
if os.environ.get("GUARD") == "1":
    sys.addaudithook(_guard)
'''


def newcomer(home: Path, **more: str) -> dict[str, str]:
    """The environment of someone who has just installed a Python and make; uv's downloads are shared, to save time."""
    home.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if name.upper().startswith(_KEPT)}
    cache = subprocess.run([UV, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    paths = [folder for folder in os.environ["PATH"].split(os.pathsep) if not folder.startswith(str(ROOT))]
    return env | {"PATH": os.pathsep.join(paths), "HOME": str(home), "UV_CACHE_DIR": cache} | more


def run(
    command: Sequence[str | Path], folder: Path, env: Mapping[str, str], status: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run a command that must end with `status`."""
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done


def set_guard(venv: Path) -> None:
    """Put the guard into a virtual environment; `GUARD=1` arms it."""
    (site,) = venv.glob("lib/python3*/site-packages")
    (site / "gpu_fleet_guard.py").write_text(GUARD)
    (site / "gpu_fleet_guard.pth").write_text("import gpu_fleet_guard\n")
