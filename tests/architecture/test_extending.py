"""docs/extending.md is true: what it says to add is added to a copy, exactly as written, and works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from components.catalog.aws import AwsCatalog
from components.catalog.base import DATA
from components.cost.estimate import report_for
from components.cost.model import HOURS_PER_MONTH
from components.plan.planner import plan
from components.spec.loader import load
from tests.architecture.source import ROOT, text_of
from tests.integrity.test_aws import TestAwsCatalog as Integrity

PAGE = text_of(Path("docs/extending.md"))
BLOCK = re.compile(r"`(?P<file>[\w/]+\.(?:csv|py))`(?:(?!```|`[\w/]+\.).)*?\n\n```\w+\n(?P<text>.*?)```", re.DOTALL)
TODAY = date(2026, 11, 24)


def blocks(section: str) -> dict[str, str]:
    """File -> the block that the page says to put into it."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return {found["file"]: found["text"] for found in BLOCK.finditer(text)}


def stack(folder: Path, pool: str) -> Path:
    file = folder / "Pulumi.new.yaml"
    file.write_text(
        "config:\n  gpu-fleet:cluster: {blueprint: h100-training, cloud: aws, region: us-east-1, environment: dev,\n"
        f"    storage: {{scratch: null, checkpoints: null}}, pools: {{train: null, new: {pool}}}}}\n"
    )
    return file


@pytest.fixture
def extended(tmp_path: Path) -> AwsCatalog:
    """The catalogue's data with the page's rows."""
    shutil.copytree(DATA, tmp_path / "data")
    found = blocks("A machine")
    assert [Path(file).name for file in found] == [
        "accelerators.csv",
        "machines.csv",
        "prices.csv",
        "zone_offerings.csv",
    ]
    for file, row in found.items():
        with (tmp_path / "data" / Path(file).relative_to("components/catalog/data")).open("a") as data:
            data.write(row)
    return AwsCatalog(tmp_path / "data" / "aws")


@pytest.mark.parametrize(
    "pool", ["{accelerator: 'X100:1', nodes: 3, fabric: none}", "{machine: gx1.8xlarge, nodes: 3}"]
)
def test_a_machine_is_rows(pool: str, extended: AwsCatalog, tmp_path: Path) -> None:
    if "fabric" not in pool:
        pool = pool.replace("}", ", fabric: none}")
    planned = plan(load(str(stack(tmp_path, pool))), extended)
    assert [(one.name, one.machine) for one in planned.pools] == [("new", "gx1.8xlarge")]
    report = report_for(planned, extended, TODAY)
    line = next(line for line in report.lines if line.pool == "new" and line.kind == "machine")
    assert line.monthly is not None
    assert line.monthly.max == 3 * Decimal("6.25") * HOURS_PER_MONTH


def test_without_its_rows_the_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="X100"):
        plan(load(str(stack(tmp_path, "{accelerator: 'X100:1', nodes: 3, fabric: none}"))))


def test_the_rows_pass_the_integrity_suite(extended: AwsCatalog) -> None:
    suite = Integrity()
    checks = [name for name in dir(suite) if name.startswith("test_")]
    assert len(checks) > 20
    for name in checks:
        getattr(suite, name)(extended)


JUDGE = """
import sys
from datetime import date
import policies
assert policies.__file__.startswith(sys.argv[1]), policies.__file__
from components.catalog import load as catalog_of
from components.cost.estimate import report_for
from components.plan.planner import plan
from components.spec.loader import load
from policies.engine import evaluate
from policies.from_plan import subject_of
from policies.settings import settings_of
planned = plan(load("stacks/Pulumi.dev-aws.yaml"))
on = date(2026, 11, 24)
judged = evaluate(
    subject_of(planned, report_for(planned, catalog_of(planned.cloud), on), on),
    settings_of({"rules": {"pool-count-ceiling": {"parameters": {"most": int(sys.argv[2])}}}}),
)
print([one.verdict for one in judged.verdicts if one.id == "pool-count-ceiling"])
print(*judged.findings, sep="\\n")
"""


@pytest.mark.process
def test_a_rule_is_a_file_and_a_line(tmp_path: Path) -> None:
    for package in ("components", "policies", "stacks"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    rule = blocks("A rule")["policies/rules/pool_count_ceiling.py"]
    (tmp_path / "policies" / "rules" / "pool_count_ceiling.py").write_text(rule)
    registry = tmp_path / "policies" / "rules" / "__init__.py"
    imported, listed = re.findall(r"```python\n(    pool_count_ceiling\S+\n)```", PAGE)
    text = registry.read_text()
    for before, line in (("from policies.rules import (\n", imported), ("RULES: tuple[Rule, ...] = (\n", listed)):
        assert before in text
        text = text.replace(before, before + line)
    registry.write_text(text)
    assert judged(tmp_path, most=1).splitlines()[0] == "['pass']"
    refused = judged(tmp_path, most=0)
    assert refused.splitlines()[0] == "['fail']"
    assert "pools: the cluster has 1 pools, 0 are allowed" in refused


def judged(folder: Path, most: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, str(folder), str(most)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
