"""EKS clusters, add-ons and who may enter: https://docs.aws.amazon.com/eks/latest/APIReference/."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import capacity, lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call, catalogue
from scripts.rehearsal.behaviour import MADE_AT
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, digest, rows, texts

ADDON, ENTRY = "aws:eks/addon:Addon", "aws:eks/accessEntry:AccessEntry"
ACCESS = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

_INVALID, _REFUSED = "InvalidParameterException", "InvalidRequestException"
_IN_USE, _NOT_FOUND = "ResourceInUseException", "ResourceNotFoundException"


class Cluster(Behaviour):
    sets = (
        "vpcConfig.subnetIds",
        "vpcConfig.securityGroupIds",
        "vpcConfig.publicAccessCidrs",
        "enabledClusterLogTypes",
        "encryptionConfig.resources",
    )
    # API reference: CreateCluster, VpcConfigRequest, CreateAccessConfigRequest, UpgradePolicyRequest.
    defaults: ClassVar[Mapping[str, Any]] = {
        "bootstrapSelfManagedAddons": True,
        "deletionProtection": False,
        "accessConfig": {
            "authenticationMode": "CONFIG_MAP",
            "bootstrapClusterCreatorAdminPermissions": True,
        },
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False}},
        "vpcConfig": {"endpointPrivateAccess": False, "endpointPublicAccess": True, "securityGroupIds": []},
        "upgradePolicy": {"supportType": "EXTENDED"},
        "controlPlaneScalingConfig": {"tier": "standard"},
    }

    def verify(self, call: Call) -> None:
        name = call.text("name")
        if any(one.outputs.get("name") == name for one in call.others(lookup.CLUSTER)):
            raise CloudError(_IN_USE, f"Cluster already exists with name: {name}")
        self._version(call)
        self._role(call)
        self._places(call, name)
        for group in texts(call.inputs, "vpcConfig", "securityGroupIds"):
            lookup.group(call, group)
        key = call.text("encryptionConfig", "provider", "keyArn")
        if key:
            lookup.key(call, key)

    def _version(self, call: Call) -> None:
        asked = call.text("version")
        known = list(catalogue().kubernetes_versions)
        if asked and asked not in known:
            raise CloudError(_INVALID, f"unsupported Kubernetes version {asked}")
        before = str(call.was.outputs.get("version")) if call.was else asked
        if asked and before in known and known.index(asked) - known.index(before) not in (0, 1):
            # "Update existing cluster to new Kubernetes version": one minor version at a time, never back.
            raise CloudError(_INVALID, f"Unsupported Kubernetes minor version update from {before} to {asked}")

    def _role(self, call: Call) -> None:
        arn = call.text("roleArn")
        try:
            found = lookup.role(call, arn)
        except CloudError:
            missing = True
        else:
            missing = found is not None and not lookup.trusts(found, "eks.amazonaws.com")
        if missing:
            words = f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not"
            raise CloudError(_INVALID, f"{words} correct")

    def _places(self, call: Call, name: str) -> None:
        subnets = [lookup.subnet(call, one) for one in texts(call.inputs, "vpcConfig", "subnetIds")]
        if len({str(one.get("vpcId")) for one in subnets}) > 1:
            raise CloudError(_INVALID, "Subnets specified must belong to the same VPC")
        zones = {str(one.get("availabilityZoneId")) for one in subnets}
        if len(zones) < 2:
            raise CloudError(_INVALID, "Subnets specified must be in at least two different AZs")
        fit = [zone.zone_id for zone in catalogue().zones(call.region) if zone.control_plane]
        for zone in sorted(zones):
            if fit and zone not in fit:
                named = lookup.zone_name(call.region, zone)
                words = f"Cannot create cluster '{name}' because {named}, the targeted availability zone, does not currently"
                more = (
                    "have sufficient capacity to support the cluster. Retry and choose from these availability zones:"
                )
                choose = ", ".join(lookup.zone_name(call.region, one) for one in fit)
                raise CloudError("UnsupportedAvailabilityZoneException", f"{words} {more} {choose}")

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        # A cluster of a name that was used before is another one: its host, issuer and group are new.
        token = str(call.was.outputs["endpoint"])[8:40] if call.was else call.fresh("", 32).upper()
        seed = digest(token)
        first = texts(call.inputs, "vpcConfig", "subnetIds")[0]
        newest = list(catalogue().kubernetes_versions)[-1]
        vpc: dict[str, Any] = {
            "clusterSecurityGroupId": f"sg-{seed[:17]}",
            "vpcId": lookup.subnet(call, first).get("vpcId"),
        }
        if at(call.inputs, "vpcConfig", "endpointPublicAccess") is not False:
            vpc["publicAccessCidrs"] = texts(call.inputs, "vpcConfig", "publicAccessCidrs") or ["0.0.0.0/0"]
        place = f"{call.region}.eks.{call.suffix}"
        return {
            "arn": call.arn("eks", f"cluster/{id}"),
            "createdAt": MADE_AT,
            "status": "ACTIVE",
            "platformVersion": "eks.1",
            "version": call.text("version") or newest,
            "endpoint": f"https://{token}.{seed[17:20]}.{place}",
            "certificateAuthority": {"data": _certificate(seed)},
            "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{call.region}.{call.suffix}/id/{token}"}]}],
            "kubernetesNetworkConfig": _services(call),
            "vpcConfig": vpc,
        }

    def release(self, call: Call, gone: Resource) -> None:
        if gone.outputs.get("deletionProtection"):
            words = f"The cluster {gone.id} has deletion protection enabled. Disable it before you delete the cluster."
            raise CloudError(_REFUSED, words)
        if any(one.inputs.get("clusterName") == gone.id for one in call.others(lookup.NODES)):
            raise CloudError(_IN_USE, "Cluster has nodegroups attached")


def _certificate(seed: str) -> str:
    text = f"-----BEGIN CERTIFICATE-----\n{seed}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(text.encode()).decode()


def _services(call: Call) -> dict[str, Any]:
    """KubernetesNetworkConfigRequest: 10.100.0.0/16 or 172.20.0.0/16, whichever does not meet the VPC's range."""
    given = call.text("kubernetesNetworkConfig", "serviceIpv4Cidr")
    first = texts(call.inputs, "vpcConfig", "subnetIds")[0]
    beside = str(lookup.subnet(call, first).get("cidrBlock")).startswith("10.")
    return {"serviceIpv4Cidr": given or ("172.20.0.0/16" if beside else "10.100.0.0/16")}


