"""The schemas of JSON documents are those of their models."""

from __future__ import annotations

import pytest

from scripts.cli.documents import DOCUMENTS, FOLDER, text
from scripts.cli.main import VERBS


@pytest.mark.parametrize("verb", DOCUMENTS)
def test_the_file_is_current(verb: str) -> None:
    """`python -m scripts.cli.documents` writes it."""
    assert (FOLDER / f"{verb}.json").read_text(encoding="utf-8") == text(verb)


def test_only_verbs_have_documents() -> None:
    assert set(DOCUMENTS) <= set(VERBS)
