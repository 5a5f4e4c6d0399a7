"""A bare program: registers what was recorded, one after another, and needs nothing but the engine's protocol."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict, ParseDict
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2, resource_pb2, resource_pb2_grpc

from scripts.preview.references import TOKEN
from scripts.preview.replies import part_of, steps
from scripts.rehearsal.crash.recording import Recording

_HOST = "127.0.0.1"
_MESSAGE_BYTES = 400 * 1024 * 1024  # what the engine allows
_OPTIONS = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)]


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """The engine's language host. It runs `recording`, whatever the project says; the engine takes its address as
    `--client`."""

    def __init__(self) -> None:
        self.recording: Recording | None = None
        self._server: Any = grpc.server(ThreadPoolExecutor(4, "replay"), options=_OPTIONS)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(self, self._server)
        self.address = f"{_HOST}:{self._server.add_insecure_port(f'{_HOST}:0')}"
        self._server.start()

    def close(self) -> None:
        self._server.stop(grace=None).wait()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPluginsResponse()

    def Run(self, request: Any, context: Any) -> Any:
        assert self.recording is not None
        with grpc.insecure_channel(request.monitor_address, options=_OPTIONS) as channel:
            try:
                _Replay(resource_pb2_grpc.ResourceMonitorStub(channel), self.recording).run()
            except grpc.RpcError as error:  # the engine tells why by itself, or is dead
                return language_pb2.RunResponse(error=str(error.details()), bail=True)  # pyright: ignore
        return language_pb2.RunResponse()


class _Replay:
    """One run. What a reference stands for comes from the engine's answers."""

    def __init__(self, monitor: Any, recording: Recording) -> None:
        self._monitor, self._recording = monitor, recording
        self._told: dict[str, dict[str, Any]] = {}  # by logical name: the outputs, and the id

    def run(self) -> None:
        urns: set[str] = set()
        for one in self._recording.registrations:
            known = {**self._filled(one, text=True), "acceptSecrets": True}
            answer = self._monitor.RegisterResource(ParseDict(known, resource_pb2.RegisterResourceRequest()))
            self._told[str(one["name"])] = {**MessageToDict(answer.object), "id": answer.id}
            urns.add(answer.urn)
        for urn, outputs in self._recording.outputs.items():
            told = struct_pb2.Struct()
            told.update(self._filled(outputs, text=False))
            self._monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=told))

    def _filled(self, value: Any, *, text: bool) -> Any:
        if isinstance(value, str):
            return self._meant(value, text)
        if isinstance(value, list):
            return [self._filled(one, text=text) for one in cast("list[Any]", value)]
        if isinstance(value, Mapping):
            told = cast("Mapping[str, Any]", value)
            return {self._filled(key, text=True): self._filled(one, text=text) for key, one in told.items()}
        return value

    def _meant(self, text: str, as_text: bool) -> Any:
        whole = TOKEN.fullmatch(text)
        if whole is not None and not as_text:
            return self._follow(whole[0])
        return TOKEN.sub(lambda match: _written(self._follow(match[0])), text)

    def _follow(self, token: str) -> Any:
        """What a token stands for. Logical names may hold dots."""
        meaning = name = self._recording.tokens[token]
        while name not in self._told:
            name = name.rpartition(".")[0]
        value: Any = self._told[name]
        path, _, part = meaning.removeprefix(f"{name}.").partition("|")
        for step in steps(path):
            value = value[step]
        return part_of(str(value), part) if part else value


def _written(value: Any) -> str:
    """A value inside a text: programs make text of the numbers that a cloud tells."""
    return f"{value:g}" if isinstance(value, float) else str(value)
