"""The entry point of `gpufleet`. Only the verb that is called is imported."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

# Verb -> its module and what help says of it. A module has `command`, or `app` where the verb has verbs of its own.
VERBS: dict[str, tuple[str, str]] = {
    "plan": ("scripts.cli.verbs.plan", "Show every decision that a stack's plan takes, as YAML."),
    "check": ("scripts.cli.verbs.check", "List everything that is wrong with a stack: spec, plan and rules."),
    "cost": ("scripts.cli.verbs.cost", "Show what a stack costs a month, item by item."),
    "preview": ("scripts.cli.verbs.preview", "Show every resource that a stack registers, with cost and rules."),
    "parity": ("scripts.cli.verbs.parity", "Show what differs between stacks of one blueprint, and whether it may."),
    "compare": (
        "scripts.cli.verbs.compare",
        "Show a blueprint on each cloud and region, by cost, or why it cannot be had.",
    ),
    "catalog": (
        "scripts.cli.verbs.catalog",
        "List the machines that can be bought, or show every fact about one thing.",
    ),
    "report": ("scripts.cli.verbs.report", "Write stacks as one HTML page: cost, topology, rules, resources."),
    "rehearse": ("scripts.cli.verbs.rehearse", "Rehearse a stack's life with the real engine on a simulated cloud."),
    "up": ("scripts.cli.verbs.up", "Deploy a stack with Pulumi: preview, cost, what is lost, a question."),
    "drift": ("scripts.cli.verbs.drift", "Show how a stack's resources differ from what was deployed."),
    "destroy": (
        "scripts.cli.verbs.destroy",
        "Delete everything that a stack has, with Pulumi, once its name is typed.",
    ),
    "new": ("scripts.cli.verbs.new", "Write a stack file to start from, by question or by flags."),
}

INTERRUPTED = 130


def run() -> None:
    """What the command `gpufleet` runs."""
    _start_fast()
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command line; its exit status. Never raises."""
    try:
        from scripts.cli.app import start  # here: it can be interrupted while it loads, too

        return start(arguments, VERBS)
    except KeyboardInterrupt:
        return INTERRUPTED


def _start_fast() -> None:
    """What makes loading a few hundred modules quick, for a process that soon ends."""
    gc.disable()  # it would look through half a million objects again and again, and find no garbage
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plugins reads every package's metadata
    if sys.dont_write_bytecode:
        # Told not to write bytecode beside the sources, as many images are, Python compiles everything each time.
        from components.sdk_imports import cache_directory

        place = cache_directory()
        if place is not None:
            sys.pycache_prefix = str(place.with_name("pycache"))
            sys.dont_write_bytecode = False
