"""Runs a program of bare resources under mocks, for the floors: as many as asked, by makers in turn."""

import sys
from collections.abc import Callable, Sequence

import pulumi


class Mocks(pulumi.runtime.Mocks):
    new_resource = staticmethod(lambda args: (args.name, {}))
    call = staticmethod(lambda args: {})


def run(makers: Sequence[Callable[[str], object]], count: int, *packages: str) -> None:
    """Register `count` resources; with `--modules`, tell the modules of these packages that are loaded then."""

    @pulumi.runtime.test
    def program() -> None:
        for number in range(count):
            makers[number % len(makers)](f"resource-{number}")

    pulumi.runtime.set_mocks(Mocks())
    program()
    if "--modules" in sys.argv:
        print(*sorted(name for name in sys.modules if name.partition(".")[0] in packages), sep="\n")
