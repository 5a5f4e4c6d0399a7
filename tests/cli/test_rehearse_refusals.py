"""What `gpufleet rehearse` says before any engine runs: wrong edits, wrong faults, a wrong folder, no engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import gpufleet

NO_ENGINE = {"PATH": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}

WRONG_EDITS = {
    "[]": "holds no edits",
    "grow: 16": "edit 'grow' changes nothing",
    "grow: {pools: {train: {nods: 16}}}": "edit 'grow': ",
    "odd: {pools: {train: {accelerator: 'H100:7'}}}": "'H100:7' is not sold on aws",
}


@pytest.mark.process
@pytest.mark.parametrize("text", WRONG_EDITS)
def test_wrong_edits(text: str, tmp_path: Path) -> None:
    file = tmp_path / "edits.yaml"
    file.write_text(text)
    done = gpufleet("rehearse", "prod-aws", "--edit", str(file), env=NO_ENGINE)
    assert done.status == 2
    assert WRONG_EDITS[text] in done.err
    assert done.out == ""


@pytest.mark.process
def test_the_same_name_twice(tmp_path: Path) -> None:
    file = tmp_path / "edits.yaml"
    file.write_text("grow: {budget: {usd_per_month: 1}}")
    done = gpufleet("rehearse", "prod-aws", "--edit", str(file), "--edit", str(file), env=NO_ENGINE)
    assert done.status == 2
    assert "there are two edits 'grow'" in done.err


@pytest.mark.process
def test_a_fault_that_does_not_exist() -> None:
    done = gpufleet("rehearse", "prod-aws", "--fault", "capasity", env=NO_ENGINE)
    assert done.status == 2
    assert "there is no fault 'capasity'" in done.err
    assert "did you mean 'capacity'?" in done.err


@pytest.mark.process
def test_no_engine() -> None:
    done = gpufleet("rehearse", "prod-aws", env=NO_ENGINE)
    assert done.status == 3
    assert "there is no Pulumi engine" in done.err
    assert "make engine" in done.err
    assert "https://www.pulumi.com/docs/iac/download-install/" in done.err
