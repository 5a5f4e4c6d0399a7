"""The JSON documents of the command line, as models that their schemas in `docs/schemas/` are made from.

Nothing imports this module to print a document; `python -m scripts.cli.documents` writes the schemas, and tests hold
both the files and what the verbs really print against these models. Money and other decimals are text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from components.plan.aws.model import AwsClusterPlan
from components.plan.gcp.model import GcpClusterPlan
from scripts.cli.document_parts import (
    CostDocument,
    FindingDocument,
    PlaceDocument,
    ResourceDocument,
    Reviewed,
    RuleDocument,
    StepDocument,
    WaiverDocument,
)
from scripts.engine.documents import StepDocument as EngineStep

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


class _Document(TypedDict):
    """What every document has. After a failure (exit status 2 or more) it has nothing else."""

    schema_version: Literal[1]
    stack: str | None
    findings: list[FindingDocument]


class PlanDocument(_Document):
    """`gpufleet plan --output json`."""

    plan: NotRequired[AwsClusterPlan | GcpClusterPlan]
    plan_hash: NotRequired[str]


class CheckDocument(_Document, Reviewed):
    """`gpufleet check --output json`."""

    rules: NotRequired[list[RuleDocument]]
    waivers: NotRequired[list[WaiverDocument]]
    cost: NotRequired[CostDocument | None]


class CostVerbDocument(_Document, Reviewed):
    """`gpufleet cost --output json`."""

    cost: NotRequired[CostDocument | None]


class PreviewDocument(_Document, Reviewed):
    """`gpufleet preview --output json`; `changes` against something only, without the resources that stay as they are."""

    resources: NotRequired[list[ResourceDocument]]
    changes: NotRequired[list[StepDocument]]
    rules: NotRequired[list[RuleDocument]]
    waivers: NotRequired[list[WaiverDocument]]
    cost: NotRequired[CostDocument | None]


class DifferenceDocument(TypedDict):
    """One path at which stacks differ; a stack that has nothing there is not among `values`."""

    path: str
    layer: Literal["spec", "plan"]
    kind: Literal["binding", "may_differ", "follows", "not-allowed"]
    allowed: bool
    why: str
    causes: list[str]
    values: dict[str, Any]


class MeaningDocument(TypedDict):
    """What a shape becomes on different clouds: the `same`, each one's `own`, or nothing (`no-effect`) on one of them."""

    path: str
    kind: Literal["same", "differs", "own", "no-effect"]
    why: str
    values: dict[str, str | int | bool | None]


class ParityDocument(_Document):
    """`gpufleet parity --output json`; `machines_compared` is false for stacks on different clouds, with `meanings`."""

    stacks: NotRequired[list[str]]
    allowed: NotRequired[bool]
    machines_compared: NotRequired[bool]
    differences: NotRequired[list[DifferenceDocument]]
    meanings: NotRequired[list[MeaningDocument]]


class CompareDocument(_Document):
    """`gpufleet compare --output json`: every region, the cheapest machines first, what cannot be had last."""

    blueprint: NotRequired[str]
    places: NotRequired[list[PlaceDocument]]


class PriceDocument(TypedDict):
    """A price of one `unit`; `derived` is computed, and no gate takes it."""

    usd: str
    usd_per_accelerator: NotRequired[str]
    unit: str
    kind: Literal["list", "derived"]
    source: str
    as_of: str
    note: str


class OfferDocument(TypedDict):
    """A machine and its on-demand price in `region`; null: unpriced. `zones` is null where they are unknown."""

    accelerator: str | None
    count: int
    machine: str
    vcpus: int
    memory_gib: float
    accelerator_memory_gib: float
    nvme_gb: int
    fabric: str | None
    fabric_gbps_per_accelerator: float
    capacity_types: list[str]
    region: str | None
    zones: list[str] | None
    regions: list[str]
    price: PriceDocument | None


