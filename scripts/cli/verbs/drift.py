"""`gpufleet drift`: what somebody changed behind Pulumi's back. Nothing is changed, not even the state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.text import Text

from components.errors import Finding, Level
from scripts.cli.assess import Planned, name_of, planned
from scripts.cli.deploying import (
    failure,
    no_stack,
    require_sdk,
    show_findings,
    state_of,
    status_after,
    stopping,
    unsettled,
)
from scripts.cli.options import Output, Quiet, Stack, Verbose
from scripts.cli.session import Session, begin, status_of

if TYPE_CHECKING:
    from scripts.deploy.deployment import Deployment
    from scripts.deploy.drift import Difference


def command(stack: Stack, output: Output = "text", verbose: Verbose = False, quiet: Quiet = False) -> int:
    """Show how a stack's resources differ from what was deployed. Changes nothing, not even the state.

    Exit status: 0 no difference, 1 differences, 2 the input is wrong, 3 the engine or the cloud failed.
    """
    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    from scripts.deploy.target import target_of
    from scripts.engine.find import find

    target = target_of(stack)
    made = planned(stack)
    installation = find()
    require_sdk(made.plan.cloud, "drift")
    from scripts.deploy.deployment import opened

    with opened(installation, target, stopping(session)) as deployment:
        return _look(session, made, deployment)


def _look(session: Session, made: Planned, deployment: Deployment) -> int:
    from scripts.deploy.drift import Drift

    file = deployment.state()
    if file is None:
        raise no_stack(made.stack)
    exported = state_of(deployment, file)[1]
    left = unsettled(exported, made.stack)
    drift = Drift(exported)
    with session.progress(f"asking the cloud about every resource of {made.stack}"):
        run = deployment.drift(drift)
    if run.step.error:
        found = (*left, *failure(run))
        _show(session, made.stack, (), found, run.step.same)
        return status_after(run, found)
    differences = drift.differences(run.step.changes)
    found = (*left, *_finding(differences, made.stack))
    _show(session, made.stack, differences, found, run.step.same)
    return status_of(found)


def _finding(differences: tuple[Difference, ...], stack: str) -> tuple[Finding, ...]:
    if not differences:
        return ()
    names = {one.name for one in differences}
    message = f"{len(names)} resource(s) are not as they were deployed"
    hint = (
        f"to have it as deployed: pulumi refresh --stack {stack}, then gpufleet up {stack}; to keep it: write it into "
        "the spec as well, before that"
    )
    return (Finding(id="drift", level=Level.MANDATORY, path=stack, message=message, hint=hint),)


def _show(
    session: Session, stack: str, differences: tuple[Difference, ...], findings: tuple[Finding, ...], same: int
) -> None:
    if session.json:
        told = [one.to_json() for one in differences]
        session.emit({"differences": told, "same": same, "findings": [one.to_dict() for one in findings]})
        return
    for one in differences:
        session.print(_line(one, stack), soft_wrap=True)
    if not differences and not status_of(findings):
        session.print(Text(f"✓ {stack} is as it was deployed: {same} resources", "bold green"))
    show_findings(session, findings)


def _line(one: Difference, stack: str) -> Text:
    name = one.name.removeprefix(f"{stack}-")
    text = Text.assemble(("- " if one.kind == "gone" else "~ ", "yellow"), (name, "bold"), (f" ({one.type})", "dim"))
    if one.kind == "gone":
        return text.append(": is gone")
    if not one.path:
        return text.append(": differs")
    return text.append(f": {one.path} is {_value(one.found)}, should be {_value(one.expected)}")


def _value(value: Any) -> str:
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)