class Addon(Behaviour):
    sets = ("podIdentityAssociations",)
    # API reference CreateAddon; `preserve` is the provider's.
    defaults: ClassVar[Mapping[str, Any]] = {"configurationValues": ""}

    def verify(self, call: Call) -> None:
        cluster, name = call.text("clusterName"), call.text("addonName")
        lookup.cluster(call, cluster)
        if any(one.id == f"{cluster}:{name}" for one in call.others(ADDON)):
            raise CloudError(_IN_USE, "Addon already exists.")
        known = next((one for one in catalogue().addons() if one.name == name), None)
        if known is None and name not in texts(call.existing.setting("addons", [])):
            raise CloudError(_INVALID, f"Addon {name} specified is not supported")
        for block in rows(call.inputs, "podIdentityAssociations"):
            pod_role(call, str(block.get("roleArn")))
        if known is not None and known.stage == "after-nodes" and not _has_nodes(call, cluster):
            # What the provider says when its wait ends (EKS guide, "Amazon EKS add-ons", troubleshooting).
            words = f"waiting for EKS Add-On ({cluster}:{name}) create: unexpected state 'DEGRADED', wanted target 'ACTIVE'."
            why = "last error: InsufficientNumberOfReplicas: The add-on is unhealthy because all deployments are unscheduled."
            raise CloudError("InsufficientNumberOfReplicas", f"{words} {why}")

    def identify(self, call: Call) -> str:
        return f"{call.text('clusterName')}:{call.text('addonName')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        name = call.text("addonName")
        known = next((one for one in catalogue().addons() if one.name == name), None)
        # The form of EKS's versions (DescribeAddonVersions); which one is newest on a day, nobody wrote down.
        newest = f"v{known.min_version if known and known.min_version else '1.0.0'}-eksbuild.1"
        token = digest(id)[:32]
        return {
            "arn": call.arn("eks", f"addon/{call.text('clusterName')}/{name}/{token}"),
            "addonVersion": call.text("addonVersion")
            or (str(call.was.outputs["addonVersion"]) if call.was else newest),
            "createdAt": MADE_AT,
            "modifiedAt": MADE_AT,
        }


