"""A review as our own JSON; `docs/schemas/` has the schemas. Money is decimal text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from components.cost.difference import CostDifference, LineChange
from components.cost.model import CostLine, Span
from components.cost.report import cents, to_document
from components.errors import Finding
from scripts.report.review import Difference, Review, StackReview

if TYPE_CHECKING:
    from scripts.preview.compare import Step


def of_review(review: Review) -> dict[str, Any]:
    """The document of several stacks, or of those that a change touches."""
    return {
        "findings": [finding.to_dict() for finding in review.findings],
        "baseline": review.baseline,
        "changed_since": review.since,
        "stacks": [{"stack": one.stack, **of_stack(one), "reasons": list(one.reasons)} for one in review.stacks],
    }


def of_stack(one: StackReview, findings: Sequence[Finding] = ()) -> dict[str, Any]:
    """The part of one stack; also the whole document of a single one, with `findings` that are of no stack."""
    made: dict[str, Any] = {"findings": [finding.to_dict() for finding in (*findings, *one.findings)]}
    if one.assessment is not None:
        made["rules"] = [rule.to_dict() for rule in one.assessment.rules]
        made["waivers"] = [waiver.to_dict() for waiver in one.assessment.waivers]
    made["cost"] = None if one.cost is None else to_document(one.cost)
    if one.resources is not None:
        made["resources"] = list(one.resources)
    if one.difference is not None:
        made["difference"] = of_difference(one.difference)
        if one.difference.resources is not None and not one.difference.other:
            made["changes"] = [step.to_json() for step in one.difference.resources.changing]
    return made


def of_difference(told: Difference) -> dict[str, Any]:
    """What lies between a stack and what it was."""
    beside = (
        {} if told.resources is None or not told.other else {"resources": list(map(_beside, told.resources.changing))}
    )
    return {
        "baseline": told.baseline,
        "state": told.state,
        "other_stack": told.other,
        **beside,
        "edits": [{"path": edit.path, "old": _plain(edit.old), "new": _plain(edit.new)} for edit in told.edits],
        "cost": None if told.cost is None else of_cost(told.cost),
    }


def _beside(step: Step) -> dict[str, Any]:
    """A resource that is not alike in two stacks: which of them has it, and the paths at which it differs."""
    return {
        "name": step.name,
        "type": step.type,
        "in": {"create": "this", "delete": "other"}.get(step.operation, "both"),
        "paths": [{"path": one["path"], "other": one["old"], "this": one["new"]} for one in step.to_json()["changes"]],
    }


def of_cost(cost: CostDifference) -> dict[str, Any]:
    """The sums, and each line that is not what it was."""
    return {
        "before": _money(cost.before),
        "after": _money(cost.after),
        "monthly": _money(cost.monthly),
        "by_prices": _money(cost.by_prices),
        "by_author": _money(cost.by_author),
        "unpriced_before": cost.unpriced_before,
        "unpriced_after": cost.unpriced_after,
        "lines": [_line(line) for line in cost.lines],
    }


def _line(line: LineChange) -> dict[str, Any]:
    return {
        "change": line.change,
        "pool": line.pool,
        "kind": line.kind,
        "item": line.item,
        "monthly": None if line.monthly is None else _money(line.monthly),
        "by_prices": None if line.by_prices is None else _money(line.by_prices),
        "before": _monthly(line.before),
        "after": _monthly(line.after),
        "why": list(line.why),
    }


def _monthly(line: CostLine | None) -> dict[str, str] | None:
    return None if line is None or line.monthly is None else _money(line.monthly)


def _money(span: Span) -> dict[str, str]:
    return {"min": cents(span.min), "desired": cents(span.desired), "max": cents(span.max)}


def _plain(value: Any) -> Any:
    """A value of a spec as JSON has it: numbers that YAML wrote as decimals are text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value if isinstance(value, str | int | bool) or value is None else str(value)
