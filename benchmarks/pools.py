"""The offline preview of clusters with more and more pools: 32 pools of H100:8 have 1,024 EFA interfaces."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.lines import Line, Parts
from benchmarks.processes import CLI, RUNS, interleaved, warm

COUNTS = (1, 8, 16, 32)
INTERFACES = 32  # EFA interfaces of a p5.48xlarge (EC2 guide, Maximize network bandwidth with multiple network cards)
LINEAR = 1.25
"""How much more a further pool may take among many than among few."""


def parts(folder: Path) -> Parts:
    return {f"Preview against pools, medians of {RUNS}": lambda: measure(folder)}


def measure(folder: Path) -> list[Line]:
    commands = {str(count): [CLI, "preview", str(_stack(folder, count)), "-o", "json", "-q"] for count in COUNTS}
    found = interleaved(commands, warm(folder / "there", commands).env, RUNS)
    took = {count: found[str(count)].seconds for count in COUNTS}
    # Of what is computed: on the clock, few pools hide in the waits of Pulumi's own threads.
    spent = {count: found[str(count)].cpu for count in COUNTS}
    few = (spent[16] - spent[8]) / 8
    many = (spent[32] - spent[16]) / 16
    return [
        *(
            Line(
                f"{count} pools, {count * INTERFACES:,} interfaces",
                f"{took[count]:.2f} s, {found[str(count)].peak:.0f} MiB",
            )
            for count in COUNTS
        ),
        Line("a pool more, among few", f"{few * 1000:.0f} ms"),
        Line("a pool more, among many", f"{many * 1000:.0f} ms"),
        Line("many: of few (linear is 1)", f"{many / few:.2f} x", f"<= {LINEAR:g}", many / few <= LINEAR),
    ]


def _stack(folder: Path, pools: int) -> Path:
    train = {"accelerator": "H100:8", "nodes": 2, "fabric": "required", "capacity": ["on-demand"]}
    cluster = {
        "blueprint": "./pools.yaml",
        "cloud": "aws",
        "region": "us-east-1",
        "environment": "prod",
        "account": "123456789012",
        "tags": {"owner": "research", "cost-center": "4711"},
        "network": {"cidr": "10.0.0.0/16"},
        "pools": {f"train{number:02}": train for number in range(pools)},
        "budget": {"usd_per_month": 120_000 * pools},
    }
    file = folder / f"Pulumi.pools{pools}.yaml"
    (folder / "pools.yaml").write_text('kubernetes: "1.35"\nmay_differ: [pools, budget]\n')
    file.write_text(json.dumps({"config": {"gpu-fleet:cluster": cluster}}))
    return file
