"""Stands in for Pulumi's engine: writes down what a program registers, and answers as the table of replies says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import alias_pb2, provider_pb2, resource_pb2

from components.errors import FleetError
from scripts.preview.references import References, unknown_paths
from scripts.preview.replies import PARTS, Replies, add_output, part_path

STACK_TYPE = "pulumi:pulumi:Stack"
READ_STATE = "pulumi:pulumi:readStackResourceOutputs"
"""The engine's own function: what the state has of each resource. No provider is asked."""

# What a program may use here. Left out on purpose: transforms and hooks need a server that the engine calls back, and
# output values are for components in another language.
_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
)

# The answer to a question has a type of its own in newer SDKs, and the same fields in older ones.
_ANSWER: Callable[[], Any] = getattr(resource_pb2, "ResourceInvokeResponse", provider_pb2.InvokeResponse)


class PreviewError(FleetError):
    """The program asked for something that a preview without a cloud cannot give."""


class UnknownReply(PreviewError):
    """No recorded reply: a resource type without a row, an output that no row lists, or a question to a provider."""


class DuplicateName(PreviewError):
    """Two resources have one logical name, so that a reference to it could mean either."""


class Monitor:
    """Has the methods of Pulumi's resource monitor that its SDK calls, and answers at once, in the same thread.

    `existing` is what the state has: URN -> type and outputs.
    """

    def __init__(
        self, project: str, stack: str, replies: Replies, existing: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.references = References()
        self.requests: list[resource_pb2.RegisterResourceRequest] = []
        self.inputs: dict[str, dict[str, Any]] = {}  # by logical name, as on the wire
        self.outputs: dict[str, dict[str, Any]] = {}  # what components registered; the stack's are under its name
        self.failure: PreviewError | None = None
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._replies = replies
        self._existing = existing or {}

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        urn = self._urn(request.parent, request.type, request.name)
        inputs = plain_struct(request.object)
        if request.name in self.inputs:
            self._fail(
                DuplicateName(
                    f"two resources are called {request.name!r}, the second is a {request.type}; "
                    "logical names are unique in a stack"
                )
            )
        if request.remote:
            self._fail(UnknownReply(f"{request.type} ({request.name!r}) is built by another program"))
        self._refuse_unknown(f"of resource {request.name!r}", inputs)
        self.references.name_urn(urn, request.name)
        self.inputs[request.name] = inputs
        if request.type != STACK_TYPE:
            self.requests.append(request)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        outputs = self._outputs(request)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=self.references.token(request.name, "id"), object=outputs
        )

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        name = self.references.name_of(request.urn)
        outputs = plain_struct(request.outputs)
        self._refuse_unknown(f"registered by {name!r}", outputs)
        self.outputs[name] = outputs
        return empty_pb2.Empty()

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> Any:
        if request.tok != READ_STATE:
            self._fail(UnknownReply(f"the program calls {request.tok}; it must not ask a provider for anything"))
        answer = _ANSWER()
        getattr(answer, "return").update({"outputs": dict(self._existing)})
        return answer

    def Call(self, request: resource_pb2.ResourceCallRequest) -> NoReturn:
        self._fail(UnknownReply(f"the program calls {request.tok}; it must not ask a provider for anything"))

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> NoReturn:
        self._fail(UnknownReply(f"the program reads {request.type} ({request.name!r}); there is no cloud to read from"))

    def ExistsResource(self, request: resource_pb2.ExistsResourceRequest) -> NoReturn:
        self._fail(UnknownReply(f"the program looks for {request.type} {request.id!r}; there is no cloud to look in"))

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> NoReturn:
        self._fail(UnknownReply(f"the program loads the package {request.name!r} while it runs"))

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def _urn(self, parent: str, token: str, name: str) -> str:
        # A URN's type is the chain of its parents' types, without the stack's.
        above = parent.removeprefix(self._prefix).partition("::")[0] if parent else ""
        chain = f"{above}${token}" if above and above != STACK_TYPE else token
        return f"{self._prefix}{chain}::{name}"

    def _outputs(self, request: resource_pb2.RegisterResourceRequest) -> struct_pb2.Struct:
        row = self._replies.get(request.type)
        if row is None:
            self._fail(
                UnknownReply(
                    f"no recorded reply for {request.type} (resource {request.name!r}); "
                    "add a row to scripts/preview/replies.py"
                )
            )
        if not row:
            return request.object
        outputs = plain_struct(request.object)
        for path in row:
            add_output(outputs, path, self._decided(request, path))
        answer = struct_pb2.Struct()
        answer.update(outputs)
        return answer

    def _decided(self, request: resource_pb2.RegisterResourceRequest, path: str) -> str:
        """A token; one between known texts where programs take a part of an output."""
        part = PARTS.get((request.type, path))
        if part is None:
            return self.references.token(request.name, path)
        return f"{part[0]}{self.references.token(request.name, part_path(path, part))}{part[1]}"

    def _refuse_unknown(self, whose: str, values: dict[str, Any]) -> None:
        for path in unknown_paths(values):
            self._fail(
                UnknownReply(
                    f"{path!r} {whose} comes from an output that has no recorded reply; "
                    "add the output to its row in scripts/preview/replies.py"
                )
            )

    def _fail(self, error: PreviewError) -> NoReturn:
        # The SDK passes an error on to everything that depends on it; the first one is the cause.
        self.failure = self.failure or error
        raise error


def plain_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf struct as plain data; whole numbers are int, as the wire does not tell 3 from 3.0.

    Keys are sorted: the order in which protobuf keeps a map differs from run to run.
    """
    fields = struct.fields
    return {key: _plain(fields[key]) for key in sorted(fields)}


def _plain(value: struct_pb2.Value) -> Any:
    return _READERS[value.WhichOneof("kind") or "null_value"](value)


def _number(value: struct_pb2.Value) -> int | float:
    number = value.number_value
    return int(number) if number.is_integer() else number


_READERS: dict[str, Callable[[struct_pb2.Value], Any]] = {
    "null_value": lambda _: None,
    "bool_value": lambda value: value.bool_value,
    "number_value": _number,
    "string_value": lambda value: value.string_value,
    "struct_value": lambda value: plain_struct(value.struct_value),
    "list_value": lambda value: [_plain(item) for item in value.list_value.values],
}


def plain_alias(alias: alias_pb2.Alias, references: References) -> dict[str, Any] | str:
    """An alias as plain data: a URN, or what of the old resource differed."""
    if alias.WhichOneof("alias") == "urn":
        return alias.urn
    spec = alias.spec
    fields: dict[str, Any] = {"name": spec.name, "type": spec.type, "stack": spec.stack, "project": spec.project}
    if spec.noParent:
        fields["no_parent"] = True
    elif spec.parentUrn:
        fields["parent"] = references.name_of(spec.parentUrn)
    return {key: value for key, value in fields.items() if value}
