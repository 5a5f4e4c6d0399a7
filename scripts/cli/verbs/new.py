"""`gpufleet new`: a stack file to start from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date as Day
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from components.catalog import CLOUDS, load
from components.clock import today
from components.errors import Finding, InputError, Level, did_you_mean
from components.plan.model import ClusterPlan
from components.plan.planner import plan as plan_of
from components.spec.loader import LoadedSpec, load_config
from components.spec.project import STACK_NAME, Project, find_blueprint, find_project
from scripts.cli.options import Date, Output, Quiet, Verbose
from scripts.cli.session import Session, begin, status_of
from scripts.cli.sold import rungs_instead, with_rungs
from scripts.cli.stack_file.place import project_files, refused, write, write_new
from scripts.cli.stack_file.text import Answers, stack_text

# The tags that the rules ask for, until `--tag` says them.
TAGS = {"owner": "change-me", "cost-center": "change-me"}
LIFETIME = timedelta(days=90)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The stack's name.", show_default=False)]
Cloud = Annotated[str | None, typer.Option("--cloud", help="Its cloud.", show_default=False)]
Region = Annotated[str | None, typer.Option("--region", help="Its region.", show_default=False)]
Blueprint = Annotated[
    str | None, typer.Option("--blueprint", help="The blueprint: a name, or a file.", show_default=False)
]
Environment = Annotated[
    str | None, typer.Option("--environment", help="dev, staging, prod or another.", show_default=False)
]
Account = Annotated[str | None, typer.Option("--account", help="The account it may change.", show_default=False)]
Tag = Annotated[
    list[str] | None, typer.Option("--tag", metavar="KEY=VALUE", help="A tag; again for more.", show_default=False)
]
Folder = Annotated[
    Path | None,
    typer.Option("--path", metavar="FOLDER", help="Where the file goes; default: the project's.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")]
Init = Annotated[bool, typer.Option("--init", help="Make the current folder a project first, if it is none.")]


def command(
    name: Name,
    cloud: Cloud = None,
    region: Region = None,
    blueprint: Blueprint = None,
    environment: Environment = None,
    account: Account = None,
    tag: Tag = None,
    path: Folder = None,
    force: Force = False,
    init: Init = False,
    date: Date = None,
    output: Output = "text",
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Write a stack file with what its environment has of its own, and every other field as a comment.

    Asks for what no flag says when it runs on a terminal. Exit status 1 when the file is written, but a rule blocks it.
    """
    session = begin(name, output, verbose=verbose, quiet=quiet)
    project = _project(name, path, init)
    file = (path or project.stack_dir) / f"Pulumi.{name}.yaml"
    if file.exists() and not force:
        raise refused(f"{project.shown(file)} is there already", "choose another name, or replace it with --force")
    given = {"cloud": cloud, "region": region, "blueprint": blueprint, "environment": environment}
    said = _complete(given, project, session)
    day = date or today()
    answers = _answers(name, said, account, _tags(tag), day)
    answers, plan = _planned(answers, file.parent, project, day)
    written = write_new(project_files(project.root)) if init else []
    write(file, stack_text(answers, plan, _schema(project, file.parent), day), force=force)
    return _tell(answers, [*written, file], project, day, session)


def _answers(name: str, said: dict[str, str], account: str | None, tags: dict[str, str], day: Day) -> Answers:
    return Answers(
        name=name,
        cloud=said["cloud"],
        region=said["region"],
        blueprint=said["blueprint"],
        environment=said["environment"],
        account=account,
        tags=tags,
        expires=_expires(said["environment"], day),
    )


def _project(name: str, path: Path | None, init: bool) -> Project:
    """Where the file belongs. Raises InputError for a name that cannot be one, and outside a project."""
    if not STACK_NAME.fullmatch(name):
        hint = "it starts with a letter or digit and has letters, digits, - and _ only, 64 at most"
        raise refused(f"{name!r} cannot be a stack's name", hint)
    if path is not None and not path.is_dir():
        raise refused(f"--path {path} is no folder", "make it first, or leave --path out")
    project = find_project(path)
    if (project.root / "Pulumi.yaml").is_file():
        return project
    if not init:
        hint = "go to your project, or make one here: --init writes Pulumi.yaml and stacks/__main__.py"
        raise refused(f"there is no Pulumi.yaml in or above {project.root}", hint)
    return Project(project.root, project.root / "stacks")


def _complete(given: dict[str, str | None], project: Project, session: Session) -> dict[str, str]:
    """Every answer: from the flags, or else by question on a terminal. Raises InputError naming all that are missing."""
    asks = not session.json and sys.stdin.isatty() and sys.stderr.isatty()
    choices: dict[str, Sequence[str]] = {"cloud": CLOUDS, "blueprint": tuple(project.blueprints())}
    said: dict[str, str] = {}
    missing: list[Finding] = []
    for field, value in given.items():
        if value is not None:
            said[field] = value
        elif asks:
            said[field] = _ask(field, choices.get(field, ()))
        else:
            hint = f"one of: {', '.join(choices[field])}" if field in choices else _HINTS[field]
            missing.append(Finding(id="new", level=Level.ERROR, message=f"--{field} is missing", hint=hint))
    if "cloud" in said and said["cloud"] not in CLOUDS:
        message = f"--cloud {said['cloud']}: no such cloud"
        missing.append(Finding(id="new", level=Level.ERROR, message=message, hint=did_you_mean(said["cloud"], CLOUDS)))
    if missing:
        raise InputError(missing)
    return said


