"""`gpufleet check STACK --fix`: the edits of the stack file that its rules propose, as a diff, and made when told."""

from __future__ import annotations

from datetime import date
from difflib import unified_diff
from pathlib import Path

from components.cost.estimate import report_for
from components.errors import InputError
from components.records import record
from components.spec.kinds import kind_at, may_differ
from components.spec.project import find_project, find_stack
from policies.fixes import Proposal, proposals
from policies.from_plan import subject_of
from scripts.cli.assess import Planned, planned, settings
from scripts.cli.session import Session
from scripts.cli.stack_file.edit import CannotEdit, edited
from scripts.cli.stack_file.place import write as write_file


@record(kw_only=True)
class Fix:
    """What is proposed for one stack file: its text before and after, the edits in it, and those that are not for it."""

    file: Path
    shown: str
    before: str
    after: str
    made: tuple[Proposal, ...]
    left: tuple[tuple[Proposal, str], ...]

    @property
    def diff(self) -> str:
        """The edits as a unified diff; empty where there are none."""
        lines = (self.before.splitlines(keepends=True), self.after.splitlines(keepends=True))
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in unified_diff(*lines, fromfile=f"a/{self.shown}", tofile=f"b/{self.shown}")
        )

    def write(self) -> None:
        """Make the edits. Raises InputError where the file cannot be written."""
        write_file(self.file, self.after, force=True)


def fix_of(stack: str, on: date) -> Fix:
    """The fix of a stack on a day. Raises InputError where there is no plan."""
    made = planned(stack)
    subject = subject_of(made.plan, report_for(made.plan, made.catalog, on), on)
    project = find_project()
    _, file = find_stack(stack, project)
    with file.open(encoding="utf-8", newline="") as opened:  # line endings stay as they are
        before = opened.read()
    shown = project.shown(file)
    after = before
    done: list[Proposal] = []
    left: list[tuple[Proposal, str]] = []
    for one in proposals(subject, settings(made.plan, on)):
        why = _not_here(one, made, shown)
        if not why:
            try:
                after = edited(after, one.edit.path, one.edit.value)
            except CannotEdit as error:
                why = str(error)
        if why:
            left.append((one, why))
        else:
            done.append(one)
    return Fix(file=file, shown=shown, before=before, after=after, made=tuple(done), left=tuple(left))


def _not_here(one: Proposal, made: Planned, shown: str) -> str:
    """Why an edit is not for the stack file; "" where it is. A blueprint is shared, and never edited for one stack."""
    path = tuple(one.edit.path.split("."))
    place = made.loaded.places.get(path)
    in_stack = place is not None and place.file == shown
    if one.edit.value is None:
        return "" if in_stack else f"{place.file if place else 'the blueprint'} says so, which other stacks share"
    if in_stack or kind_at(path) != "shape" or may_differ(path, made.loaded.spec.may_differ) is not None:
        return ""
    return f"it is shape: change it in the blueprint {made.loaded.spec.blueprint}, for all its stacks"


def show(session: Session, fix: Fix, *, written: bool) -> None:
    """The diff, what each edit is for, and what stays to be done elsewhere."""
    if fix.diff:
        session.lines(fix.diff)
    for one in fix.made:
        session.lines(f"{'fixed' if written else 'would fix'}  {one.rule}: {one.message}")
    for one, why in fix.left:
        session.lines(f"left  {one.rule}: {one.edit.path}: {why}")
    if not fix.made:
        session.lines("nothing here can be fixed without a choice that is yours")
    elif not written:
        session.lines("nothing was changed; --write makes these edits")
    session.lines(" ")


def none_if_broken(stack: str, on: date) -> Fix | None:
    """The fix, or None where the spec has errors, which a check of it tells."""
    try:
        return fix_of(stack, on)
    except InputError:
        return None
