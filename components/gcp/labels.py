"""Labels, said on every resource that takes them: a provider's default labels do not reach nodes or their disks."""

from __future__ import annotations

STACK_LABEL = "gpu-fleet-stack"
"""The label whose value is the stack; the budget finds the stack's costs by it."""