class CatalogDocument(_Document):
    """`gpufleet catalog list|show --output json`; `show` has the tables that belong to a `kind` of thing."""

    cloud: NotRequired[str]
    catalog_version: NotRequired[str]
    region: NotRequired[str | None]
    machines: NotRequired[list[OfferDocument] | list[dict[str, Any]]]
    name: NotRequired[str]
    kind: NotRequired[Literal["machine", "accelerator", "item with a price", "region", "Kubernetes version"]]
    facts: NotRequired[dict[str, Any]]
    prices: NotRequired[list[dict[str, Any]]]
    layouts: NotRequired[list[dict[str, Any]]]
    networks: NotRequired[list[dict[str, Any]]]
    pod_networks: NotRequired[list[dict[str, Any]]]
    slices: NotRequired[list[dict[str, Any]]]
    quotas: NotRequired[list[dict[str, Any]]]
    zones: NotRequired[list[dict[str, Any]]]


class ReportedDocument(TypedDict):
    """A stack of a report: whether it could be planned, and whether nothing forbids to deploy it."""

    stack: str
    planned: bool
    good: bool


class ReportDocument(_Document):
    """`gpufleet report --output json`: where the page is, its size, and every finding of its stacks."""

    file: NotRequired[str]
    bytes: NotRequired[int]
    stacks: NotRequired[list[ReportedDocument]]


class RehearseDocument(_Document):
    """`gpufleet rehearse --output json`; a failure of the engine or the cloud has its steps too."""

    steps: NotRequired[list[EngineStep]]
    seconds: NotRequired[float]
    verdict: NotRequired[Literal["good", "blocked", "failed"]]


class UpDocument(_Document):
    """`gpufleet up --output json`; `steps` are the preview and what was done, `outputs` are without secrets."""

    outcome: NotRequired[Literal["deployed", "unchanged", "declined", "blocked", "refused", "failed", "interrupted"]]
    steps: NotRequired[list[EngineStep]]
    cost: NotRequired[CostDocument]
    outputs: NotRequired[dict[str, Any]]


class DestroyDocument(_Document):
    """`gpufleet destroy --output json`; `steps` are the preview and what was done."""

    outcome: NotRequired[Literal["destroyed", "nothing", "declined", "blocked", "refused", "failed", "interrupted"]]
    steps: NotRequired[list[EngineStep]]


class DriftDifferenceDocument(TypedDict("_Is", {"is": Any})):
    """A property that is not as it was deployed (`path` null: the resource as a whole), or a resource that is gone."""

    name: str
    type: str
    kind: Literal["changed", "gone"]
    path: str | None
    should_be: Any


class DriftDocument(_Document):
    """`gpufleet drift --output json`; `same` counts the resources that are as they were deployed."""

    differences: NotRequired[list[DriftDifferenceDocument]]
    same: NotRequired[int]


class NewDocument(_Document):
    """`gpufleet new --output json`; `findings` are those of a check of the new file."""

    files: NotRequired[list[str]]


DOCUMENTS: Mapping[str, type] = {
    "plan": PlanDocument,
    "check": CheckDocument,
    "cost": CostVerbDocument,
    "preview": PreviewDocument,
    "parity": ParityDocument,
    "compare": CompareDocument,
    "catalog": CatalogDocument,
    "report": ReportDocument,
    "rehearse": RehearseDocument,
    "up": UpDocument,
    "destroy": DestroyDocument,
    "drift": DriftDocument,
    "new": NewDocument,
}


def schema(verb: str) -> dict[str, Any]:
    """The JSON Schema of a verb's document."""
    made = TypeAdapter(DOCUMENTS[verb]).json_schema(mode="serialization")
    for model in made.get("$defs", {}).values():
        if model.get("title", "").endswith("ClusterPlan"):
            del model["properties"]["findings"]  # they stand in the document itself
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def text(verb: str) -> str:
    """The schema as its file has it."""
    return json.dumps(schema(verb), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write every schema."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for verb in DOCUMENTS:
        (FOLDER / f"{verb}.json").write_text(text(verb), encoding="utf-8")


if __name__ == "__main__":
    write()
