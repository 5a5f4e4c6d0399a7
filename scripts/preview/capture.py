"""Run a Pulumi program without an engine and give back what it registered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import field
from inspect import isawaitable
from typing import Any, cast

import pulumi.runtime
import pulumi.runtime.resource
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.settings import ROOT, Settings, configure
from pulumi.runtime.stack import run_in_stack

from components.records import record
from scripts.preview.monitor import Monitor, plain_alias
from scripts.preview.replies import REPLIES, Replies
from scripts.preview.state import State

Program = Callable[[], Awaitable[None] | None]
"""What `__main__.py` of a Pulumi project does, as a function."""


@record
class Registered:
    """One resource as the program registered it.

    Names are logical names. Keys of `inputs` and `outputs` are wire names (camelCase); a value that the cloud decides
    is `{"ref": "<name>.<output>"}`, text made of such values `{"join": [...]}`, a secret `{"secret": True}`.
    """

    type: str
    name: str
    custom: bool  # False for a component
    parent: str | None  # None below the stack
    depends_on: tuple[str, ...]  # sorted; declared ones and those that inputs imply
    protect: bool
    retain_on_delete: bool
    delete_before_replace: bool
    replace_on_changes: tuple[str, ...]
    ignore_changes: tuple[str, ...]
    additional_secret_outputs: tuple[str, ...]
    custom_timeouts: Mapping[str, str]  # by operation, for example {"create": "40m"}
    aliases: tuple[Any, ...]
    provider: str | None
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])  # what a component registered

    def to_json(self) -> dict[str, Any]:
        """The resource as the `preview` document shows it."""
        return {
            "type": self.type,
            "name": self.name,
            "parent": self.parent,
            "depends_on": list(self.depends_on),
            "protect": self.protect,
            "retain_on_delete": self.retain_on_delete,
            "replace_on_changes": list(self.replace_on_changes),
            "ignore_changes": list(self.ignore_changes),
            "aliases": list(self.aliases),
            "provider": self.provider,
            "inputs": dict(self.inputs),
        }


@record
class Captured:
    """All that one run registered: resources in the order of registration, and the stack's outputs."""

    resources: tuple[Registered, ...]
    outputs: Mapping[str, Any]

    def to_json(self) -> list[dict[str, Any]]:
        """The resources as the `preview` document shows them."""
        return [resource.to_json() for resource in self.resources]


def run(
    program: Program,
    *,
    stack: str,
    config: Mapping[str, str],
    project: str = "gpu-fleet",
    replies: Replies = REPLIES,
    state: State | None = None,
) -> Captured:
    """Run `program` as `pulumi preview` would, but with `replies` in place of the cloud.

    `state` is what the program may read of what exists, nothing where it is left out. `config` has full keys (`gpu-fleet:cluster`) and values as Pulumi keeps them: text, or JSON for structured values.
    Each run starts from nothing and leaves nothing behind: not a setting, a thread or an event loop. Raises what the
    program raises, and PreviewError where the program wants something that only a cloud could answer. Must not be
    called while an event loop runs in this thread.
    """
    return _played(program, stack, config, project, replies, state).captured(f"{project}-{stack}")


def monitored(program: Program, *, stack: str, config: Mapping[str, str], project: str = "gpu-fleet") -> Monitor:
    """Run `program` as `run` does, and give back what the stand-in for the engine was told, word by word."""
    return _played(program, stack, config, project, REPLIES).monitor


def _played(
    program: Program,
    stack: str,
    config: Mapping[str, str],
    project: str,
    replies: Replies,
    state: State | None = None,
) -> _Session:
    existing = None if state is None else state.outputs(stack, project)
    session = _Session(program, Monitor(project, stack, replies, existing))
    # Pulumi keeps its settings in context variables, so they end with the context that they were set in.
    with _without_traces(), asyncio.Runner(loop_factory=_InlineLoop) as runner:
        runner.run(session.main(project, stack, config), context=copy_context())
    return session


