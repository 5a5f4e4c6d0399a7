"""The name of the Pulumi project at hand, which a state must be of."""

from __future__ import annotations

from components.spec.project import find_project
from components.spec.reader import read


def project_name() -> str | None:
    """The `name` in Pulumi.yaml; None where there is no such file, or no name in it."""
    about = find_project().root / "Pulumi.yaml"
    value = read(about, shown=str(about)).value if about.is_file() else None
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None
