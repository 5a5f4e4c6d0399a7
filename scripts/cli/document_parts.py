"""Parts that the JSON documents of several verbs share, as models."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class FindingDocument(TypedDict):
    """Something that is wrong, or worth knowing: where, what, and what to do."""

    id: str
    level: Literal["error", "mandatory", "advisory"]
    path: str
    file: str | None
    line: int | None
    message: str
    hint: str


class RuleDocument(TypedDict):
    """A rule's verdict, good or not."""

    id: str
    level: Literal["mandatory", "advisory", "disabled"]
    verdict: Literal["pass", "fail", "waived", "disabled", "needs-plan", "not-compared"]


class WaiverDocument(TypedDict):
    """A waiver of the spec, and whether it covers something, is over, covers nothing, or was not allowed."""

    rule: str
    path: str
    resource: str
    reason: str
    by: str
    expires: str
    state: Literal["active", "expired", "idle", "refused"]


class SpanDocument(TypedDict):
    """A figure at the minimum, as desired and at the maximum."""

    min: str
    desired: str
    max: str


class LineDocument(TypedDict):
    """One line of the cost; without a price `unit_price` and `monthly` are null and `price_kind` is `unpriced`."""

    pool: str
    kind: str
    item: str
    unit: str
    quantity: SpanDocument
    unit_price: str | None
    monthly: SpanDocument | None
    price_kind: Literal["list", "user", "unpriced"]
    source: str
    as_of: str | None
    fixed: bool
    one_off: bool
    hint: str
    path: str


class CostDocument(TypedDict):
    """What a stack costs; sums leave out what is in `unpriced`."""

    currency: Literal["USD"]
    lines: list[LineDocument]
    monthly: SpanDocument
    hourly: SpanDocument
    per_gpu_hour: SpanDocument | None
    accelerators: SpanDocument
    unpriced: list[str]
    not_included: list[str]
    oldest_price: str | None


class ResourceDocument(TypedDict):
    """A registered resource with its wire inputs; see the design of `inputs` in `scripts/preview/capture.py`."""

    type: str
    name: str
    parent: str | None
    depends_on: list[str]
    protect: bool
    retain_on_delete: bool
    replace_on_changes: list[str]
    ignore_changes: list[str]
    aliases: list[Any]
    provider: str | None
    inputs: dict[str, Any]


class ChangeDocument(TypedDict):
    """A property that would change; null is absent, and `{"ref": …}` what only the cloud can tell."""

    path: str
    old: Any
    new: Any
    effect: Literal["update", "replace", "unknown"]
    source: str


class StepDocument(TypedDict):
    """What an update would do to a resource; `old_first`: a replacement deletes before it creates."""

    name: str
    type: str
    operation: Literal["create", "update", "replace", "delete", "unknown"]
    old_first: bool
    protected: bool
    changes: list[ChangeDocument]


class EditDocument(TypedDict):
    """A path of the spec at which it is not what it was; null is absent."""

    path: str
    old: Any
    new: Any


class ChangedLineDocument(TypedDict):
    """A line of the cost that is not what it was; `by_prices` is the part that the price table made. Null: unpriced."""

    change: Literal["added", "removed", "changed"]
    pool: str
    kind: str
    item: str
    monthly: SpanDocument | None
    by_prices: SpanDocument | None
    before: SpanDocument | None
    after: SpanDocument | None
    why: list[str]


class CostDifferenceDocument(TypedDict):
    """Sums before and after and what lies between, by the price table and by the author; without what has no price."""

    before: SpanDocument
    after: SpanDocument
    monthly: SpanDocument
    by_prices: SpanDocument
    by_author: SpanDocument
    unpriced_before: int
    unpriced_after: int
    lines: list[ChangedLineDocument]


class UnlikePathDocument(TypedDict):
    """A property that two stacks do not share; null is absent."""

    path: str
    other: Any
    this: Any


UnlikeDocument = TypedDict(
    "UnlikeDocument",
    {"name": str, "type": str, "in": Literal["this", "other", "both"], "paths": list[UnlikePathDocument]},
)
"""A resource that one stack has, or that both have and that differs; under the name that it has in this stack."""


class AgainstDocument(TypedDict):
    """A stack against what it was in `baseline`; `cost` is null where that is `unknown`.

    With `other_stack` the baseline is another stack: there are no `changes` then, since nothing of it is replaced or
    deleted, and `resources` are those that the two do not share.
    """

    baseline: str
    other_stack: bool
    resources: NotRequired[list[UnlikeDocument]]
    state: Literal["there", "new", "gone", "unknown"]
    edits: list[EditDocument]
    cost: CostDifferenceDocument | None


class StackDocument(TypedDict):
    """One of several stacks, with what its verb has of it; `reasons` say why a change touches it."""

    stack: str
    reasons: list[str]
    findings: list[FindingDocument]
    rules: NotRequired[list[RuleDocument]]
    waivers: NotRequired[list[WaiverDocument]]
    cost: CostDocument | None
    resources: NotRequired[list[ResourceDocument]]
    changes: NotRequired[list[StepDocument]]
    difference: NotRequired[AgainstDocument]


class Reviewed(TypedDict):
    """With `--compare-to`: `difference`. With several STACKs or `--changed-since`: the others, and no field of one."""

    difference: NotRequired[AgainstDocument]
    baseline: NotRequired[str | None]
    changed_since: NotRequired[str | None]
    stacks: NotRequired[list[StackDocument]]


class NodesDocument(TypedDict):
    """Nodes at the minimum, as desired, and at the maximum."""

    min: int
    desired: int
    max: int


class PoolThereDocument(TypedDict):
    """A pool in a region: its machine, how that is sold, and what `nodes` there would be; null without a plan."""

    name: str
    asked: str
    machine: str
    accelerator: str
    accelerators_per_node: int
    nodes: NodesDocument | None
    capacity: list[str]
    sold_as: list[str]
    fabric: str | None
    gbps_per_accelerator: str
    zones: list[str]


class StorageThereDocument(TypedDict):
    """Storage in a region: what was asked, and the legal size that it becomes; null where use decides."""

    name: str
    kind: Literal["parallel", "object", "shared"]
    asked_gib: str | None
    given_gib: int | None


class PlaceDocument(TypedDict):
    """A region of a cloud; `reasons` say why the blueprint is not `possible` there, and there is no `cost` then.

    `instead` has the pools whose own ladder is not sold there, with the capacity type that they were planned with.
    """

    cloud: str
    region: str
    possible: bool
    machines_priced: bool
    pools: list[PoolThereDocument]
    storage: list[StorageThereDocument]
    instead: dict[str, str]
    cost: CostDocument | None
    reasons: list[FindingDocument]
