"""The Pulumi program: config becomes a spec, a plan, the cloud's cluster and the stack's outputs."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from components import sdk_imports
from components.catalog import Catalog, load
from components.cost.estimate import report_for
from components.errors import InputError, Level
from components.plan.document import plan_hash
from components.plan.model import ClusterPlan
from components.plan.planner import plan as plan_of
from components.spec.loader import NAMESPACE, LoadedSpec, load_config

# The package of each cloud: it has `build(plan) -> Outputs`. Imported only when a stack names it.
_CLOUDS: dict[str, str] = {"aws": "components.aws", "gcp": "components.gcp"}


def main() -> None:
    """What `stacks/__main__.py` runs. Bad input ends the run with every problem and no traceback."""
    import pulumi

    try:
        loaded = load_config(pulumi.Config(NAMESPACE).require("cluster"), pulumi.get_stack())
        plan = plan_of(loaded)
    except InputError as error:
        for finding in error.findings:
            pulumi.log.error(f"{finding}\n  hint: {finding.hint}" if finding.hint else str(finding))
        raise pulumi.RunError(f"{len(error.findings)} problem(s) in the spec; nothing was changed") from None
    for finding in plan.findings:
        if finding.level is not Level.ERROR:
            pulumi.log.warn(str(finding))
    deploy(plan, loaded)


def deploy(plan: ClusterPlan, loaded: LoadedSpec) -> None:
    """Registers the plan's resources and exports the stack's outputs."""
    sdk_imports.install()
    outputs = import_module(_CLOUDS[plan.cloud]).build(plan)
    import pulumi

    for name, value in {**_published(outputs), **_facts(plan, loaded, load(plan.cloud))}.items():
        pulumi.export(name, value)


def _published(outputs: Any) -> dict[str, Any]:
    """What the cloud decides about the cluster."""
    mounts = {
        name: {"dns_name": mount.dns_name, "mount_name": mount.mount_name} for name, mount in outputs.mounts.items()
    }
    return {
        "cluster_name": outputs.cluster_name,
        "endpoint": outputs.endpoint,
        "kubeconfig": outputs.kubeconfig,
        "oidc_issuer": outputs.oidc_issuer,
        "pools": dict(outputs.pools),
        "storage": dict(outputs.storage),
        "mounts": mounts,
    }


def _facts(plan: ClusterPlan, loaded: LoadedSpec, catalog: Catalog) -> dict[str, Any]:
    """What was decided: enough to judge an exported state without its config."""
    # The day of the newest fact, not today: a program that reads the clock previews changes that nobody made.
    report = report_for(plan, catalog, date.fromisoformat(catalog.version[:10]))
    monthly = report.monthly
    return {
        "monthly_list_cost_usd": {
            "min": f"{monthly.min:.2f}",
            "desired": f"{monthly.desired:.2f}",
            "max": f"{monthly.max:.2f}",
            "unpriced": [line.item for line in report.unpriced],
        },
        "plan_hash": plan_hash(plan),
        "spec": loaded.spec.model_dump(mode="json", exclude_defaults=True),
        "catalog_version": catalog.version,
    }
