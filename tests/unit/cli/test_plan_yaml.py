"""A plan as YAML reads back as the document that it was made from, less what is not set."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from components.plan.document import to_document
from scripts.cli.assess import planned
from scripts.cli.plan_yaml import set_fields, to_yaml


@pytest.mark.parametrize("stack", ["prod-aws", "l4-aws", "b200-aws", "small-aws"])
def test_it_reads_back(stack: str) -> None:
    document = to_document(planned(stack).plan)
    assert yaml.safe_load(to_yaml(document)) == set_fields(document)


def test_small_maps_and_lists_stand_on_one_line_and_long_text_in_a_block() -> None:
    document: dict[str, Any] = {
        "counts": {"nodes": {"min": 8, "desired": 8, "max": 8}},
        "interfaces": [{"card": 0, "device": 0, "type": "interface"}, {"card": 0, "device": 1, "type": "efa-only"}],
        "zones": ["use1-az1", "use1-az2"],
        "script": "one\ntwo\n",
        "version": "1.35",
        "none": None,
    }
    assert to_yaml(document) == (
        "\ncounts:\n  nodes: {min: 8, desired: 8, max: 8}\n"
        "\ninterfaces:\n"
        "  - {card: 0, device: 0, type: interface}\n"
        "  - {card: 0, device: 1, type: efa-only}\n"
        "zones: [use1-az1, use1-az2]\n"
        "\nscript: |\n  one\n  two\n"
        "version: '1.35'\n"
    )


def test_decisions_come_last() -> None:
    assert list(yaml.safe_load(to_yaml(to_document(planned("prod-aws").plan))))[-1] == "decisions"
