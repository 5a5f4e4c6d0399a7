"""The networks that pods may ask for beside the cluster's own, as GKE's objects for multi-networking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.records import record
from components.resources import waiting

_GROUP = "networking.gke.io"
_PARAMETERS = "GKENetworkParamSet"


@record(kw_only=True)
class PodNetwork:
    """One interface of a node as pods see it: `name` is what their annotation says (`vpc1`, `rdma-0`).

    `network` and `subnet` are physical names; `device_mode` is `NetDevice` or `RDMA`.
    """

    name: str
    network: pulumi.Input[str]
    subnet: pulumi.Input[str]
    device_mode: str


class PodNetworks(pulumi.ComponentResource):
    """A `Network` and its `GKENetworkParamSet` for each interface that pods may ask for.

    https://cloud.google.com/kubernetes-engine/docs/how-to/setup-multinetwork-support-for-pods. `opts.depends_on` is what
    the objects wait for: the node pools whose interfaces they are, so that on the way back the objects go first.
    """

    def __init__(
        self,
        name: str,
        networks: Sequence[PodNetwork],
        *,
        kubeconfig: pulumi.Input[str],
        labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:kubernetes:PodNetworks", f"{name}-pod-networks", None, opts)
        self._prefix, self._labels = name, dict(labels or {})
        provider = self.get_provider("kubernetes:index/provider:Provider") or kubernetes.Provider(
            f"{name}-kubernetes", kubeconfig=kubeconfig, opts=ResourceOptions(parent=self)
        )
        self._below = ResourceOptions(parent=self, provider=provider)
        self._first = waiting(self._below, opts)
        for one in networks:
            self._network(one)
        self.register_outputs({"names": [one.name for one in networks]})

    def _network(self, plan: PodNetwork) -> None:
        parameters = self._object(
            f"{plan.name}-parameters",
            plan.name,
            _PARAMETERS,
            {"vpc": plan.network, "vpcSubnet": plan.subnet, "deviceMode": plan.device_mode},
            self._first,
        )
        # GKE keeps parameters as long as a network refers to them: the network is to go first.
        self._object(
            plan.name,
            plan.name,
            "Network",
            {"type": "Device", "parametersRef": {"group": _GROUP, "kind": _PARAMETERS, "name": plan.name}},
            ResourceOptions.merge(self._below, ResourceOptions(depends_on=[parameters])),
        )

    def _object(
        self, role: str, name: str, kind: str, spec: Mapping[str, object], opts: ResourceOptions
    ) -> CustomResource:
        return CustomResource(
            f"{self._prefix}-{role}-pod-network",
            api_version=f"{_GROUP}/v1",
            kind=kind,
            metadata=ObjectMetaArgs(name=name, labels=self._labels),
            spec=dict(spec),
            opts=opts,
        )
