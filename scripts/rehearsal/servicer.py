"""One provider as the engine sees it: Pulumi's provider protocol on one side, the simulated cloud on the other."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from components.errors import FleetError
from components.records import record
from scripts.rehearsal import filled, naming, providers
from scripts.rehearsal.cloud import Cloud, Scope
from scripts.rehearsal.diff import Change, Difference, compare
from scripts.rehearsal.faults import LostReply, Partial
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.state import Logged
from scripts.rehearsal.wire import plain, struct

_KINDS: dict[str, tuple[Any, Any]] = {
    "add": (provider_pb2.PropertyDiff.ADD, provider_pb2.PropertyDiff.ADD_REPLACE),
    "delete": (provider_pb2.PropertyDiff.DELETE, provider_pb2.PropertyDiff.DELETE_REPLACE),
    "update": (provider_pb2.PropertyDiff.UPDATE, provider_pb2.PropertyDiff.UPDATE_REPLACE),
}


@record(kw_only=True)
class Event:
    """A call of the engine, for those who watch: `when` is before, after (the cloud did it) or replied."""

    when: str
    provider: str
    method: str
    type: str
    urn: str
    preview: bool


Watch = Callable[[Event], None]


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers for one provider; several configurations of it come over connections of their own."""

    def __init__(self, provider: str, cloud: Cloud, watch: Watch | None = None) -> None:
        self.provider, self.cloud, self._watch = provider, cloud, watch
        self._scopes: dict[str, Scope] = {}
        self._last = Scope(provider=provider)

    # The provider itself

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=providers.version(self.provider))

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        old = plain(request.old_inputs) if request.HasField("old_inputs") else plain(request.olds)
        found = compare(f"pulumi:providers:{self.provider}", old, plain(request.news), "update")
        return _difference(found)

    def Configure(self, request: Any, context: Any) -> Any:
        config = plain(request.args)
        account = providers.account(self.provider, config, str(self.cloud.setting("account", "123456789012")))
        why = providers.refusal(self.provider, config, account)
        if why:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, why)
        scope = Scope(
            provider=self.provider, region=str(config.get("region") or config.get("location") or ""), account=account
        )
        self._scopes[context.peer()] = self._last = scope
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    # Its resources

    def Check(self, request: Any, context: Any) -> Any:
        with self._answer("Check", request, context):
            type, inputs, old = _type(request), plain(request.news), plain(request.olds)
            seed = request.randomSeed or hashlib.sha256(request.urn.encode()).digest()
            inputs = naming.named(type, request.urn.rpartition("::")[2], filled.kept(inputs, old), old, seed)
            found = self.cloud.check(self._scope(context), type, inputs, request.urn)
            failures = [provider_pb2.CheckFailure(property=one.property, reason=one.reason) for one in found]
            return provider_pb2.CheckResponse(inputs=struct(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:
        with self._answer("Diff", request, context):
            old = plain(request.old_inputs) if request.HasField("old_inputs") else plain(request.olds)
            found = self.cloud.diff(self._scope(context), _type(request), request.id, old, plain(request.news))
            return _difference(found)

    def Create(self, request: Any, context: Any) -> Any:
        with self._answer("Create", request, context):
            type, inputs = _type(request), plain(request.properties)
            if request.preview:
                return provider_pb2.CreateResponse(properties=struct(self.cloud.preview(type, inputs)))
            made = self.cloud.create(self._scope(context), type, request.urn, inputs)
            return provider_pb2.CreateResponse(id=made.id, properties=_told(made))

    def Read(self, request: Any, context: Any) -> Any:
        with self._answer("Read", request, context):
            imported = not request.properties.fields  # the engine knows nothing of it but the id
            found = self.cloud.read(self._scope(context), _type(request), request.id, request.urn, imported=imported)
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(id=found.id, properties=_told(found), inputs=struct(found.inputs))

    def Update(self, request: Any, context: Any) -> Any:
        with self._answer("Update", request, context):
            type, inputs = _type(request), plain(request.news)
            if request.preview:
                told = self.cloud.preview(type, inputs, plain(request.olds))
                return provider_pb2.UpdateResponse(properties=struct(told))
            changed = self.cloud.update(self._scope(context), type, request.id, request.urn, inputs)
            return provider_pb2.UpdateResponse(properties=_told(changed))

    def Delete(self, request: Any, context: Any) -> Any:
        with self._answer("Delete", request, context):
            self.cloud.delete(self._scope(context), _type(request), request.id, request.urn)
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"the program asks {self.provider} for {request.tok}; a rehearsal has no answer to questions",
        )

    # Inside

    def _scope(self, context: Any) -> Scope:
        return self._scopes.get(context.peer(), self._last)

    @contextmanager
    def _answer(self, method: str, request: Any, context: Any) -> Generator[None]:
        """Tell who watches, write the call down, and give errors the form that the engine understands."""
        preview = bool(getattr(request, "preview", False))
        began, at, failed = time.perf_counter(), time.time(), "ended by a fault of the rehearsal itself"
        try:
            self._tell("before", method, request, preview)
            yield
            failed = ""
            self._tell("after", method, request, preview)
        except (FleetError, OSError) as error:
            failed = str(error)
            _abort(context, error)
        finally:
            self.cloud.state.log(
                Logged(
                    at=at,
                    provider=self.provider,
                    method=f"{method} (preview)" if preview else method,
                    type=_type(request),
                    urn=request.urn,
                    id=getattr(request, "id", ""),
                    error=failed,
                    seconds=time.perf_counter() - began,
                )
            )
            if self._watch is not None:
                context.add_callback(lambda: self._tell("replied", method, request, preview))

    def _tell(self, when: str, method: str, request: Any, preview: bool) -> None:
        if self._watch is not None:
            self._watch(
                Event(
                    when=when,
                    provider=self.provider,
                    method=method,
                    type=_type(request),
                    urn=request.urn,
                    preview=preview,
                )
            )


def _told(resource: Resource) -> Any:
    """The outputs as providers tell them, with the id among them: policies see outputs, and know ids by nothing else."""
    return struct({**resource.outputs, "id": resource.id})


def _type(request: Any) -> str:
    """The type of a resource: older engines tell it in the URN alone, where its parents' types stand before it."""
    return request.type or request.urn.split("::")[2].rpartition("$")[2]


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _difference(found: Difference) -> Any:
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if found.changes else none,
        diffs=sorted({_top(change.path) for change in found.changes}),
        replaces=sorted({_top(path) for path in found.replaces}),
        deleteBeforeReplace=found.delete_first,
        detailedDiff={change.path: _detail(change) for change in found.changes},
        hasDetailedDiff=True,
    )


def _detail(change: Change) -> Any:
    return provider_pb2.PropertyDiff(kind=_KINDS[change.kind][change.replaces], inputDiff=True)


def _abort(context: Any, error: Exception) -> NoReturn:
    if isinstance(error, Partial):
        _abort_partly(context, str(error), error.resource)
    if isinstance(error, LostReply):
        code = grpc.StatusCode.UNAVAILABLE
    elif isinstance(error, CloudError) and error.retryable:
        code = grpc.StatusCode.RESOURCE_EXHAUSTED
    else:
        code = grpc.StatusCode.UNKNOWN
    context.abort(code, str(error))
    raise AssertionError("abort raises")


def _abort_partly(context: Any, message: str, made: Resource) -> NoReturn:
    """Fail, and hand over what was made all the same."""
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.add().Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=made.id, properties=_told(made), inputs=struct(made.inputs), reasons=[message]
        )
    )
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort raises")
