"""What is deployed already, from `pulumi stack export`: what a rehearsal then starts from, in engine and cloud."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from components.catalog import load
from components.errors import Finding, InputError, Level
from components.plan.model import ClusterPlan
from components.records import record
from scripts.engine.steps import Sizes
from scripts.preview.references import SECRET, SIGNATURE
from scripts.preview.state import PROVIDERS, STACK_TYPE, State, dicts, read_deployment, state_of
from scripts.rehearsal import providers
from scripts.rehearsal.model import Resource

STAND_IN = "what the export does not show"
_SHOWN = 3
_ACCOUNT = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:(\d{12}):")


@record(kw_only=True)
class Deployed:
    """A stack that exists: `deployment` as the engine imports it, `resources` as the simulated cloud has them.

    `hidden` are the resources of which the export has secrets encrypted, which are stood in for. `seed` makes the ids of
    what comes new unlike those that exist.
    """

    project: str
    account: str
    deployment: Mapping[str, Any]
    state: State
    sizes: Sizes
    resources: tuple[Resource, ...]
    hidden: tuple[str, ...]
    seed: str

    def findings(self) -> Iterator[Finding]:
        """What is worth knowing about the state itself."""
        if self.hidden:
            names = _names(self.hidden)
            message = f"secrets are encrypted in the export and stood in for: {names}; what uses them shows as changed"
            hint = "export with --show-secrets to rehearse with them, and delete the file afterwards"
            yield Finding(id="state-secrets", level=Level.ADVISORY, path="--from-state", message=message, hint=hint)


def read_deployed(path: Path, plan: ClusterPlan, project: str | None = None) -> Deployed:
    """The stack in an export, for a rehearsal of a plan.

    Raises InputError where the file is no export, of another stack, project or cloud, where nothing is deployed, where
    an earlier run left operations pending, and where it holds what the simulated cloud does not know.
    """
    deployment = read_deployment(path, plan.stack)
    state = state_of(deployment, path, plan.stack, project)
    items = [item for item in dicts(deployment.get("resources")) if item["type"] != STACK_TYPE]
    wrong = list(_wrong(path, plan, state, items))
    if wrong:
        raise InputError(wrong)
    real = [item for item in items if item.get("custom")]  # what a component tells, the program itself says anew
    hidden = [_name(item) for item in real if _encrypted([_part(item, "inputs"), _part(item, "outputs")])]
    account = plan.account or next(_accounts(items), "")
    ready = {key: value for key, value in deployment.items() if key != "secrets_providers"}
    ready["resources"] = [_readable(item) for item in dicts(deployment.get("resources"))]
    return Deployed(
        project=str(items[0]["urn"]).split("::")[1],
        account=account,
        deployment=ready,
        state=state,
        sizes=_sizes(state, plan.cloud),
        resources=tuple(_made(items, account)),
        hidden=tuple(hidden),
        seed=hashlib.sha256(json.dumps(deployment, sort_keys=True).encode()).hexdigest()[:16],
    )


def _sizes(state: State, cloud: str) -> Sizes:
    catalog = load(cloud)

    def accelerators(machine: str) -> int:
        found = catalog.machine(machine)
        return 0 if found is None else found.accelerator_count

    return import_module(f"scripts.preview.{cloud}").groups(state, accelerators)


def _wrong(path: Path, plan: ClusterPlan, state: State, items: list[dict[str, Any]]) -> Iterator[Finding]:
    if not items:
        yield _error("state-empty", path, "holds no resources: nothing is deployed", "leave out --from-state")
    if state.pending:
        message = f"was written after a run that was cut off: {state.pending} operation(s) are pending"
        hint = "settle them with pulumi refresh, and export again"
        yield _error("state-pending", path, message, hint)
    custom = {str(item["type"]) for item in items if item.get("custom")}
    types = sorted(type for type in custom if not type.startswith(PROVIDERS))
    clouds = {type.partition(":")[0] for type in types}
    if clouds and plan.cloud not in clouds:
        message = f"is the state of a cluster on {', '.join(sorted(clouds))}, not on {plan.cloud}"
        yield _error("state-other-cloud", path, message, "give the export of this stack")
        return
    known = providers.types(plan.cloud)
    strange = [type for type in types if type not in known]
    if strange:
        message = f"holds what the simulated cloud does not know: {_names(strange)}"
        hint = "ask the engine and the real cloud instead: gpufleet preview --state, or pulumi preview"
        yield _error("state-unknown-type", path, message, hint)


def _made(items: Iterable[Mapping[str, Any]], account: str) -> Iterator[Resource]:
    """What exists in the cloud: all that has an id and is no provider. One without a region has its provider's."""
    regions = {
        f"{item['urn']}::{item.get('id', '')}": str(_part(item, "inputs").get("region") or "")
        for item in items
        if str(item["type"]).startswith(PROVIDERS)
    }
    for item in items:
        if not item.get("custom") or str(item["type"]).startswith(PROVIDERS):
            continue
        inputs, outputs = _part(_readable(item), "inputs"), _part(_readable(item), "outputs")
        region = inputs.get("region") or regions.get(str(item.get("provider")), "")
        yield Resource(
            type=str(item["type"]),
            id=str(item.get("id", "")),
            urn=str(item["urn"]),
            inputs=_bare(inputs),
            outputs=_bare(outputs),
            region=str(region),
            account=account,
            within=providers.within(str(item["type"]), inputs),
        )


def _accounts(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for item in items:
        found = _ACCOUNT.match(str(_part(item, "outputs").get("arn", "")))
        if found:
            yield found[1]


def _readable(value: Any) -> Any:
    """A value in which what is encrypted with a key that a rehearsal has not is stood in for; it stays a secret."""
    if isinstance(value, list):
        return [_readable(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    items = cast("dict[str, Any]", value)
    if items.get(SIGNATURE) == SECRET and "plaintext" not in items:
        return {SIGNATURE: SECRET, "plaintext": json.dumps(STAND_IN)}
    return {key: _readable(item) for key, item in items.items()}


def _bare(value: Any) -> Any:
    """A value as the cloud knows it, to which nothing is secret."""
    if isinstance(value, list):
        return [_bare(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    items = cast("dict[str, Any]", value)
    if items.get(SIGNATURE) == SECRET:
        return json.loads(items["plaintext"])
    return {key: _bare(item) for key, item in items.items()}


def _encrypted(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_encrypted, cast("list[Any]", value)))
    if not isinstance(value, dict):
        return False
    items = cast("dict[str, Any]", value)
    if items.get(SIGNATURE) == SECRET:
        return "plaintext" not in items
    return any(map(_encrypted, items.values()))


def _part(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", item.get(key) or {})


def _name(item: Mapping[str, Any]) -> str:
    return str(item["urn"]).rpartition("::")[2]


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def _error(id: str, path: Path, message: str, hint: str) -> Finding:
    return Finding(id=id, level=Level.ERROR, message=f"{path} {message}", hint=hint)
