"""The stacks that a change touches, and why: by their files, their blueprints, the catalogue, and the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import components
from components.catalog.base import DATA
from components.errors import InputError
from components.records import record
from components.spec.loader import CONFIG_KEY
from components.spec.project import BLUEPRINT_NAME, Project, shipped_blueprints
from scripts.baseline.git import Repository

SHOWN = 3
"""Files of one reason that are named; the rest is counted."""

# What of this project's own code decides every stack, relative to the folder that has `components`, and what it is.
_CODE = {
    "components/": "the code that plans and prices",
    "policies/": "the rules",
    "uv.lock": "the locked dependencies",
}
_PROJECT = {"Pulumi.yaml": "the project's settings", "__main__.py": "the program"}


@record(kw_only=True)
class Touched:
    """Stack name -> why it is touched, for stacks that are there and for those that are gone with their files."""

    stacks: Mapping[str, tuple[str, ...]]
    gone: Mapping[str, Path]


def touched(changed: Iterable[str], repository: Repository, project: Project) -> Touched:
    """The stacks of a project that changed files (paths from the repository's root) touch."""
    files = {repository.root / name: name for name in changed}
    stacks = project.stacks()
    home = project.stack_dir.resolve()
    every = list(_every_stack(files, project))
    clouds = _clouds(files)
    wanted = [path for path in files if path.suffix in (".yaml", ".yml")]
    reasons: dict[str, tuple[str, ...]] = {}
    for name, file in stacks.items():
        where = home / file.name
        own = [f"its file {files[where]}"] if where in files else []
        if wanted or clouds:
            own += _of_spec(file, project, files, clouds)
        if found := (*dict.fromkeys(own), *every):
            reasons[name] = found
    gone = {
        path.name.removeprefix("Pulumi.").removesuffix(".yaml"): path
        for path in files
        if path.parent == home and path.match("Pulumi.*.yaml") and not path.exists()
    }
    return Touched(stacks=reasons, gone=gone)


def _every_stack(files: Mapping[Path, str], project: Project) -> Iterable[str]:
    """Reasons that hold for each stack: the code, and the facts that all clouds share."""
    home = Path(next(iter(components.__path__))).resolve().parent
    data = DATA.resolve()
    found: dict[str, list[str]] = {}
    for path, name in files.items():
        if path.is_relative_to(data):
            if path.parent == data:
                found.setdefault("the catalogue that all clouds share", []).append(name)
            continue
        inside = path.relative_to(home).as_posix() if path.is_relative_to(home) else ""
        for start, what in _CODE.items():
            if inside.startswith(start):
                found.setdefault(what, []).append(name)
        what = _PROJECT.get(path.name)
        if what and path.parent in (project.root.resolve(), project.stack_dir.resolve()):
            found.setdefault(what, []).append(name)
    return [_reason(what, names) for what, names in found.items()]


def _clouds(files: Mapping[Path, str]) -> dict[str, list[str]]:
    """Cloud -> changed files of its catalogue."""
    found: dict[str, list[str]] = {}
    for path, name in files.items():
        if path.parent.parent == DATA.resolve():
            found.setdefault(path.parent.name, []).append(name)
    return found


def _of_spec(file: Path, project: Project, files: Mapping[Path, str], clouds: Mapping[str, list[str]]) -> list[str]:
    """Reasons that follow from what a stack file says: its blueprint and its cloud. One that is broken has none."""
    try:
        value = project.read(file).value
    except InputError:
        return []
    config = value.get("config") if isinstance(value, dict) else None
    cluster = config.get(CONFIG_KEY) if isinstance(config, dict) else None
    if not isinstance(cluster, dict):
        return []
    blueprint, cloud = cluster.get("blueprint"), cluster.get("cloud")
    found: list[str] = []
    for path in _blueprint_files(blueprint, file, project) if isinstance(blueprint, str) else ():
        if path in files:
            found.append(f"its blueprint {files[path]}")
    if isinstance(cloud, str) and cloud in clouds:
        found.append(_reason(f"the catalogue of {cloud}", clouds[cloud]))
    return found


def _blueprint_files(blueprint: str, file: Path, project: Project) -> Iterable[Path]:
    """Where a blueprint stands, or would: a change may have deleted it."""
    if BLUEPRINT_NAME.fullmatch(blueprint):
        for folder in (project.blueprint_dir, shipped_blueprints()):
            yield folder.resolve() / f"{blueprint}.yaml"
    else:
        yield (file.parent / blueprint).resolve()


def _reason(what: str, names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{what}: {', '.join(names[:SHOWN])}{more}"
