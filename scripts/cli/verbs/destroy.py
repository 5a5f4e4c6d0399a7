"""`gpufleet destroy`: delete all that a stack has, after saying what is lost and hearing its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.errors import Finding, Level
from scripts.cli.assess import Planned, name_of, planned
from scripts.cli.deploying import (
    DECLINED,
    Yes,
    ask_name,
    failure,
    no_stack,
    outcome_of,
    require_answer,
    require_sdk,
    show_done,
    show_findings,
    state_of,
    status_after,
    stopping,
    telling,
    unsettled,
)
from scripts.cli.options import Output, Quiet, Stack, Verbose
from scripts.cli.session import Session, begin, status_of

if TYPE_CHECKING:
    from scripts.deploy.deployment import Deployment, Run
    from scripts.engine.steps import Sizes
    from scripts.preview.state import State


def command(
    stack: Stack, yes: Yes = False, output: Output = "text", verbose: Verbose = False, quiet: Quiet = False
) -> int:
    """Delete everything that a stack has, with Pulumi: show what is lost, ask for its name, and do it."""
    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    from scripts.deploy.target import target_of
    from scripts.engine.find import find

    target = target_of(stack)
    made = planned(stack)
    require_answer(session, yes, "destroy")
    installation = find()
    require_sdk(made.plan.cloud, "destroy")
    from scripts.deploy.deployment import opened

    with opened(installation, target, stopping(session)) as deployment:
        return _Destroy(session, made, deployment, yes).run()


class _Destroy:
    """One `gpufleet destroy`, from the state to the summary."""

    def __init__(self, session: Session, made: Planned, deployment: Deployment, yes: bool) -> None:
        self._session, self._made, self._yes = session, made, yes
        self._deployment = deployment
        self._steps: list[Run] = []
        self._stack = made.stack

    def run(self) -> int:
        file = self._deployment.state()
        if file is None:
            raise no_stack(self._stack)
        state, exported = state_of(self._deployment, file)
        left = unsettled(exported, self._stack)
        if status_of(left):
            return self._end("blocked", left)
        if not state.resources:
            return self._end("nothing", left)
        held = _held(state, self._stack)
        if held:
            return self._end("blocked", (*left, *held))
        return self._preview(state, left)

    def _preview(self, state: State, left: tuple[Finding, ...]) -> int:
        from scripts.deploy.outlook import lines, meaning, sizes_of

        cloud, old = self._made.plan.cloud, sizes_of(state, self._made.plan.cloud, self._made.accelerators)
        with self._session.progress(f"looking at what is to be destroyed of {self._stack}"):
            seen = self._deployment.preview_destroy(old, lambda event: None)
        self._steps.append(seen)
        if seen.step.error:
            why = failure(seen)
            return self._end(outcome_of(seen, why), why, seen)
        told = meaning(
            seen.step.changes, state, cloud=cloud, stack=self._stack, accelerators_of=self._made.accelerators
        )
        if not (self._yes and self._session.quiet):
            for line in lines(seen.step, self._stack, cloud):
                self._session.err.print(line, soft_wrap=True)
            self._session.err.print()
            show_findings(self._session, (*left, *told))
        if not (self._yes or ask_name(self._stack)):
            return self._end("declined", (*left, *told))
        return self._apply(old, (*left, *told))

    def _apply(self, old: Sizes, told: tuple[Finding, ...]) -> int:
        from scripts.deploy.progress import Progress

        with telling(self._session) as (done, doing):
            run = self._deployment.destroy(old, Progress(self._stack, done, doing))
        self._steps.append(run)
        if not run.step.error:
            return self._end("destroyed", told, run)
        why = failure(run)
        file = self._deployment.state()
        left = () if file is None else unsettled(state_of(self._deployment, file)[1], self._stack)
        return self._end(outcome_of(run, why), (*left, *why), run)

    def _end(self, outcome: str, findings: tuple[Finding, ...], run: Run | None = None) -> int:
        """Print how it ended; the exit status."""
        done = outcome in ("destroyed", "nothing")
        failed = run is not None and not done
        status = DECLINED if outcome == "declined" else 0 if done else status_of(findings)
        if failed and run is not None:
            status = status_after(run, findings)
        if self._session.json:
            self._session.emit(
                {
                    "outcome": outcome,
                    "steps": [one.step.to_json() for one in self._steps],
                    "findings": [one.to_dict() for one in findings],
                }
            )
        elif done:
            from scripts.cli.deployed import after_destroy

            for line in after_destroy(self._stack, run.step if run is not None else None):
                self._session.print(line, soft_wrap=True)
        elif outcome == "declined":
            self._session.print(f"Nothing was deleted of {self._stack}.")
        else:
            if run is not None and run is not self._steps[0]:
                show_done(self._session, run)
            show_findings(self._session, findings)
        return status


def _held(state: State, stack: str) -> tuple[Finding, ...]:
    """What is protected keeps all of it: told before the engine starts, with the way out."""
    names = [one.name.removeprefix(f"{stack}-") for one in state.resources.values() if one.protect]
    if not names:
        return ()
    message = f"{len(names)} protected resource(s) keep it from being destroyed: {', '.join(names)}"
    hint = (
        f"their data is lost with them. If that is meant: `protect: false` in the stack's file, gpufleet up {stack}, "
        f"then this again. To keep them and delete the rest: pulumi destroy --exclude-protected --stack {stack}"
    )
    return (Finding(id="protected", level=Level.MANDATORY, path=stack, message=message, hint=hint),)
