"""The shape of Infracost's JSON, typed in from infracost/infracost@cffbc23d, schema/infracost.schema.json.

For each definition: what is required, what else there may be, and of which type. Nothing beyond is allowed there
(`additionalProperties: false`), and every figure is text or null.
"""

from __future__ import annotations

from typing import Any

FIGURE = {"type": ["string", "null"]}
TEXT = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
WHOLE = {"type": "integer"}
FLAG = {"type": "boolean"}
FREE = {"type": "object"}
COUNTS = {"type": "object", "additionalProperties": WHOLE}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


def _many(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


_VCS = ("vcsBranch", "vcsCommitSha", "vcsCommitAuthorName", "vcsCommitAuthorEmail", "vcsCommitMessage")
_TOTALS = ("totalHourlyCost", "totalMonthlyCost", "pastTotalHourlyCost", "pastTotalMonthlyCost")
_USAGE = ("totalMonthlyUsageCost", "pastTotalMonthlyUsageCost", "diffTotalMonthlyUsageCost")
_RESOURCE = _object(
    {"name": TEXT, "metadata": FREE},
    {
        "resourceType": TEXT,
        "tags": FREE,
        "hourlyCost": FIGURE,
        "monthlyCost": FIGURE,
        "monthlyUsageCost": FIGURE,
        "costComponents": _many("CostComponent"),
    },
)

DEFINITIONS: dict[str, Any] = {
    "Root": _object(
        {
            "version": TEXT,
            "metadata": _ref("Metadata"),
            "currency": TEXT,
            "projects": _many("Project"),
            **dict.fromkeys(_TOTALS, FIGURE),
            "diffTotalHourlyCost": FIGURE,
            "diffTotalMonthlyCost": FIGURE,
            "timeGenerated": TIME,
            "summary": _ref("Summary"),
        },
        dict.fromkeys(_USAGE, FIGURE),
    ),
    "Metadata": _object({"infracostCommand": TEXT, **dict.fromkeys(_VCS, TEXT), "vcsCommitTimestamp": TIME}),
    "Project": _object(
        {
            "name": TEXT,
            "displayName": TEXT,
            "metadata": _ref("ProjectMetadata"),
            "pastBreakdown": _ref("Breakdown"),
            "breakdown": _ref("Breakdown"),
            "diff": _ref("Breakdown"),
            "summary": _ref("Summary"),
        }
    ),
    "ProjectMetadata": _object(
        {"path": TEXT, "type": TEXT},
        {
            "vcsSubPath": TEXT,
            "errors": _many("ProjectDiag"),
            "currentErrors": _many("ProjectDiag"),
            "pastErrors": _many("ProjectDiag"),
        },
    ),
    "ProjectDiag": _object({"code": WHOLE, "message": TEXT, "data": FREE, "isError": FLAG}),
    "Breakdown": _object(
        {
            "resources": _many("Resource"),
            "totalHourlyCost": FIGURE,
            "totalMonthlyCost": FIGURE,
            "totalMonthlyUsageCost": FIGURE,
        },
        {"freeResources": _many("Resource")},
    ),
    "Resource": _RESOURCE,
    "CostComponent": _object(
        {
            "name": TEXT,
            "unit": TEXT,
            **dict.fromkeys(("hourlyQuantity", "monthlyQuantity", "price", "hourlyCost", "monthlyCost"), FIGURE),
            "priceNotFound": FLAG,
        },
        {"usageBased": FLAG},
    ),
    "Summary": _object(
        {},
        {
            **dict.fromkeys(
                (
                    "totalResources",
                    "totalDetectedResources",
                    "totalSupportedResources",
                    "totalUnsupportedResources",
                    "totalUsageBasedResources",
                    "totalNoPriceResources",
                ),
                WHOLE,
            ),
            **dict.fromkeys(("supportedResourceCounts", "unsupportedResourceCounts", "noPriceResourceCounts"), COUNTS),
        },
    ),
}

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_ref("Root"),
    "definitions": DEFINITIONS,
}
