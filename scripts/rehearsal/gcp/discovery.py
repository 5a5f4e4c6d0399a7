"""Google's discovery documents, as google-api-python-client ships them; read when they are first asked for."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

Schemas = Mapping[str, Mapping[str, Any]]
"""The schemas of an API by name: properties with type, enum, pattern, minimum, maximum, or `$ref` to another."""

PACKAGE = "googleapiclient"


def installed() -> bool:
    """Whether the documents are there. Without them inputs are held against the SDK's own types alone."""
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def schemas(document: str) -> Schemas:
    """The schemas of `container.v1` or another API. Raises FileNotFoundError where the package lacks it."""
    found = importlib.util.find_spec(PACKAGE)  # its place, without the import
    if found is None or found.origin is None:
        raise FileNotFoundError("Google's discovery documents come with google-api-python-client")
    path = Path(found.origin).parent / "discovery_cache" / "documents" / f"{document}.json"
    return cast("Schemas", json.loads(path.read_text(encoding="utf-8"))["schemas"])
