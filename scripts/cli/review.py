"""Look at several stacks, or at stacks against what they were: `check`, `cost` and `preview` with their options.

What goes wrong with one stack, or with what it is compared with, is a finding of that stack; all others are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from components.cost.difference import CostDifference, difference
from components.cost.estimate import report_for
from components.cost.model import CostReport
from components.errors import CatalogError, Finding, InputError, Level
from components.plan.differences import ABSENT, splits
from components.records import record
from components.spec.project import find_project, find_stack
from policies.subject import Baseline
from scripts.baseline.git import Repository
from scripts.baseline.past import CachedProject
from scripts.baseline.sources import Before, Source, of_commit, source_of
from scripts.baseline.touched import Touched, touched
from scripts.cli.assess import Assessment, Planned, assess_planned, graver_first, planned
from scripts.report.review import Difference, Edit, Previewed, Review, StackReview

if TYPE_CHECKING:
    from scripts.preview.compare import Comparison


@record(kw_only=True)
class Request:
    """What a command line asks for: a verb, its stacks, and what they are compared with."""

    verb: str
    stacks: tuple[str, ...]
    on: date
    compare_to: str | None = None
    changed_since: str | None = None


@record
class Target:
    """A stack to look at: its name, its file, and why, where nobody asked for it by name."""

    name: str
    file: Path
    reasons: tuple[str, ...] = ()
    gone: bool = False
    wrong: tuple[Finding, ...] = ()


def review(asked: Request) -> Review:
    """Everything that a request asks for; what it asks for and cannot have is a finding."""
    work = _Work(asked)
    try:
        targets = work.targets()
        stacks = tuple(work.stack(one) for one in targets)
    finally:
        work.close()
    name = work.source.name if work.source is not None else None
    return Review(
        verb=asked.verb,
        on=asked.on,
        stacks=stacks,
        findings=tuple(work.findings),
        baseline=name,
        since=asked.changed_since,
    )


class _Work:
    """One request being answered."""

    def __init__(self, asked: Request) -> None:
        self._asked = asked
        self._project = CachedProject.of(find_project())
        self.findings: list[Finding] = []
        self.source: Source | None = None
        if asked.compare_to is not None:
            try:
                self.source = source_of(asked.compare_to, self._project)
            except InputError as error:  # the stacks themselves are shown all the same
                self.findings += error.findings

    def close(self) -> None:
        if self.source is not None:
            self.source.close()

    def targets(self) -> list[Target]:
        """The stacks of the request: those that are named, or those of them that a change touches."""
        asked = self._asked
        if asked.changed_since is None:
            return [self._named(stack) for stack in dict.fromkeys(asked.stacks)]
        try:
            repository = Repository(self._project.root)
            commit = repository.commit(asked.changed_since)
            if commit is None:
                raise InputError(repository.missing(asked.changed_since))
        except InputError as error:
            self.findings += error.findings
            return [self._named(stack) for stack in asked.stacks]
        commit = repository.merge_base(commit)
        if self.source is None and asked.compare_to is None:
            self.source = of_commit(asked.changed_since, repository, commit, self._project)
        return self._touched(touched(repository.changed(commit), repository, self._project))

    def _touched(self, found: Touched) -> list[Target]:
        named = [self._named(stack) for stack in self._asked.stacks]
        wanted = {one.name for one in named}
        known = self._project.stacks()
        targets = [Target(name, known[name], reasons) for name, reasons in found.stacks.items()]
        targets += [Target(name, file, ("its file is gone",), gone=True) for name, file in found.gone.items()]
        return [*(one for one in named if one.wrong), *(one for one in targets if not wanted or one.name in wanted)]

    def _named(self, stack: str) -> Target:
        try:
            name, file = find_stack(stack, self._project)
        except InputError as error:
            return Target(stack, self._project.stack_dir, wrong=error.findings)
        return Target(name, file)

    def stack(self, target: Target) -> StackReview:
        """One stack with whatever can be said of it."""
        shown = self._project.shown(target.file)
        if target.wrong:
            return StackReview(stack=target.name, file="", findings=target.wrong)
        if target.gone:
            return self._gone(target, shown)
        try:
            return self._planned(target, shown, planned(_path(target.file), self._project))
        except InputError as error:
            findings = graver_first(error.findings)
        except CatalogError as error:
            findings = (Finding(id="catalog", level=Level.ERROR, message=str(error), file=shown),)
        return StackReview(stack=target.name, file=shown, reasons=target.reasons, findings=findings)

    def _planned(self, target: Target, shown: str, made: Planned) -> StackReview:
        on = self._asked.on
        cost = report_for(made.plan, made.catalog, on)
        before = None if self.source is None else self.source.before(target.name, target.file, cost, on)
        told = before.findings if before is not None else ()
        seen = self._previewed(made, before)
        found = seen.assessment or self._assessed(made, cost, before)
        findings = found.findings if found is not None else made.plan.findings
        return StackReview(
            stack=target.name,
            file=shown,
            reasons=target.reasons,
            findings=graver_first((*findings, *told, *seen.findings)),
            cost=found.cost if found is not None else cost,
            assessment=found,
            before=before.cost if before is not None else None,
            difference=None if before is None else _difference(before, made, seen.cost or cost, seen.comparison),
            resources=seen.resources,
        )

    def _previewed(self, made: Planned, before: Before | None) -> Previewed:
        if self._asked.verb != "preview":
            return Previewed()
        from scripts.cli.review_preview import preview

        return preview(made, before, self._asked.on)

    def _assessed(self, made: Planned, cost: CostReport, before: Before | None) -> Assessment | None:
        if self._asked.verb == "cost":
            return None
        return assess_planned(made, cost, self._asked.on, baseline_of(before))

    def _gone(self, target: Target, shown: str) -> StackReview:
        before = None if self.source is None else self.source.before(target.name, target.file, None, self._asked.on)
        message = f"{target.name} is gone: its stack file {shown} is deleted"
        hint = f"what it deployed stays and is paid for until: pulumi destroy --stack {target.name}"
        gone = Finding(id="stack-gone", level=Level.ADVISORY, message=message, hint=hint)
        told = before.findings if before is not None else ()
        made: Difference | None = None
        if before is not None:
            cost = None if before.cost is None else difference(before.cost, None, before.repriced)
            made = Difference(baseline=before.name, state="gone", cost=cost)
        return StackReview(
            stack=target.name,
            file=shown,
            reasons=target.reasons,
            findings=(gone, *told),
            before=before.cost if before is not None else None,
            difference=made,
        )


def baseline_of(before: Before | None) -> Baseline | None:
    """What rules hold a change against: nothing for a stack that is new costs nothing before; unknown stays unknown."""
    if before is None:
        return None
    if before.state == "new":
        return Baseline(name=before.name, monthly_max=Decimal(0))
    known = before.cost is not None and not before.cost.unpriced
    return Baseline(name=before.name, monthly_max=before.cost.monthly.max if before.cost and known else None)


def _difference(before: Before, made: Planned, cost: CostReport, comparison: Comparison | None) -> Difference:
    lies_between: CostDifference | None = None
    if before.state == "there":
        lies_between = difference(before.cost, cost, before.repriced)
    elif before.state == "new":
        lies_between = difference(None, cost)
    edits = () if before.planned is None else edits_of(before.planned, made)
    return Difference(
        baseline=before.name,
        state=before.state,
        cost=lies_between,
        edits=edits,
        resources=comparison,
        other=before.other,
    )


def edits_of(old: Planned, new: Planned) -> tuple[Edit, ...]:
    """The paths at which two specs differ, as they are written; of a list the items that do."""
    found = splits([old.loaded.value, new.loaded.value])
    return tuple(edit for one in found for edit in _edits(".".join(map(str, one.path)), *one.values))


def _edits(path: str, old: Any, new: Any) -> Iterator[Edit]:
    if not (isinstance(old, list) and isinstance(new, list)):
        yield Edit(path=path, old=None if old is ABSENT else old, new=None if new is ABSENT else new)
        return
    items = zip_longest(cast("list[Any]", old), cast("list[Any]", new))
    yield from (Edit(path=f"{path}.{place}", old=was, new=is_) for place, (was, is_) in enumerate(items) if was != is_)


def _path(file: Path) -> str:
    """A file so that it is taken for a path, whatever it is called."""
    return f"{file.parent}/{file.name}"
