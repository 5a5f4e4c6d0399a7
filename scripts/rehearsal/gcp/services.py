"""Google's APIs in a project: which one a resource needs, whether it is on, and who acts for it.

The setting `apis` names those that somebody has switched on already, or is `*` for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.gcp.places import place
from scripts.rehearsal.model import CloudError
from scripts.rehearsal.values import digest

SERVICE, IDENTITY = "gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity"

# What Google calls an API, for its refusals (Service Usage, `title` of each).
_TITLES = {
    "billingbudgets.googleapis.com": "Cloud Billing Budget API",
    "cloudkms.googleapis.com": "Cloud Key Management Service (KMS) API",
    "cloudresourcemanager.googleapis.com": "Cloud Resource Manager API",
    "compute.googleapis.com": "Compute Engine API",
    "container.googleapis.com": "Kubernetes Engine API",
    "file.googleapis.com": "Cloud Filestore API",
    "iam.googleapis.com": "Identity and Access Management (IAM) API",
    "lustre.googleapis.com": "Google Cloud Managed Lustre API",
    "servicenetworking.googleapis.com": "Service Networking API",
}
# By the first part of a type's token. Storage, Monitoring and Service Usage are on in every new project (Service Usage
# guide, "Services enabled by default").
_NEEDED = {
    "gcp:billing": "billingbudgets.googleapis.com",
    "gcp:kms": "cloudkms.googleapis.com",
    "gcp:compute": "compute.googleapis.com",
    "gcp:container": "container.googleapis.com",
    "gcp:filestore": "file.googleapis.com",
    "gcp:serviceaccount": "iam.googleapis.com",
    "gcp:lustre": "lustre.googleapis.com",
    "gcp:servicenetworking": "servicenetworking.googleapis.com",
    "gcp:projects/iAMMember:IAMMember": "cloudresourcemanager.googleapis.com",
}
# The domain of each API's service agent (IAM guide, "Service agents").
_AGENTS = {
    "compute.googleapis.com": "compute-system.iam.gserviceaccount.com",
    "container.googleapis.com": "container-engine-robot.iam.gserviceaccount.com",
    "file.googleapis.com": "cloud-filer.iam.gserviceaccount.com",
    "lustre.googleapis.com": "gcp-sa-lustre.iam.gserviceaccount.com",
    "storage.googleapis.com": "gs-project-accounts.iam.gserviceaccount.com",
}
_BROUGHT = ("compute.googleapis.com", "container.googleapis.com", "storage.googleapis.com")
"""Whose agents are there without being asked for: with the API, or with the project's first use of it."""


def number(project: str) -> str:
    """The number of a project: twelve digits, the same for every resource of it."""
    return str(10**11 + int(digest("project", project)[:12], 16) % (9 * 10**11))


def agent(service: str, project: str) -> str:
    """The account by which an API acts in a project."""
    return f"service-{number(project)}@{_domain(service)}"


def asked_for(call: Call, email: str) -> bool:
    """Whether an account is an agent of this project that Google makes only when somebody asks for it."""
    name, _, domain = email.partition("@")
    own = name == f"service-{number(place(call)['project'])}"
    return own and domain not in map(_domain, _BROUGHT)


def _domain(service: str) -> str:
    name = service.removesuffix(".googleapis.com")
    return _AGENTS.get(service, f"gcp-sa-{name}.iam.gserviceaccount.com")


def switched_on(call: Call) -> None:
    """Refuse what needs an API that nobody has switched on in the project."""
    api = _NEEDED.get(call.type) or _NEEDED.get(call.type.partition("/")[0])
    if api is not None and not _is_on(call, api):
        project = place(call)["project"]
        where = f"https://console.developers.google.com/apis/api/{api}/overview?project={project}"
        words = f"{_TITLES[api]} has not been used in project {project} before or it is disabled. Enable it by visiting"
        raise CloudError("accessNotConfigured", f"googleapi: Error 403: {words} {where} then retry.")


def _is_on(call: Call, api: str) -> bool:
    given: Any = call.existing.setting("apis", ())
    if given == "*" or api in given:
        return True
    id = f"{place(call)['project']}/{api}"
    if any(one.id == id for one in call.others(SERVICE)):
        return True
    kept = cast("Mapping[str, Any] | None", call.existing.setting(f"kept.{SERVICE}.{id}"))
    return kept is not None and not kept.get("disableOnDestroy")


class Service(Behaviour):
    """An API that is on. Where it is left on, it stays so after the resource is gone."""

    # terraform-provider-google, google_project_service.
    defaults: ClassVar[Mapping[str, Any]] = {"disableOnDestroy": False}

    def identify(self, call: Call) -> str:
        return f"{place(call)['project']}/{call.text('service')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"project": place(call)["project"]}


class Identity(Behaviour):
    """The agent of an API, which Google makes when it is first asked for, and never takes away."""

    def verify(self, call: Call) -> None:
        if not _is_on(call, call.text("service")):
            words = f"Service '{call.text('service')}' is not enabled for consumer '{place(call)['project']}'."
            raise CloudError("SERVICE_DISABLED", f"googleapi: Error 400: {words}")

    def identify(self, call: Call) -> str:
        return f"projects/{place(call)['project']}/services/{call.text('service')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        email = agent(call.text("service"), place(call)["project"])
        return {"project": place(call)["project"], "email": email, "member": f"serviceAccount:{email}"}


BEHAVIOURS: dict[str, Behaviour] = {SERVICE: Service(), IDENTITY: Identity()}
