"""What a step does to the nodes of one group of them, in words that all clouds share."""

from __future__ import annotations

from components.records import record
from scripts.preview.compare import Step


@record(kw_only=True)
class Nodes:
    """The nodes of a group as the state has them: how many, and accelerators of each. `group` is the cloud's word."""

    group: str
    nodes: int
    each: int

    @property
    def told(self) -> str:
        has = counted(self.nodes, "node")
        return f"{has}, {counted(self.nodes * self.each, 'GPU')}" if self.each else has

    def away(self, at_once: int) -> str:
        """So many of them."""
        nodes = min(at_once, self.nodes)
        if self.each:
            return f"{nodes * self.each} of {counted(self.nodes * self.each, 'GPU')}"
        return f"{nodes} of {self.told}"


def counted(number: int, thing: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def ended(step: Step, nodes: Nodes) -> str | None:
    """What a deletion or a replacement of a group does to its nodes; None for another step."""
    if step.operation == "delete":
        return f"the {nodes.group} is deleted: {nodes.told} go away"
    if step.operation == "replace" and step.old_first:
        return f"the {nodes.group} is replaced, old nodes first: {nodes.told} are away until the new ones are there"
    if step.operation == "replace":
        return (
            f"the {nodes.group} is replaced, new nodes before old ones: the new ones must be had while the old ones still"
            f" stand ({nodes.told}), and what runs on these ends"
        )
    return None
