"""`gpufleet check STACK --state FILE`: the rules over what exists, from an export of the stack, without any engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.errors import Finding, InputError, Level
from components.spec.loader import LoadedSpec, load
from components.spec.models import ClusterSpec
from components.spec.project import find_project
from policies.case import Case, case_of
from policies.engine import Judgement, evaluate
from policies.state import resources_of
from scripts.cli.assess import graver_first
from scripts.cli.session import Session, begin, status_of
from scripts.preview.state import dicts, read_deployment

if TYPE_CHECKING:
    from rich.text import Text


def run(stack: str, file: Path, output: str, on: date, *, verbose: bool, quiet: bool) -> int:
    """Judge a state and print it; the exit status. Raises InputError where the file is no export of the stack."""
    session = begin(stack, output, verbose=verbose, quiet=quiet)
    deployment = read_deployment(file, stack)
    resources = resources_of(deployment)
    _check_stack(deployment, stack, file)
    loaded = _spec(stack)
    case = case_of(resources, stack=stack, environment=stack, config=loaded, on=on)
    judgement = evaluate(case.subject, case.settings)
    located = judgement.findings if loaded is None else tuple(_located(one, loaded) for one in judgement.findings)
    spec = tuple(one for one in case.findings if one not in case.settings.findings)
    findings = graver_first((*spec, *located))
    if session.json:
        from components.cost.report import to_document

        session.emit(
            {
                "findings": [one.to_dict() for one in findings],
                "rules": [one.to_dict() for one in judgement.verdicts],
                "waivers": [one.to_dict() for one in judgement.waivers],
                "cost": to_document(case.subject.cost),
            }
        )
    else:
        _print(session, case, judgement, findings, _title(stack, file, resources, case, loaded))
    return status_of(findings)


def _spec(stack: str) -> LoadedSpec | None:
    """The stack's spec, where the project at hand has one: a state of any other program is judged by itself."""
    try:
        project = find_project()
    except InputError:
        return None
    return load(stack, project) if stack in project.stacks() else None


def _located(finding: Finding, loaded: LoadedSpec) -> Finding:
    """The finding with its line in the spec; one that names a resource has none."""
    field = finding.path.partition(".")[0]
    return finding.at(loaded.place(finding.path)) if field in ClusterSpec.model_fields else finding


def _check_stack(deployment: dict[str, Any], stack: str, file: Path) -> None:
    """Raises InputError where the state is another stack's."""
    urns = [str(one.get("urn")) for one in dicts(deployment.get("resources"))]
    found = {urn.split("::", 1)[0].removeprefix("urn:pulumi:") for urn in urns} - {stack}
    if found:
        message = f"{file} is the state of {', '.join(sorted(found))}, not of {stack}"
        hint = f"write it with: pulumi stack export --stack {stack} --file {file.name}"
        raise InputError(Finding(id="state-other-stack", level=Level.ERROR, message=message, hint=hint))


def _title(stack: str, file: Path, resources: list[dict[str, Any]], case: Case, loaded: LoadedSpec | None) -> Text:
    from rich.text import Text

    by = "with its spec" if loaded is not None else "with the spec that it exports" if case.subject.planned else "alone"
    told = f"  {len(resources):,} resources of {file}, judged {by} as {case.subject.environment}"
    return Text.assemble((stack, "bold"), told)


def _print(session: Session, case: Case, judgement: Judgement, findings: tuple[Finding, ...], title: Text) -> None:
    from scripts.cli.findings import print_findings, print_rules, print_verdict
    from scripts.cli.summary import cost_line

    session.print(title, soft_wrap=True)
    session.print()
    print_findings(session, findings)
    print_rules(session, judgement.verdicts, judgement.waivers)
    session.print(cost_line(case.subject.cost, case.subject.budget), soft_wrap=not session.out.is_terminal)
    session.print()
    print_verdict(session, findings)
