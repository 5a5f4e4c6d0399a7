"""Which project and stack a deployment is of: those that plain `pulumi up` would take."""

from __future__ import annotations

from pathlib import Path

from components.errors import Finding, InputError, Level
from components.records import record
from components.spec.project import find_project, find_stack
from components.spec.reader import read


@record(kw_only=True)
class Target:
    """A stack of a project; `root` is the folder of its Pulumi.yaml, `project` the name that this gives."""

    stack: str
    project: str
    root: Path
    file: Path


def target_of(stack: str) -> Target:
    """The target of a stack's name, or of the path of its file. Raises InputError where Pulumi would take another."""
    project = find_project()
    name, file = find_stack(stack, project)
    about = project.root / "Pulumi.yaml"
    if not about.is_file():
        raise _wrong(
            f"there is no Pulumi.yaml in {project.root} or above",
            f"run it in the folder of your project, or write one with: gpufleet new {name} --init",
        )
    own = project.stack_dir / f"Pulumi.{name}.yaml"
    if file.resolve() != own.resolve():
        raise _wrong(
            f"{file} is not the file of the stack {name} of this project, which Pulumi reads: {project.shown(own)}",
            "run it in the folder of the project that the file is of; elsewhere it can be checked and rehearsed",
        )
    value = read(about, shown=project.shown(about)).value
    called = value.get("name") if isinstance(value, dict) else None
    if not isinstance(called, str):
        raise _wrong(f"{project.shown(about)} names no project", "write for example: name: gpu-fleet")
    return Target(stack=name, project=called, root=project.root, file=own)


def _wrong(message: str, hint: str) -> InputError:
    return InputError(Finding(id="project", level=Level.ERROR, message=message, hint=hint))
