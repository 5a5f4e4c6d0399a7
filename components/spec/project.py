"""Where the files of a project are: the root, its stack files and its blueprints."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from components.errors import Finding, InputError, Level, did_you_mean
from components.records import record
from components.spec.reader import Document, read

STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
BLUEPRINT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@record
class Project:
    """A folder with a `Pulumi.yaml` (or, where there is none, the current one) and where its stack files stand."""

    root: Path
    stack_dir: Path

    @property
    def blueprint_dir(self) -> Path:
        return self.stack_dir / "blueprints"

    def stacks(self) -> dict[str, Path]:
        """Stack name -> stack file, by name."""
        files = sorted(self.stack_dir.glob("Pulumi.*.yaml"))
        return {file.name.removeprefix("Pulumi.").removesuffix(".yaml"): file for file in files}

    def blueprints(self) -> dict[str, Path]:
        """Blueprint name -> file: the shipped ones, and the project's own, which win."""
        found: dict[str, Path] = {}
        for folder in (shipped_blueprints(), self.blueprint_dir):
            found.update({file.stem: file for file in sorted(folder.glob("*.yaml"))})
        return found

    def shown(self, path: Path) -> str:
        """A path as a person wants to see it: relative to the current folder where it lies below it."""
        try:
            return str(path.resolve().relative_to(Path.cwd()))
        except ValueError:
            return str(path)

    def read(self, path: Path) -> Document:
        """What a file of the project says; a subclass may have it from elsewhere. Raises InputError."""
        return read(path, shown=self.shown(path))


def shipped_blueprints() -> Path:
    """The folder of the blueprints that come with the package: in a wheel beside this code, in a clone under stacks/."""
    spec = find_spec("components")
    package = Path(next(iter(spec.submodule_search_locations or ())) if spec else ".")
    packed = package / "blueprints"
    return packed if packed.is_dir() else package.parent / "stacks" / "blueprints"


def find_project(start: Path | None = None) -> Project:
    """The project that `start` (default: the current folder) lies in. Raises InputError when its Pulumi.yaml is broken."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        file = folder / "Pulumi.yaml"
        if file.is_file():
            value = read(file, shown=str(file)).value
            folder_name = value.get("stackConfigDir") if isinstance(value, dict) else None
            return Project(folder, folder / folder_name if isinstance(folder_name, str) else folder)
    return Project(here, here / "stacks" if (here / "stacks").is_dir() else here)


def find_stack(stack: str, project: Project) -> tuple[str, Path]:
    """(stack name, file) of a stack's name or of the path of a stack file. Raises InputError when there is none."""
    if "/" in stack or stack.endswith((".yaml", ".yml")):
        path = Path(stack)
        name = path.name.removeprefix("Pulumi.").removesuffix(".yaml").removesuffix(".yml")
        if not STACK_NAME.fullmatch(name):
            raise _wrong(f"{stack!r} gives no usable stack name", "call the file Pulumi.<stack>.yaml")
        return name, path
    if not STACK_NAME.fullmatch(stack):
        raise _wrong(f"{stack!r} is no stack name", "a stack name has letters, digits, hyphens and underscores")
    known = project.stacks()
    if stack not in known:
        where = project.shown(project.stack_dir)
        hint = did_you_mean(stack, tuple(known)) if known else f"write one with: gpufleet new {stack}"
        raise _wrong(f"there is no stack {stack!r} in {where}", hint)
    return stack, known[stack]


def find_blueprint(blueprint: str, beside: Path, project: Project) -> Path:
    """The file of a blueprint given by name, or by a path from the stack file's folder. Raises InputError."""
    if "/" in blueprint or blueprint.endswith((".yaml", ".yml")):
        return beside / blueprint
    if not BLUEPRINT_NAME.fullmatch(blueprint):
        raise _wrong(
            f"{blueprint!r} is no blueprint name", "a name has lower-case letters, digits and hyphens", "blueprint"
        )
    known = project.blueprints()
    if blueprint not in known:
        raise _wrong(f"there is no blueprint {blueprint!r}", did_you_mean(blueprint, tuple(known)), "blueprint")
    return known[blueprint]


def _wrong(message: str, hint: str, path: str = "") -> InputError:
    return InputError(Finding(id="missing-file", level=Level.ERROR, message=message, path=path, hint=hint))
