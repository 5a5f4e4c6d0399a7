"""What a program registers, written down, so that a program without SDKs can register the same again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import resource_pb2

from components import program
from components.records import record
from scripts.preview import capture
from scripts.preview.monitor import STACK_TYPE
from scripts.rehearsal.lifecycle.edits import Planned

PROJECT = "gpu-fleet"


@record(kw_only=True)
class Recording:
    """Registrations in their order, as the protocol has them, and the outputs that components register, by URN.

    A token in a text stands for what the cloud decides; `tokens` tells what each means: `<logical name>.<output>`.
    """

    stack: str
    registrations: tuple[Mapping[str, Any], ...]
    outputs: Mapping[str, Mapping[str, Any]]
    tokens: Mapping[str, str]

    @property
    def key(self) -> str:
        """A digest of all of it."""
        told = [self.stack, list(self.registrations), dict(self.outputs), dict(self.tokens)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def types(self) -> dict[str, str]:
        """Logical name -> type of each resource that a cloud makes."""
        return {
            str(one["name"]): str(one["type"])
            for one in self.registrations
            if one.get("custom") and not str(one["type"]).startswith("pulumi:")
        }


def recorded(planned: Planned) -> Recording:
    """Run the real program once, offline, and write down what it registers."""
    stack = planned.plan.stack
    told = capture.monitored(lambda: program.deploy(planned.plan, planned.loaded), stack=stack, config={})
    urns = {told.references.name_of(urn): urn for urn in told.references.urns()}
    first = resource_pb2.RegisterResourceRequest(
        type=STACK_TYPE, name=f"{PROJECT}-{stack}", acceptSecrets=True, supportsPartialValues=True, acceptResources=True
    )
    return Recording(
        stack=stack,
        registrations=tuple(_plain(one) for one in (first, *told.requests)),
        outputs={urns[name]: outputs for name, outputs in told.outputs.items()},
        tokens=told.references.meanings(),
    )


def _plain(request: resource_pb2.RegisterResourceRequest) -> dict[str, Any]:
    """A message as plain data. Keys of maps, and what depends on what, come in no order of their own."""
    told: dict[str, Any] = MessageToDict(request)
    if "dependencies" in told:
        told["dependencies"] = sorted(told["dependencies"])
    for urns in told.get("propertyDependencies", {}).values():
        if "urns" in urns:
            urns["urns"] = sorted(urns["urns"])
    return json.loads(json.dumps(told, sort_keys=True))
