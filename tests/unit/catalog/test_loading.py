"""How the catalogue is opened, and what it says when its data is damaged."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.catalog import CLOUDS, Catalog, load
from components.catalog.aws import AwsCatalog
from components.catalog.aws import catalog as aws_catalog
from components.catalog.base import DATA
from components.errors import CatalogError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the AWS data that a test may damage."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data" / "aws"


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_registered_cloud_opens_under_its_name(cloud: str) -> None:
    catalog = load(cloud)
    assert isinstance(catalog, Catalog)
    assert catalog.cloud == cloud
    assert load(cloud) is catalog


def test_the_cloud_module_and_the_registry_give_one_object() -> None:
    assert load("aws") is aws_catalog()


def test_an_unknown_cloud_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CatalogError, match=r"no catalogue of 'awss'; did you mean 'aws'\?"):
        load("awss")
    with pytest.raises(CatalogError, match="no catalogue of 'oracle'; one of: aws"):
        load("oracle")


def test_the_catalogue_loads_nothing_heavy() -> None:
    code = (
        "import sys; from components.catalog import load; load('aws').machine('p5.48xlarge');"
        "print(sorted(set(sys.modules) & {'pulumi', 'pulumi_aws', 'pydantic', 'yaml', 'rich', 'typer', 'hashlib'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        pytest.param("prices", "machine,region", "machine,zone", "prices.csv: header is machine,zone", id="header"),
        pytest.param("prices", ",55.04,", ",", r"prices.csv:\d+: 7 cells, not 8", id="ragged"),
        pytest.param(
            "prices", ",55.04,", ",cheap,", r"prices.csv:\d+: column 'usd_per_hour' holds 'cheap'", id="money"
        ),
        pytest.param("prices", ",2026-07-20,", ",2026-7,", r"prices.csv:\d+: column 'as_of' holds '2026-7'", id="date"),
    ],
)
def test_damaged_prices_are_named_with_file_and_line(data: Path, table: str, old: str, new: str, message: str) -> None:
    path = data / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(
        i for i, line in enumerate(lines) if old in line and (i == 0 or line.startswith("p5.48xlarge,us-east-1,on-"))
    )
    lines[place] = lines[place].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(CatalogError, match=message):
        AwsCatalog(data).price("p5.48xlarge", "us-east-1", "on-demand")


def test_a_repeated_row_is_refused(data: Path) -> None:
    with (data / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("us-east-1,aws,somewhere,2026-01-01\n")
    with pytest.raises(CatalogError, match=r"regions.csv:\d+: us-east-1 stands twice"):
        AwsCatalog(data).region("us-east-1")


def test_a_flag_that_is_neither_yes_nor_no_is_refused(data: Path) -> None:
    replace_once(data / "zones.csv", "us-east-1,use1-az3,no,", "us-east-1,use1-az3,maybe,")
    with pytest.raises(CatalogError, match=r"zones.csv:\d+: column 'control_plane' holds 'maybe'"):
        AwsCatalog(data).zones("us-east-1")


def test_a_missing_file_is_refused_when_it_is_needed(data: Path) -> None:
    (data / "lustre.csv").unlink()
    catalog = AwsCatalog(data)
    assert catalog.machine("p5.48xlarge") is not None
    with pytest.raises(CatalogError, match=r"lustre.csv cannot be read: No such file"):
        catalog.lustre_steps(125, False)


def test_the_version_changes_with_the_data(data: Path) -> None:
    before = AwsCatalog(data).version
    assert AwsCatalog(data).version == before
    replace_once(data / "prices.csv", ",55.04,", ",55.05,")
    assert AwsCatalog(data).version != before
