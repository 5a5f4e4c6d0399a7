"""`gpufleet up`: bring a stack to what its spec says, with the real engine, after a look and a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from components.clock import today
from components.errors import Finding
from scripts.cli.assess import Assessment, assess, name_of
from scripts.cli.deploying import (
    DECLINED,
    Yes,
    ask,
    failure,
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
    """Deploy a stack with Pulumi: preview it, show the cost and what is replaced or lost, ask, and do just that.

    Runs the project's own program in your own backend, always under the policy pack.
    """
    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    from scripts.deploy.target import target_of
    from scripts.engine.find import find

    target = target_of(stack)
    found = assess(stack, today())
    if status_of(found.findings):
        return _Up(session, found, None, yes).end("blocked", found.findings)
    require_answer(session, yes, "up")
    installation = find()
    require_sdk(found.plan.cloud, "up")
    from scripts.deploy.deployment import opened

    with opened(installation, target, stopping(session)) as deployment:
        return _Up(session, found, deployment, yes).run()


class _Up:
    """One `gpufleet up`, from the state to the summary."""

    def __init__(self, session: Session, found: Assessment, deployment: Deployment | None, yes: bool) -> None:
        self._session, self._found, self._yes = session, found, yes
        self._given = deployment
        self._steps: list[Run] = []
        self._stack = found.plan.stack

    @property
    def _deployment(self) -> Deployment:
        assert self._given is not None
        return self._given

    def run(self) -> int:
        file = self._deployment.state()
        if file is None:
            if not (self._yes or ask(f"There is no stack {self._stack} in this backend. Make it?")):
                return self.end("declined", ())
            self._deployment.make()
            self._session.note(f"made the stack {self._stack}")
            file = self._deployment.state()
        assert file is not None
        state, exported = state_of(self._deployment, file)
        left = unsettled(exported, self._stack)
        if status_of(left):
            return self.end("blocked", left)
        return self._preview(state, exported, left)

    def _preview(self, state: State, exported: Mapping[str, Any], left: tuple[Finding, ...]) -> int:
        from scripts.deploy.outlook import changed_outputs, left_to_others, meaning

        old, new, seen = self._look(state)
        moving = left_to_others(seen.step.changes, exported)
        if moving and not (seen.step.error or seen.broken):
            with self._session.progress(f"looking what others have made of what {self._stack} leaves to them"):
                known = self._deployment.refresh(moving, lambda event: None)
            self._steps.append(known)
            file = self._deployment.state()
            if known.step.error or file is None:
                why = failure(known)
                return self.end(outcome_of(known, why), why, known)
            state, exported = state_of(self._deployment, file)
            old, new, seen = self._look(state)
        if seen.step.error or seen.broken:
            why = failure(seen)
            return self.end(outcome_of(seen, why), why, seen)
        outputs = changed_outputs(seen, exported)
        if not seen.step.changes and not outputs:
            return self.end("unchanged", left)
        told = meaning(
            seen.step.changes,
            state,
            cloud=self._found.plan.cloud,
            stack=self._stack,
            accelerators_of=self._found.planned.accelerators,
        )
        if not (self._yes and self._session.quiet):
            self._show(seen, outputs, (*left, *told))
        if not (self._yes or ask("Do this?")):
            return self.end("declined", (*left, *told))
        return self._apply(old, new, (*left, *told))

    def _look(self, state: State) -> tuple[Sizes, Sizes, Run]:
        """The sizes of the node groups before and after, and the run of the engine that only looks."""
        from scripts.deploy.outlook import sizes_of
        from scripts.engine.steps import sizes

        old = sizes_of(state, self._found.plan.cloud, self._found.planned.accelerators)
        new = sizes(self._found.plan, old)
        with self._session.progress(f"previewing {self._stack}, with the policy pack"):
            seen = self._deployment.preview(old, new, lambda event: None)
        self._steps.append(seen)
        return old, new, seen

    def _apply(self, old: Sizes, new: Sizes, told: tuple[Finding, ...]) -> int:
        from scripts.deploy.progress import Progress

        with telling(self._session) as (done, doing):
            run = self._deployment.up(old, new, Progress(self._stack, done, doing))
        self._steps.append(run)
        if not run.step.error:
            return self.end("deployed", told, run)
        file = self._deployment.state()
        exported = None if file is None else state_of(self._deployment, file)[1]
        left = () if exported is None else unsettled(exported, self._stack)
        why = failure(run, exported, self._stack)
        return self.end(outcome_of(run, why), (*left, *why), run)

    def _show(self, seen: Run, outputs: list[str], told: tuple[Finding, ...]) -> None:
        """What is confirmed. It is no product, so it goes to where the question is asked."""
        from scripts.cli.deployed import cost_lines
        from scripts.cli.summary import title
        from scripts.deploy.outlook import lines

        say = self._session.err.print
        say(title(self._found.plan))
        for line in cost_lines(self._found.cost):
            say(line, soft_wrap=True)
        say()
        for line in lines(seen.step, self._stack, self._found.plan.cloud):
            say(line, soft_wrap=True)
        if outputs and not seen.step.changes:
            say(f"only outputs of the stack change: {', '.join(outputs)}")
        say()
        show_findings(self._session, told)

    def end(self, outcome: str, findings: tuple[Finding, ...], run: Run | None = None) -> int:
        """Print how it ended; the exit status."""
        status = _status(outcome, findings, run)
        if self._session.json:
            from components.cost.report import to_document

            self._session.emit(
                {
                    "outcome": outcome,
                    "steps": [one.step.to_json() for one in self._steps],
                    "cost": to_document(self._found.cost),
                    "outputs": _public(run),
                    "findings": [one.to_dict() for one in findings],
                }
            )
            return status
        self._say(outcome, findings, run)
        return status

    def _say(self, outcome: str, findings: tuple[Finding, ...], run: Run | None) -> None:
        from scripts.cli.deployed import after_up

        if outcome in ("deployed", "unchanged"):
            done = run.step if run is not None and outcome == "deployed" else None
            for line in after_up(self._stack, done, _public(run), self._found.cost, self._found.plan.budget):
                self._session.print(line, soft_wrap=True)
            return
        if outcome == "declined":
            self._session.print(f"Nothing was changed on {self._stack}.")
            return
        if run is not None and run.step.kind == "up":
            show_done(self._session, run)
        show_findings(self._session, findings)


def _status(outcome: str, findings: tuple[Finding, ...], run: Run | None) -> int:
    if outcome == "declined":
        return DECLINED
    if run is not None and outcome != "deployed":
        return status_after(run, findings)
    return 0 if outcome in ("deployed", "unchanged") else status_of(findings)


def _public(run: Run | None) -> dict[str, Any]:
    """The stack's outputs without its secrets."""
    return {} if run is None else {name: value for name, value in run.outputs.items() if name != "kubeconfig"}
