"""One call to a simulated cloud with all that can go wrong on the way: faults, second tries, and the simulated clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from scripts.rehearsal.faults import Fault, Faults, LostReply, Partial, kill
from scripts.rehearsal.model import CloudError, Resource, Service
from scripts.rehearsal.state import State

_LONGEST_WAIT = 300.0
"""Seconds between two tries, at most (terraform-provider-aws pull request 36855: MaxBackoff as in SDK v1)."""
_FIRST_LOOK, _LAST_LOOK = 0.5, 10.0
"""Seconds between two looks for something new (terraform-plugin-sdk, helper/retry, StateChangeConf)."""

REALISTIC = "realistic"
"""The setting `latency` that takes what calls of the real cloud were seen to take, as far as the service knows."""


class Calls:
    """Makes the calls of one cloud. `service` tells who answers for a type, `crash` is what the fault of that name does.

    A service may say what its provider does: `retries`, how often it tries again what is worth it, and `patience`, for
    how many seconds it looks for what it has just made.
    """

    def __init__(
        self, state: State, faults: Faults, service: Callable[[str], Service], crash: Callable[[], None]
    ) -> None:
        self._state, self._faults, self._service, self._crash = state, faults, service, crash

    def run(self, call: str, type: str, urn: str, act: Callable[[], Any]) -> Any:
        """One call with its faults; a retryable error is tried again as often as the setting `retries` says, or as
        the service says that its provider does."""
        retries = int(self._state.setting("retries", getattr(self._service(type), "retries", 0)))
        for attempt in range(retries + 1):
            try:
                return self._attempt(call, type, urn, act)
            except CloudError as error:
                if not error.retryable or attempt == retries:
                    raise
                self._take_time(min(2.0**attempt, _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _attempt(self, call: str, type: str, urn: str, act: Callable[[], Any]) -> Any:
        self._take_time(self._latency(type, call))
        self._before(type, self._faults.take("before", call, type, urn))
        with self._state.transaction():
            result = act()
        self._after(type, self._faults.take("after", call, type, urn), result)
        return result

    def _before(self, type: str, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.kind == "slow":
            self._take_time(fault.seconds)
        elif not self._ends(fault):
            raise fault.error(type)

    def _after(self, type: str, fault: Fault | None, result: Any) -> None:
        if fault is None or self._ends(fault):
            return
        if fault.kind == "not-found-after-create":
            self._state.hide(result, fault.reads)
            self._find_new(result)
        elif fault.kind == "lost-reply":
            raise LostReply("the connection was closed before the reply came")
        elif fault.kind == "partial":
            raise Partial(fault.message or "resource is not ready", result)
        else:
            raise fault.error(type)

    def _ends(self, fault: Fault) -> bool:
        if fault.kind == "crash":
            self._crash()
        elif fault.kind == "kill":
            kill(fault.pid)
        return fault.kind in ("crash", "kill")

    def _latency(self, type: str, call: str) -> float:
        """Seconds that a call takes, by the setting `latency`: of its type, or of every type (`*`)."""
        table = self._state.setting("latency", {})
        if table == REALISTIC:
            table = getattr(self._service(type), "latency", {})
        return float(table.get(type, table.get("*", {})).get(call, 0.0))

    def _take_time(self, seconds: float) -> None:
        """Let the simulated clock run; wait only where the setting `sleep` says so."""
        if seconds > 0:
            self._state.count("clock_ms", round(seconds * 1000))
            if self._state.setting("sleep", False):
                time.sleep(seconds)

    def _find_new(self, made: Resource) -> None:
        """Read again what was just made and is not found, as long as its service says that the provider does so.

        Raises Partial where it takes longer: the provider has the id by then, so the engine keeps the resource.
        """
        patience = float(getattr(self._service(made.type), "patience", 0.0))
        wait, waited = _FIRST_LOOK, 0.0
        while patience and not self._state.seen(made):
            if waited >= patience:
                raise Partial(f"reading {made.type} ({made.id}): couldn't find resource", made)
            self._take_time(wait)
            wait, waited = min(2 * wait, _LAST_LOOK), waited + wait