_HINTS = {
    "region": "as the cloud spells it; gpufleet catalog list --gpu NAME shows where a GPU is sold",
    "environment": "for example dev, staging or prod",
}


def _ask(field: str, choices: Sequence[str]) -> str:
    hint = f" ({', '.join(choices)})" if choices else f" ({_HINTS[field].partition(';')[0]})"
    default = choices[0] if len(choices) == 1 else None
    while True:
        answer = str(
            typer.prompt(f"{field}{hint}", default=default, err=True, show_default=default is not None)
        ).strip()
        if not choices or answer in choices or "/" in answer:
            return answer
        typer.echo(did_you_mean(answer, choices), err=True)


def _tags(given: Sequence[str] | None) -> dict[str, str]:
    """The tags of `--tag`, over those that the rules ask for."""
    tags = dict(TAGS)
    for text in given or ():
        key, sign, value = text.partition("=")
        if not sign or not key:
            raise refused(f"--tag {text}: no KEY=VALUE", "write for example --tag owner=research")
        tags[key] = value
    return tags


def _expires(environment: str, day: Day) -> Day | None:
    """A last day, where a rule asks for one."""
    from policies.rules.idle_ttl import RULE

    return day + LIFETIME if RULE.level_in(environment) == "mandatory" else None


def _planned(answers: Answers, folder: Path, project: Project, day: Day) -> tuple[Answers, ClusterPlan]:
    """The answers as the file will have them, and their plan. Raises InputError with all that is wrong with them."""
    found = find_blueprint(answers.blueprint, Path.cwd(), project).resolve()
    is_path = project.blueprints().get(answers.blueprint) is None
    if is_path and not found.is_file():
        raise refused(f"there is no blueprint {answers.blueprint}", "give a blueprint's name, or the path of its file")
    tried = {**answers.cluster(), "blueprint": str(found)}
    apart = replace(project, stack_dir=project.blueprint_dir)  # whatever a file of that name says now
    try:
        loaded = load_config(json.dumps(tried), answers.name, apart)
        plan, ladders = _plan(loaded, day)
    except InputError as error:  # no file of these answers exists yet
        wrong = [one for one in error.findings if one.level is Level.ERROR]
        raise InputError([replace(finding, file=None, line=None) for finding in wrong]) from None
    shown = Path(os.path.relpath(found, folder.resolve())).as_posix() if is_path else answers.blueprint
    blueprint = shown if not is_path or "/" in shown else f"./{shown}"
    return replace(answers, blueprint=blueprint, ladders=ladders), plan


def _plan(loaded: LoadedSpec, day: Day) -> tuple[ClusterPlan, dict[str, Any]]:
    """The plan, and the ladders of pools whose own is not sold there. Raises InputError where that is not all."""
    try:
        return plan_of(loaded), {}
    except InputError:
        ladders = rungs_instead(loaded.spec, load(loaded.spec.cloud), until=day + LIFETIME)
        if not ladders:
            raise
    return plan_of(replace(loaded, spec=with_rungs(loaded.spec, ladders))), ladders


def _schema(project: Project, folder: Path) -> str | None:
    """The path from the file's folder to the JSON Schema of stack files, where the project has it."""
    schema = project.root / "docs" / "schemas" / "stack.json"
    inside = folder.resolve().is_relative_to(project.root)
    return Path(os.path.relpath(schema, folder.resolve())).as_posix() if inside and schema.is_file() else None


def _tell(answers: Answers, files: Sequence[Path], project: Project, day: Day, session: Session) -> int:
    """What was written, and what a check of it says; the exit status."""
    from scripts.cli.assess import assess

    name = answers.name
    found = assess(str(files[-1]), day)
    shown = [project.shown(file) for file in files]
    if session.json:
        session.emit({"files": shown, "findings": [finding.to_dict() for finding in found.findings]})
        return status_of(found.findings)
    for file in shown:
        session.print(f"wrote {file}", soft_wrap=True)
    for pool in answers.ladders:
        told = f"\nWhat the blueprint buys for pool {pool} is not sold there: put in yours, in pools.{pool}.capacity"
        session.print(told, soft_wrap=True)
    blocking = [finding for finding in found.findings if finding.level is not Level.ADVISORY]
    if blocking:
        from scripts.cli.findings import findings_text

        session.print("\nIt plans, but this blocks it until you change it:")
        session.print(findings_text(blocking), soft_wrap=True)
    stack = name if files[-1].parent.resolve() == project.stack_dir.resolve() else shown[-1]
    unsaid = [key for key, value in found.plan.tags.items() if TAGS.get(key) == value]
    first = f"fill in the tags {' and '.join(unsaid)}, then run" if unsaid else "run"
    session.print(f"\nNext: {first}\n  gpufleet check {stack}", soft_wrap=True)
    return status_of(found.findings)