def _has_nodes(call: Call, cluster: str) -> bool:
    groups = (one for one in call.others(lookup.NODES) if one.inputs.get("clusterName") == cluster)
    return lookup.outside(call, cluster) is not None or any(capacity.running(one) for one in groups)


def pod_role(call: Call, arn: str) -> None:
    """Refuse a role that pods cannot have (EKS guide, "Create IAM role with trust policy required by EKS Pod Identity")."""
    found = lookup.role(call, arn)
    if found is None:
        return
    trust = str(found.inputs.get("assumeRolePolicy"))
    if not (lookup.trusts(found, "pods.eks.amazonaws.com") and "sts:TagSession" in trust and "sts:AssumeRole" in trust):
        words = f"Trust policy of role {arn} is invalid: pods.eks.amazonaws.com needs sts:AssumeRole and sts:TagSession"
        raise CloudError(_INVALID, words)


class Entry(Behaviour):
    sets = ("kubernetesGroups",)
    # API reference CreateAccessEntry.
    defaults: ClassVar[Mapping[str, Any]] = {"type": "STANDARD", "kubernetesGroups": []}

    def verify(self, call: Call) -> None:
        cluster = lookup.cluster(call, call.text("clusterName"))
        mode = at(cluster.outputs, "accessConfig", "authenticationMode") if cluster else "API"
        if mode not in ("API", "API_AND_CONFIG_MAP"):
            words = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this"
            raise CloudError(_REFUSED, f"{words} operation.")
        if any(one.id == self.identify(call) for one in call.others(ENTRY)):
            raise CloudError(_IN_USE, "The specified access entry resource is already in use on this cluster.")

    def identify(self, call: Call) -> str:
        return f"{call.text('clusterName')}:{call.text('principalArn')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        principal = call.text("principalArn")
        owner, _, name = principal.partition(":iam::")[2].partition(":")
        kind, _, short = name.partition("/")
        token = digest(id)[:32]
        # "Create access entries": a role's user name is its session, an IAM user's is its ARN.
        session = f"arn:{call.partition}:sts::{owner}:assumed-role/{short.rpartition('/')[2]}/{{{{SessionName}}}}"
        where = f"access-entry/{call.text('clusterName')}/{kind}/{owner}/{short}/{token}"
        return {
            "accessEntryArn": call.arn("eks", where),
            "userName": call.text("userName") or (session if kind == "role" else principal),
            "createdAt": MADE_AT,
            "modifiedAt": MADE_AT,
        }


class Access(Behaviour):
    tagged = False
    sets = ("accessScope.namespaces",)

    def verify(self, call: Call) -> None:
        cluster, principal, policy = (call.text(key) for key in ("clusterName", "principalArn", "policyArn"))
        lookup.cluster(call, cluster)
        if not any(one.id == f"{cluster}:{principal}" for one in call.others(ENTRY)):
            words = "The specified principalArn could not be found. You can view your available access entries with"
            raise CloudError(_NOT_FOUND, f"{words} 'list-access-entries'.")
        if not policy.startswith(f"arn:{call.partition}:eks::aws:cluster-access-policy/"):
            raise CloudError(_NOT_FOUND, f"The policyArn parameter format is not valid: {policy}")

    def identify(self, call: Call) -> str:
        return "#".join(call.text(key) for key in ("clusterName", "principalArn", "policyArn"))

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"associatedAt": MADE_AT, "modifiedAt": MADE_AT}


class PodIdentity(Behaviour):
    # API reference CreatePodIdentityAssociation.
    defaults: ClassVar[Mapping[str, Any]] = {"disableSessionTags": False}

    def verify(self, call: Call) -> None:
        lookup.cluster(call, call.text("clusterName"))
        pod_role(call, call.text("roleArn"))
        keys = ("clusterName", "namespace", "serviceAccount")
        for one in call.others(IDENTITY):
            if all(one.inputs.get(key) == call.inputs.get(key) for key in keys):
                raise CloudError(_IN_USE, f"Association already exists: {one.id}")

    def identify(self, call: Call) -> str:
        return call.fresh("a-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        arn = call.arn("eks", f"podidentityassociation/{call.text('clusterName')}/{id}")
        return {"associationId": id, "associationArn": arn}


BEHAVIOURS: dict[str, Behaviour] = {
    lookup.CLUSTER: Cluster(),
    ADDON: Addon(),
    ENTRY: Entry(),
    ACCESS: Access(),
    IDENTITY: PodIdentity(),
}
