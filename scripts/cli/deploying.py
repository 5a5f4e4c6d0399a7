"""What `up`, `destroy` and `drift` share: who is asked, what is said of an interruption, and how a failed run ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from components.errors import Finding, InputError, Level
from scripts.cli.failure import ENGINE
from scripts.cli.main import INTERRUPTED
from scripts.cli.session import Session, status_of

if TYPE_CHECKING:
    from scripts.deploy.deployment import Deployment, Run
    from scripts.preview.state import State

Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask: for CI, where nobody is there to answer.", show_default=False)
]

DECLINED = 1
"""Nothing is wrong, but what was asked for was not done: whatever comes next must not go on."""

_STOPPING = (
    "Interrupted. The engine ends what it has begun, writes the state and stops; a cluster or a node group can take "
    "minutes.",
    "The engine is still ending what it has begun. Once more, and it gives up at once: what is being made then may "
    "have no owner.",
    "The engine gives up at once.",
)


def require_answer(session: Session, yes: bool, verb: str) -> None:
    """Raises InputError where a question would be asked and nobody is there to answer."""
    if yes or (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    message = f"{verb} asks before it changes anything, and there is no terminal to ask on"
    hint = f"look first with: gpufleet preview {session.stack}; then run it with --yes"
    raise InputError(Finding(id="confirm", level=Level.ERROR, message=message, hint=hint))


def require_sdk(cloud: str, verb: str) -> None:
    """Raises InputError where the SDKs that the program and the policy pack import are missing."""
    extras = {"pulumi": cloud, f"pulumi_{cloud}": cloud, "pulumi_policy": "policy"}
    lacking = [module for module in extras if find_spec(module) is None]
    if lacking:
        names = " and ".join(module.replace("_", "-") for module in lacking)
        wanted = ",".join(dict.fromkeys(extras[module] for module in lacking))
        message = f"{verb} of a cluster on {cloud} needs {names}, not installed here"
        hint = f"pip install 'gpu-fleet[{wanted}]'; in a clone: make setup"
        raise InputError(Finding(id="not-installed", level=Level.ERROR, message=message, hint=hint))


def no_stack(stack: str) -> InputError:
    """There is no such stack in the backend that the engine is set to."""
    message = f"there is no stack {stack} in this backend"
    hint = "pulumi whoami --verbose says which backend that is, pulumi stack ls --all what it has"
    return InputError(Finding(id="no-stack", level=Level.ERROR, message=message, hint=hint))


def ask(question: str) -> bool:
    """A question on stderr, answered with y or n; no is what an empty answer means."""
    return typer.confirm(question, default=False, err=True)


def ask_name(stack: str) -> bool:
    """Whether somebody types the stack's name."""
    return str(typer.prompt(f"Type the stack's name to destroy it ({stack})", err=True)).strip() == stack


def stopping(session: Session) -> Callable[[int], None]:
    """What is said when somebody interrupts, by how often they did."""
    return lambda times: session.err.print(_STOPPING[min(times, len(_STOPPING)) - 1], style="yellow")


@contextmanager
def telling(session: Session) -> Generator[tuple[Callable[[str], None], Callable[[str], None]]]:
    """(what takes a line for each resource, what takes what is under way): on stderr, the latter on a terminal only."""
    if session.quiet:
        yield (lambda line: None), (lambda doing: None)
        return

    def done(line: str) -> None:
        session.err.print(line, style="dim", soft_wrap=True)

    if not sys.stderr.isatty():
        yield done, (lambda doing: None)
        return
    with session.err.status("starting the engine") as status:
        yield done, lambda doing: status.update(doing)


def state_of(deployment: Deployment, file: Path) -> tuple[State, dict[str, Any]]:
    """The state as the previews read it, and as it was exported. Raises InputError where it is none."""
    from scripts.preview.state import read

    target = deployment.target
    return read(file, target.stack, target.project), json.loads(file.read_text(encoding="utf-8"))


def unsettled(exported: dict[str, Any], stack: str) -> tuple[Finding, ...]:
    """What a run that was cut off has left undecided, each with one command."""
    from scripts.engine import recovery

    found = recovery.findings(exported, stack)
    if not any(one.level is Level.MANDATORY for one in found):
        return found
    clear = f"pulumi refresh --clear-pending-creates --stack {stack}"
    message = "an earlier run was cut off: see whether these are there before anything else is made"
    hint = f"run the commands above for those that are there; where none of them is: {clear}"
    return (*found, Finding(id="cut-off", level=Level.MANDATORY, path=stack, message=message, hint=hint))


def failure(run: Run, exported: dict[str, Any] | None = None, stack: str = "") -> tuple[Finding, ...]:
    """Why a run failed: the rules that it breaks, what is protected, or the last words of the engine and the cloud.

    With the state that it left behind (`exported`), what may have been made all the same is told with how to look.
    """
    from scripts.engine.words import refused

    if run.broken:
        return run.broken
    failures = run.failures if exported is None else _with_looks(run, exported, stack)
    id = "interrupted" if run.interrupted else "engine"
    return tuple(
        Finding(id="refused", level=Level.MANDATORY, message=f"{words}; nothing was changed", hint=hint)
        if refused(words)
        else Finding(id=id, level=Level.ERROR, message=words, hint=hint)
        for words, hint in failures
    )


def _with_looks(run: Run, exported: dict[str, Any], stack: str) -> tuple[tuple[str, str], ...]:
    from scripts.engine import recovery
    from scripts.engine.advice import with_look
    from scripts.engine.words import called

    told = list(run.failures)
    for resource in run.events.not_created():
        begins = called(str(resource["urn"]).rpartition("::")[2], stack)
        look = recovery.look(resource, exported, stack)
        told = [
            (words, with_look(hint, look, stack) if look and words.startswith(begins) else hint) for words, hint in told
        ]
    return tuple(told)


def outcome_of(run: Run, findings: Sequence[Finding]) -> str:
    """How a run that failed ended, in one word."""
    if run.interrupted:
        return "interrupted"
    return "failed" if any(one.id == "engine" for one in findings) else "refused"


def status_after(run: Run, findings: Sequence[Finding]) -> int:
    """The exit status of a run that failed."""
    if run.interrupted:
        return INTERRUPTED
    return ENGINE if any(one.id == "engine" for one in findings) else status_of(findings)


def show_done(session: Session, run: Run) -> None:
    """What a run that failed has done all the same."""
    from scripts.engine.telling import counts

    failed = sum(one.operation == "failed" for one in run.step.changes)
    if run.step.changes:
        done = counts(run.step) or "nothing done"
        session.err.print(f"{done}, {failed} failed" if failed else done, style="bold", soft_wrap=True)


def show_findings(session: Session, findings: Sequence[Finding]) -> None:
    """Findings on stderr, the gravest last: it is the last line that is read."""
    from scripts.cli.findings import STYLES, finding_text

    for level in reversed(Level):
        for finding in findings:
            if finding.level is level:
                session.err.print(finding_text(finding), style=STYLES[level], soft_wrap=True)