class _InlineLoop(asyncio.SelectorEventLoop):
    """An event loop without threads: the monitor answers at once, so a thread would only shuffle the order."""

    def run_in_executor(  # pyright: ignore[reportIncompatibleMethodOverride]  # the same, minus the thread pool
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class _Session:
    """One run of one program."""

    def __init__(self, program: Program, monitor: Monitor) -> None:
        self._program = program
        self.monitor = monitor
        self._error: BaseException | None = None

    async def main(self, project: str, stack: str, config: Mapping[str, str]) -> None:
        """Run to the end of all that the program started; raises the first cause of a failure."""
        ROOT.set(None)
        configure(Settings(project=project, stack=stack, monitor=self.monitor, dry_run=True))
        pulumi.runtime.set_all_config(dict(config), [])
        # Whatever depends on a failed resource fails too; its futures must not complain one by one.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        caught: Exception | None = None
        try:
            await run_in_stack(self._watched)
        except Exception as error:
            caught = error
        if caught is not None:
            first = self._error or self.monitor.failure or caught
            if first.__cause__ is first:  # the SDK raises an error from itself
                first.__cause__ = None
            raise first

    async def _watched(self) -> None:
        try:
            result = self._program()
            if isawaitable(result):
                await result
            await _settle()
        except BaseException as error:
            self._error = error
            raise

    def captured(self, stack_name: str) -> Captured:
        """What was registered, with references in place of the cloud's values."""
        monitor = self.monitor
        outputs = {name: monitor.references.render(values) for name, values in monitor.outputs.items()}
        resources = tuple(self._registered(request, stack_name, outputs) for request in monitor.requests)
        return Captured(resources, outputs.get(stack_name, {}))

    def _registered(
        self, request: resource_pb2.RegisterResourceRequest, stack_name: str, outputs: Mapping[str, Any]
    ) -> Registered:
        references = self.monitor.references
        parent = references.name_of(request.parent) if request.parent else stack_name
        return Registered(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=None if parent == stack_name else parent,
            depends_on=tuple(sorted(map(references.name_of, request.dependencies))),
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            delete_before_replace=request.deleteBeforeReplace,
            replace_on_changes=tuple(request.replaceOnChanges),
            ignore_changes=tuple(request.ignoreChanges),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            custom_timeouts=_timeouts(request),
            aliases=tuple(plain_alias(alias, references) for alias in _aliases(request)),
            # A provider reference is `<urn>::<id>`.
            provider=references.name_of(request.provider.rpartition("::")[0]) if request.provider else None,
            inputs=references.render(self.monitor.inputs[request.name]),
            outputs=outputs.get(request.name, {}),
        )


async def _settle() -> None:
    """Let what the program started come to its end, as far as it does so by itself.

    Pulumi waits for hundreds of tasks one by one and looks at all the others each time; here nothing waits for a cloud,
    so a few rounds of the event loop leave it hardly any.
    """
    left = len(asyncio.all_tasks())
    while True:
        for _ in range(20):
            await asyncio.sleep(0)
        left, before = len(asyncio.all_tasks()), left
        if left == before:
            return


@contextmanager
def _without_traces() -> Generator[None, None, None]:
    """Spare the SDK from writing down, for each resource, which lines of source it comes from: no preview shows them."""
    name = "_get_stack_trace"
    original = getattr(pulumi.runtime.resource, name, None)
    if original is None:  # another version of the SDK does this in another way
        yield
        return
    setattr(pulumi.runtime.resource, name, source_pb2.StackTrace)
    try:
        yield
    finally:
        setattr(pulumi.runtime.resource, name, original)


def _timeouts(request: resource_pb2.RegisterResourceRequest) -> dict[str, str]:
    timeouts = request.customTimeouts
    by_operation = {"create": timeouts.create, "update": timeouts.update, "delete": timeouts.delete}
    return {operation: limit for operation, limit in by_operation.items() if limit}


def _aliases(request: resource_pb2.RegisterResourceRequest) -> Iterable[Alias]:
    return cast("Iterable[Alias]", request.aliases)  # pyright: ignore[reportUnknownMemberType]  # the SDK's gap
