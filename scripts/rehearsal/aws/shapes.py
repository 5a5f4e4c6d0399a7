"""The API models that botocore ships, read when they are first asked for: EC2's alone is megabytes of JSON."""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

Shapes = Mapping[str, Mapping[str, Any]]
"""A service's shapes by name, as botocore writes them: type, members, enum, pattern, min, max."""


@cache
def shapes(service: str) -> Shapes:
    """The newest model of a service. Raises FileNotFoundError where botocore, or the service in it, is missing."""
    # The package's place without its import, which reads far more than a file.
    found = importlib.util.find_spec("botocore")
    if found is None or found.origin is None:
        raise FileNotFoundError("the rehearsed AWS needs botocore, which the development dependencies have")
    versions = sorted((Path(found.origin).parent / "data" / service).glob("*/service-2.json*"))
    if not versions:
        raise FileNotFoundError(f"botocore has no model of {service}")
    content = versions[-1].read_bytes()
    text = gzip.decompress(content) if versions[-1].suffix == ".gz" else content
    return cast("Shapes", json.loads(text)["shapes"])
