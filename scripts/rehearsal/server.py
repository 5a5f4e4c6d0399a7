"""Serves a simulated cloud to Pulumi's engine: one process, one port for each provider."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from components import sdk_imports
from scripts.rehearsal import providers
from scripts.rehearsal.cloud import Cloud
from scripts.rehearsal.faults import kill
from scripts.rehearsal.model import Service
from scripts.rehearsal.servicer import Servicer, Watch
from scripts.rehearsal.state import MEMORY, State

THREADS = 32  # the engine has as many calls under way at a time as it has steps that are ready
_HOST = "127.0.0.1"
_MESSAGE_BYTES = 400 * 1024 * 1024  # what the engine allows
_OPTIONS = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)]


class Running:
    """Simulated clouds that answer. `ports` has the port of each provider, `cloud` what they share."""

    def __init__(self, cloud: Cloud, servers: Mapping[str, Any], ports: Mapping[str, int]) -> None:
        self.cloud, self.ports = cloud, dict(ports)
        self._servers = servers

    @property
    def debug_providers(self) -> str:
        """What the engine takes as PULUMI_DEBUG_PROVIDERS."""
        return ",".join(f"{provider}:{port}" for provider, port in self.ports.items())

    def wait(self) -> None:
        """Until it is stopped."""
        for server in self._servers.values():
            server.wait_for_termination()

    def die(self) -> None:
        """Drop every call at once and answer nothing more, as a process that is killed; the state stays."""
        for server in self._servers.values():
            server.stop(grace=None)

    def stop(self) -> None:
        """End all calls, and close the state."""
        for stopping in [server.stop(grace=None) for server in self._servers.values()]:
            stopping.wait()
        self.cloud.state.close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(
    state: Path | str | State = MEMORY,
    providers_: Iterable[str] = providers.PROVIDERS,
    *,
    services: Mapping[str, Service] | None = None,
    settings: Mapping[str, Any] | None = None,
    faults: Iterable[Mapping[str, Any]] = (),
    on_unknown: str = "error",
    watch: Watch | None = None,
    crash: Callable[[], None] = lambda: kill(os.getpid()),
) -> Running:
    """Serve `providers_` in threads of this process, from a state file or from memory.

    `services` stands in for the registered ones; `settings` and `faults` are written into the state. `watch` is told
    of each call before, after and once it is replied; `crash` is what the fault of that name does.
    """
    sdk_imports.install()
    names = tuple(providers_)
    kept = state if isinstance(state, State) else State(state)
    kept.set(settings or {})
    answering = providers.services(*names) if services is None else services
    cloud = Cloud(kept, answering, on_unknown=on_unknown, crash=crash)
    cloud.faults.add(*faults)
    servers: dict[str, Any] = {}
    ports: dict[str, int] = {}
    for name in names:
        server = grpc.server(ThreadPoolExecutor(THREADS, f"rehearsal-{name}"), options=_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(name, cloud, watch), server)
        ports[name] = server.add_insecure_port(f"{_HOST}:0")
        server.start()
        servers[name] = server
    return Running(cloud, servers, ports)
