"""Tags, said on every resource that takes them: a provider's default tags do not reach instances or volumes."""

from __future__ import annotations

from collections.abc import Mapping

STACK_TAG = "gpu-fleet:stack"
"""The tag whose value is the stack; the budget finds the stack's costs by it."""


def named(tags: Mapping[str, str], name: str, **more: str) -> dict[str, str]:
    """`tags` and the `Name` that the console shows; `more` wins."""
    return {**tags, "Name": name, **more}
