"""What is said around a deployment: its cost before somebody says yes, and what to do next once it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from components.cost.model import CostReport
from components.plan.model import BudgetPlan
from scripts.cli.figures import money
from scripts.cli.findings import GOOD, GOOD_STYLE
from scripts.cli.summary import cost_line

if TYPE_CHECKING:
    from scripts.engine.steps import Step


def cost_lines(cost: CostReport) -> Iterator[Text]:
    """A month at all three sizes, and what has no price and is therefore not in it."""
    monthly = cost.monthly
    sizes = (("min", monthly.min), ("desired", monthly.desired), ("max", monthly.max))
    text = Text.assemble(
        ("Cost a month", "bold"), "  ", " · ".join(f"{name} {money(sum)}" for name, sum in sizes), " USD"
    )
    yield text
    if cost.unpriced:
        items = ", ".join(dict.fromkeys(line.item for line in cost.unpriced))
        yield Text(f"UNPRICED, not in these sums: {items}", "bold red")


def after_up(
    stack: str, step: Step | None, outputs: Mapping[str, Any], cost: CostReport, budget: BudgetPlan
) -> Iterator[Text]:
    """The summary of a stack that is as its spec says; `step` is None where nothing had to be done."""
    from scripts.engine.telling import counts

    done = f"is deployed: {counts(step)}, in {step.seconds:.0f} s" if step is not None else "is as its spec says"
    yield Text(f"{GOOD} {stack} {done}", f"bold {GOOD_STYLE}")
    for name in ("cluster_name", "endpoint"):
        if name in outputs:
            yield Text.assemble(f"  {name.replace('_name', ''):9} ", (str(outputs[name]), "bold"))
    yield Text.assemble("  ", cost_line(cost, budget))
    yield Text("Next:", "bold")
    yield Text(f"  pulumi stack output kubeconfig --show-secrets --stack {stack} > kubeconfig   # a secret")
    yield Text(f"  gpufleet drift {stack}   # what somebody changes behind Pulumi's back")


def after_destroy(stack: str, step: Step | None) -> Iterator[Text]:
    """The summary of a stack that has nothing any more."""
    done = f"is destroyed: {step.count('delete')} deleted, in {step.seconds:.0f} s" if step is not None else "is empty"
    yield Text(f"{GOOD} {stack} {done}", f"bold {GOOD_STYLE}")
    yield Text("Next:", "bold")
    yield Text(f"  gpufleet up {stack}         # make it again")
    yield Text(f"  pulumi stack rm {stack}     # or forget it, with its history")
