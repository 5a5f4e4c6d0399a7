"""The table of edits, each through the real engine in one life of a cluster that nobody protects: spot, scaled
to zero, by the clock, against what its source says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.support.edit_table import Life, Table
from tests.engine.support.edit_tests import (
    assert_agreed,
    assert_clean,
    assert_rests_on_the_table,
    assert_row,
    assert_well_formed,
    lives,
)

pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")]
TABLE = Table("edits_inference.yaml", "inference-aws")
life = pytest.fixture(scope="module")(lives(TABLE))


def test_the_table_is_large_and_every_row_says_why() -> None:
    assert_well_formed(TABLE, 10)


def test_nothing_but_the_edits_happened(life: Life) -> None:
    assert_clean(life)


@pytest.mark.parametrize("edit", TABLE.edits, ids=TABLE.names)
def test_edit(edit: dict[str, Any], life: Life) -> None:
    assert_row(edit, life)


@pytest.mark.parametrize("name", TABLE.names)
def test_the_preview_against_the_state_said_so_before(name: str, life: Life) -> None:
    if name not in life.refusals:
        assert_agreed(life.before[name], TABLE.stack)


@pytest.mark.parametrize("name", TABLE.names)
def test_flipping_a_row_of_the_replacement_table_turns_it_red(name: str, life: Life) -> None:
    if name not in life.refusals and "expect" in life.before[name].row:
        assert assert_rests_on_the_table(life.before[name], TABLE) or not life.steps[name]["updated"]
