"""Every rule is registered, explained and tested, and knows nothing of Pulumi."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import policies.rules
from policies.parameters import declared
from policies.rules import RULES
from policies.rules.base import ANY, Rule
from tests.unit.policies.cases import ACCEPTED, REFUSED

FOLDER = Path(policies.rules.__file__).parent
MODULES = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in ("__init__", "base"))


def test_every_file_is_registered_under_its_name() -> None:
    assert sorted(rule.id.replace("-", "_") for rule in RULES) == MODULES
    assert [import_module(f"policies.rules.{name}").RULE in RULES for name in MODULES] == [True] * len(MODULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained(rule: Rule) -> None:
    assert rule.about is not None
    assert len(rule.about.split()) > 40
    assert rule.summary.endswith(".")
    parameters = declared(rule.parameters)
    for parameter in parameters:
        assert f"`{parameter.name}`" in rule.about
        assert parameter.about
    if not parameters:
        assert "No parameters." in rule.about
    if not isinstance(rule.level, str):
        assert ANY in rule.level


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_cases_of_every_sort(rule: Rule) -> None:
    if rule.id == "quota-headroom":  # whose cases are files
        return
    refused = [name for id, name, *_ in REFUSED if id == rule.id]
    assert refused
    assert rule.id == "unpriced-resource" or any("unknown" in name for name in refused)
    assert len([name for id, name, *_ in ACCEPTED if id == rule.id]) >= 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_defaults_are_what_reading_them_gives(rule: Rule) -> None:
    for parameter in declared(rule.parameters):
        value = parameter.default
        assert parameter.kind.checked(dict(value) if hasattr(value, "items") else value) == value


def test_rules_are_pure() -> None:
    """Importing rules, engine and readers does not load Pulumi; a rule takes the models of parameters from ours."""
    code = (
        "import sys, policies.engine, policies.from_plan, policies.aws_plan, policies.readers.aws;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pulumi", "pulumi_policy", "pulumi_aws", "grpc"} & set(loaded)
    for file in FOLDER.glob("*.py"):
        assert not re.search(r"import (pulumi|pydantic)|from (pulumi|pydantic)", file.read_text())
