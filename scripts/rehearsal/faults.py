"""Faults on demand: what goes wrong, at which call, how often. They lie in the cloud's state and outlive a crash."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from components.errors import FleetError, did_you_mean
from components.records import record
from scripts.rehearsal import providers
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.state import State

CALLS = ("create", "read", "update", "delete")

# Kind -> when it strikes: before the cloud did anything, or after it did it.
KINDS: dict[str, tuple[str, ...]] = {
    "throttle": ("before",),
    "capacity": ("before",),
    "error": ("before",),
    "slow": ("before",),
    "error-after-success": ("after",),
    "not-found-after-create": ("after",),
    "partial": ("after",),
    "lost-reply": ("after",),
    "crash": ("before", "after"),
    "kill": ("before", "after"),
}

_ERRORS: dict[str, tuple[str, str]] = {
    "throttle": ("RequestLimitExceeded", "Request limit exceeded."),
    "error": ("InternalError", "An internal error has occurred"),
    "error-after-success": ("InternalError", "An internal error has occurred"),
    "capacity": (
        "InsufficientInstanceCapacity",
        "We currently do not have sufficient capacity in the Availability Zone you requested.",
    ),
}


class LostReply(FleetError):
    """The cloud did what it was told, and nobody heard."""


class Partial(FleetError):
    """Made, but not as it should be: the engine keeps the resource and tries an update next time."""

    def __init__(self, message: str, resource: Resource) -> None:
        super().__init__(message)
        self.resource = resource


@record(kw_only=True)
class Fault:
    """One fault.

    `at` is a glob of resource types or URNs, `call` one of `CALLS` or `*`, `kind` one of `KINDS`. It lets `skip` calls
    pass, and spoils the next `times`. `when` chooses for crash and kill; `reads` is how many look-ups miss a new
    resource, `seconds` how long a slow call takes, `pid` who is killed; `code` and `message` are the cloud's words.
    """

    at: str
    call: str
    kind: str
    times: int = 1
    skip: int = 0
    when: str = ""
    code: str = ""
    message: str = ""
    reads: int = 1
    seconds: float = 0.0
    pid: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Fault:
        """A fault from plain data. Raises FleetError, and says which field is wrong."""
        known = [field.name for field in dataclasses.fields(cls)]
        for name in given:
            if name not in known:
                raise FleetError(f"a fault has no field {name!r}; {did_you_mean(name, known)}")
        missing = [name for name in ("at", "call", "kind") if name not in given]
        if missing:
            raise FleetError(f"a fault needs {', '.join(missing)}")
        fault = cls(**given)
        if fault.call not in (*CALLS, "*"):
            raise FleetError(f"there is no call {fault.call!r}; {did_you_mean(fault.call, CALLS)}")
        if fault.kind not in KINDS:
            raise FleetError(f"there is no fault {fault.kind!r}; {did_you_mean(fault.kind, tuple(KINDS))}")
        if fault.when not in ("", *KINDS[fault.kind]):
            raise FleetError(f"{fault.kind!r} strikes {' or '.join(KINDS[fault.kind])}, not {fault.when!r}")
        if fault.kind == "kill" and fault.pid <= 1:
            raise FleetError("'kill' needs the pid of the process that is killed")
        return fault

    @property
    def strikes(self) -> str:
        return self.when or KINDS[self.kind][0]

    def concerns(self, call: str, type: str, urn: str) -> bool:
        return self.call in (call, "*") and (fnmatchcase(type, self.at) or fnmatchcase(urn, self.at))

    def error(self, type: str) -> CloudError:
        """What the cloud of a type of resource says."""
        code, message = providers.errors(type).get(self.kind, _ERRORS[self.kind])
        return CloudError(self.code or code, self.message or message, retryable=self.kind == "throttle")


class Faults:
    """The faults of one cloud. `crash` is what a crash does; by default the process kills itself."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, *faults: Mapping[str, Any]) -> None:
        for given in faults:
            fault = Fault.of(given)
            self._state.add_fault(given, fault.skip, fault.times)

    def clear(self) -> None:
        self._state.clear_faults()

    def take(self, when: str, call: str, type: str, urn: str) -> Fault | None:
        """The first fault that strikes this call now; counts it."""
        if not self._state.faults():  # most calls: no need to write
            return None
        with self._state.transaction():
            for number, given, skip, _ in self._state.faults():
                fault = Fault.of(given)
                if fault.strikes != when or not fault.concerns(call, type, urn):
                    continue
                if skip > 0:
                    self._state.spend_fault(number, skip=1)
                    continue
                self._state.spend_fault(number, times=1)
                return fault
        return None


def kill(pid: int) -> None:
    """End a process as the kernel does: at once."""
    os.kill(pid, signal.SIGKILL)
