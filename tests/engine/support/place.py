"""A copy of the project to run the engine in, with a backend, a home and a cloud of its own."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from scripts.engine.find import Installation
from scripts.engine.run import Engine
from tests.engine.support.cloud import ROOT, Cloud

SHIPPED = sorted(file.name.split(".")[1] for file in (ROOT / "stacks").glob("Pulumi.*.yaml"))
KEY = "gpu-fleet:cluster"


class Place:
    """What a user has: a checkout, a backend, and a cloud."""

    def __init__(self, folder: Path, installation: Installation, stack: str, *cloud: str) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.project.mkdir()
        (folder / "backend").mkdir()
        shutil.copy(ROOT / "Pulumi.yaml", self.project)
        for name in ("stacks", "policies"):
            shutil.copytree(ROOT / name, self.project / name, ignore=shutil.ignore_patterns("__pycache__"))
        for shipped in SHIPPED:  # whoever runs the engine in a checkout leaves the salt of their secrets there
            kept = [line for line in self.file(shipped).read_text().splitlines() if not line.startswith("encryption")]
            self.file(shipped).write_text("\n".join(kept) + "\n")
        (self.project / ".venv").symlink_to(sys.prefix)
        self.stack = stack
        self.cloud = Cloud(folder / "cloud.db", self.spec()["account"], *cloud)
        self.engine = Engine(
            installation=installation,
            project=self.project,
            backend=f"file://{folder / 'backend'}",
            passphrase="correct horse",
            providers=self.cloud.ports,
            home=folder / "home",
        )

    def file(self, stack: str) -> Path:
        return self.project / "stacks" / f"Pulumi.{stack}.yaml"

    def spec(self) -> dict[str, Any]:
        return yaml.safe_load(self.file(self.stack).read_text())["config"][KEY]

    def edit(self, change: dict[str, Any]) -> None:
        """Set top-level fields of the spec; None takes one out. What else the file holds stays."""
        document = yaml.safe_load(self.file(self.stack).read_text())
        spec = {**document["config"][KEY], **change}
        document["config"][KEY] = {name: value for name, value in spec.items() if value is not None}
        self.file(self.stack).write_text(yaml.safe_dump(document, sort_keys=False))

    def reopen(self) -> None:
        """Serve the same cloud by a new process, as after a crash."""
        self.cloud.stop()
        self.cloud = Cloud(self.cloud.state, self.spec()["account"])
        self.engine = replace(self.engine, providers=self.cloud.ports)

    def close(self) -> None:
        self.cloud.stop()
