"""The APIs, the nodes' service account, Google's own service agents, and the key that encrypts what the cluster keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from components.records import record
from components.resources import waiting

# What a node needs to work and no more: https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster,
# "Use least privilege IAM service accounts"; the last one pulls images.
_NODE_ROLES = (
    "logging.logWriter",
    "monitoring.metricWriter",
    "monitoring.viewer",
    "stackdriver.resourceMetadata.writer",
    "artifactregistry.reader",
)

_USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
_ROTATION = f"{90 * 24 * 3600}s"
_CLUSTERS = "container.googleapis.com"


@record
class _Agent:
    """The domain of a service's own account, and whether the service usage API makes that account when it is asked."""

    domain: str
    on_request: bool


# https://cloud.google.com/iam/docs/service-agents. Compute Engine's stands from the day that its API is enabled, Cloud
# Storage's from when it is first asked for: neither comes on request (project-factory, issue 803).
_AGENTS: Mapping[str, _Agent] = {
    _CLUSTERS: _Agent("container-engine-robot", on_request=True),
    "compute.googleapis.com": _Agent("compute-system", on_request=False),
    "storage.googleapis.com": _Agent("gs-project-accounts", on_request=False),
    "lustre.googleapis.com": _Agent("gcp-sa-lustre", on_request=True),
    "file.googleapis.com": _Agent("cloud-filer", on_request=True),
}


class Services(pulumi.ComponentResource):
    """The APIs that a cluster needs, enabled. They stay when the stack goes: others of the project may use them."""

    enabled: tuple[pulumi.Resource, ...]
    """What everything else waits for."""

    def __init__(
        self, name: str, services: Sequence[str], *, project: str | None = None, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("gpu-fleet:gcp:Services", f"{name}-services", None, opts)
        self.enabled = tuple(
            gcp.projects.Service(
                f"{name}-{service.removesuffix('.googleapis.com')}-api",
                service=service,
                project=project,
                disable_on_destroy=False,
                opts=ResourceOptions(parent=self),
            )
            for service in services
        )
        self.register_outputs({"services": list(services)})


class Identity(pulumi.ComponentResource):
    """The nodes' service account with its roles, and the cluster's key unless one is given.

    `agents` are the services that encrypt with the key, by name (`compute.googleapis.com`); their own accounts may use
    the key then. A key that is given must let them do that already. `opts.depends_on` is what all of it waits for: the
    APIs.
    """

    project: pulumi.Output[str]
    project_number: pulumi.Output[str]
    node_account: pulumi.Output[str]
    """The email of the nodes' service account."""
    node_roles: tuple[pulumi.Resource, ...]
    key_name: pulumi.Output[str]
    """`projects/…/locations/…/keyRings/…/cryptoKeys/…`"""
    key_grants: tuple[pulumi.Resource, ...]
    """What everything that is encrypted waits for."""

    def __init__(
        self,
        name: str,
        *,
        account_id: str,
        location: str,
        agents: Sequence[str] = (),
        project: str | None = None,
        key: str | None = None,
        protect: bool = False,
        labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:Identity", f"{name}-identity", None, opts)
        self._prefix = name
        self._own = waiting(ResourceOptions(parent=self), opts)
        account = gcp.serviceaccount.Account(
            f"{name}-node-account",
            account_id=account_id,
            display_name=f"Nodes of {name}",
            project=project,
            opts=self._own,
        )
        self.project = account.project if project is None else pulumi.Output.from_input(project)
        self.node_account = account.email
        self.node_roles = tuple(self._role(role, account) for role in _NODE_ROLES)
        self._made = {service: self._agent(service) for service in _on_request(agents)}
        self.project_number = self._made[_CLUSTERS].email.apply(_number)
        if key is None:
            self.key_name = self._key(location, labels or {}, protect)
            self.key_grants = tuple(self._grant(service) for service in agents)
        else:
            self.key_name, self.key_grants = pulumi.Output.from_input(key), ()
        self.register_outputs({"node_account": self.node_account, "key_name": self.key_name})

    def member(self, service: str) -> pulumi.Output[str]:
        """A service's own account in this project, as IAM takes it."""
        domain = _AGENTS[service].domain
        return pulumi.Output.concat(
            "serviceAccount:service-", self.project_number, f"@{domain}.iam.gserviceaccount.com"
        )

    def _role(self, role: str, account: gcp.serviceaccount.Account) -> gcp.projects.IAMMember:
        return gcp.projects.IAMMember(
            f"{self._prefix}-node-{role.replace('.', '-')}",
            project=self.project,
            role=f"roles/{role}",
            member=account.member,
            opts=ResourceOptions(parent=self),
        )

    def _agent(self, service: str) -> gcp.projects.ServiceIdentity:
        name = f"{self._prefix}-{service.removesuffix('.googleapis.com')}-agent"
        return gcp.projects.ServiceIdentity(name, service=service, project=self.project, opts=self._own)

    def _key(self, location: str, labels: Mapping[str, str], protect: bool) -> pulumi.Output[str]:
        # Named by Pulumi: a key ring can never be deleted, so the next stack of this name needs another.
        ring = gcp.kms.KeyRing(f"{self._prefix}-keys", location=location, project=self.project, opts=self._own)
        self._crypto_key = gcp.kms.CryptoKey(
            f"{self._prefix}-key",
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=_ROTATION,
            labels=dict(labels),
            # Buckets and file systems stay when a protected stack goes; without the key they could not be read.
            opts=ResourceOptions(parent=self, protect=protect, retain_on_delete=protect),
        )
        return self._crypto_key.id

    def _grant(self, service: str) -> gcp.kms.CryptoKeyIAMMember:
        agent = self._made.get(service)
        return gcp.kms.CryptoKeyIAMMember(
            f"{self._prefix}-key-{service.removesuffix('.googleapis.com')}",
            crypto_key_id=self.key_name,
            role=_USE_KEY,
            member=self.member(service),
            opts=ResourceOptions(parent=self, depends_on=None if agent is None else [agent]),
        )


def _on_request(agents: Sequence[str]) -> list[str]:
    """GKE's always, as its name tells the project's number."""
    return list(dict.fromkeys([_CLUSTERS, *(service for service in agents if _AGENTS[service].on_request)]))


def _number(email: str) -> str:
    """The project's number in `service-<number>@container-engine-robot.iam.gserviceaccount.com`."""
    return email.removeprefix("service-").partition("@")[0]
