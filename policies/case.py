"""What the pack judges: registered resources, with the plan of their stack where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from components.catalog import load
from components.errors import Finding, InputError, Level
from components.plan.model import ClusterPlan
from components.plan.planner import plan
from components.records import record
from components.spec.loader import LoadedSpec, load_config
from components.spec.models import ClusterSpec
from components.spec.problems import findings_of
from components.spec.project import find_project
from policies.engine import judged_as
from policies.from_plan import judges
from policies.readers.program import subject_of_program
from policies.resolve import settings_for
from policies.settings import Settings, settings_of
from policies.subject import Subject

Json = Mapping[str, Any]
STACK = "pulumi:pulumi:Stack"
SPEC_OUTPUT = "spec"
CATALOG_OUTPUT = "catalog_version"
CLUSTER = "gpu-fleet:", ":GpuCluster"
"""How the type of a cluster's component begins and ends."""


@record(kw_only=True)
class Case:
    """A subject with its settings, and what was found while its spec was read."""

    subject: Subject
    settings: Settings
    findings: tuple[Finding, ...] = ()


def case_of(
    resources: Sequence[Json],
    *,
    stack: str,
    environment: str,
    config: str | LoadedSpec | None,
    on: date,
    pack: Mapping[str, Any] | None = None,
    root: Path | None = None,
) -> Case:
    """The case of a program's resources.

    `config` is the stack's `gpu-fleet:cluster` as JSON, or loaded. Without it the stack's exported spec is taken; a program that
    has neither is judged as resources alone, in `environment`. A spec that cannot be read is a finding. `pack` is what
    the run was configured with (see `policies.config`), `root` the folder of the project (default: the one at hand).
    """
    planned, findings = _planned(resources, stack, config)
    subject = subject_of_program(resources, planned, on, stack=stack, environment=environment)
    settings = settings_for(
        settings_of(planned.policy) if planned else Settings(),
        environment=subject.environment,
        budget=subject.budget.usd_per_month,
        on=on,
        root=root or _root(),
        pack=pack,
    )
    return Case(subject=judged_as(subject, settings), settings=settings, findings=(*findings, *settings.findings))


def _root() -> Path | None:
    """The folder of the project at hand; also where its Pulumi.yaml says what our reader refuses, as another's may."""
    try:
        return find_project().root
    except InputError:
        here = Path.cwd()
        return next((folder for folder in (here, *here.parents) if (folder / "Pulumi.yaml").is_file()), None)


def _planned(
    resources: Sequence[Json], stack: str, config: str | LoadedSpec | None
) -> tuple[ClusterPlan | None, tuple[Finding, ...]]:
    try:
        loaded = _loaded(resources, stack, config)
        if loaded is None:
            return None, tuple(_of_outputs(resources, stack, None))
        made = plan(loaded)
        told = tuple(_of_outputs(resources, stack, loaded))
    except InputError as error:
        return None, error.findings
    if judges(made.cloud):
        # The program itself tells what is advisory.
        return made, (*told, *(finding for finding in made.findings if finding.level is not Level.ADVISORY))
    message = f"the pack cannot judge a cluster on {made.cloud!r} yet"
    return None, (Finding(id="cloud", level=Level.ERROR, path="cloud", message=message),)


def _loaded(resources: Sequence[Json], stack: str, config: str | LoadedSpec | None) -> LoadedSpec | None:
    """The spec of the config, else the one that the program exported. Raises InputError where neither can be read.

    A config names its blueprint by file, which a pack that runs elsewhere may not see; the exported spec is whole.
    """
    if isinstance(config, LoadedSpec):
        return config
    if config is None:
        return _exported(resources, stack)
    try:
        return load_config(config, stack)
    except InputError:
        exported = _exported(resources, stack)
        if exported is None:
            raise
        return exported


def _exported(resources: Sequence[Json], stack: str) -> LoadedSpec | None:
    """The canonical spec that the program exports, so that a state can be judged without its config."""
    for resource in resources:
        value = resource["inputs"].get(SPEC_OUTPUT) if resource["type"] == STACK else None
        if not _is_spec(value):
            continue
        written = cast("Mapping[str, Any]", value)
        try:
            return LoadedSpec(stack, ClusterSpec.model_validate(written), written, {}, ())
        except ValidationError as error:
            raise InputError(findings_of(error, dict(written), {})) from None
    return None


def _of_outputs(resources: Sequence[Json], stack: str, loaded: LoadedSpec | None) -> Iterator[Finding]:
    """What is wrong with what the program exported beside its resources: that by which a state can be judged alone.

    A stack that is about to be made has exported nothing yet: then its config is all there is.
    """
    ours = any(str(one["type"]).startswith(CLUSTER[0]) and str(one["type"]).endswith(CLUSTER[1]) for one in resources)
    if loaded is None and ours:
        message = "the state has a cluster and no spec of it: an export of another version, or its outputs were edited"
        hint = "run gpufleet up, which exports it again; or give the pack the stack's config"
        yield Finding(id="exported-spec", level=Level.ERROR, path=SPEC_OUTPUT, message=message, hint=hint)
    exported = _exported(resources, stack)
    if loaded is None or exported is None:
        return
    if exported.spec != loaded.spec:
        message = "the spec that was deployed is not the one of the config"
        hint = "compare them: gpufleet preview --state; then deploy, or take the edit back"
        yield Finding(id="exported-spec", level=Level.MANDATORY, path=SPEC_OUTPUT, message=message, hint=hint)
    was: Any = next((one["inputs"].get(CATALOG_OUTPUT) for one in resources if one["type"] == STACK), None)
    now = load(loaded.spec.cloud).version
    if was is None:
        message = "the state does not say with which catalogue it was planned"
        hint = "run gpufleet up, which exports it again"
        yield Finding(id="exported-catalog", level=Level.ERROR, path=CATALOG_OUTPUT, message=message, hint=hint)
    elif was != now:
        message = f"it was deployed with the catalogue {was}, and is judged with {now}: prices and facts may differ"
        hint = "run gpufleet up to plan with today's"
        yield Finding(id="exported-catalog", level=Level.ADVISORY, path=CATALOG_OUTPUT, message=message, hint=hint)


def _is_spec(value: Any) -> bool:
    """Whether an output is a spec, and not what some other program calls so."""
    return isinstance(value, Mapping) and "blueprint" in value
