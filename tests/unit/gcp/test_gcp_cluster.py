"""The control plane: endpoint, access, encryption, versions, and what the stack tells of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi

from components.gcp import build, kubeconfig
from components.plan.gcp.model import GcpAccess
from tests.support.gcp_plan import ADMIN, PROJECT, make_network, make_plan
from tests.support.gcp_resources import Resources, document, ref, resources_of, resources_of_plan

NAME = "prod-gcp-control-plane"
OPEN = GcpAccess(public=True, dns_endpoint=False, allowed_cidrs=("203.0.113.0/24",), admins=())


def control_plane(**changes: Any) -> Any:
    return resources_of_plan(make_plan(**changes)).inputs(NAME)


def test_nodes_are_private_and_so_is_the_endpoint_unless_the_plan_opens_it(cluster: Resources) -> None:
    closed = cluster.inputs(NAME)
    assert closed["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": True}
    # The way in that IAM guards: https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
    assert closed["controlPlaneEndpointsConfig"] == {"dnsEndpointConfig": {"allowExternalTraffic": True}}
    assert closed["masterAuthorizedNetworksConfig"] == {"gcpPublicCidrsAccessEnabled": False}
    opened = control_plane(access=OPEN)
    assert opened["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": False}
    assert opened["controlPlaneEndpointsConfig"] == {"dnsEndpointConfig": {"allowExternalTraffic": False}}
    assert opened["masterAuthorizedNetworksConfig"] == {
        "cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}],
        "gcpPublicCidrsAccessEnabled": False,
    }


def test_it_is_regional_and_its_pods_have_addresses_of_the_vpc(cluster: Resources) -> None:
    made = cluster.inputs(NAME)
    assert (made["name"], made["location"]) == ("prod-gcp", "us-central1")
    assert made["nodeLocations"] == ["us-central1-a", "us-central1-b"]
    assert (made["network"], made["subnetwork"]) == (ref("prod-gcp-vpc.id"), ref("prod-gcp-nodes-subnet.id"))
    assert made["networkingMode"] == "VPC_NATIVE"
    assert made["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "pods",
        "servicesSecondaryRangeName": "services",
    }


def test_in_an_existing_subnet_gke_makes_the_ranges() -> None:
    network = make_network(vpc="shared", subnet="projects/host/regions/us-central1/subnetworks/gpu", nat=False)
    resources = resources_of_plan(make_plan(network=network))
    made = resources.inputs(NAME)
    assert made["ipAllocationPolicy"] == {
        "clusterIpv4CidrBlock": "10.4.0.0/14",
        "servicesIpv4CidrBlock": "172.20.0.0/16",
    }
    assert made["network"] == f"projects/{PROJECT}/global/networks/shared"
    assert made["subnetwork"] == "projects/host/regions/us-central1/subnetworks/gpu"


def test_dataplane_v2_is_there_from_the_start_and_multi_networking_where_it_is_asked_for(cluster: Resources) -> None:
    # Neither can be added later: https://cloud.google.com/kubernetes-engine/docs/concepts/dataplane-v2
    made = cluster.inputs(NAME)
    assert (made["datapathProvider"], made["enableMultiNetworking"]) == ("ADVANCED_DATAPATH", True)
    plain = control_plane(multi_networking=False, pod_networks="none")
    assert plain["datapathProvider"] == "ADVANCED_DATAPATH" and "enableMultiNetworking" not in plain


def test_secrets_are_encrypted_with_the_clusters_key(cluster: Resources) -> None:
    assert cluster.inputs(NAME)["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": ref("prod-gcp-key.id")}
    assert "prod-gcp-key-container" in cluster[NAME].depends_on


def test_the_pool_that_is_removed_at_once_has_the_clusters_own_account(cluster: Resources) -> None:
    # https://github.com/hashicorp/terraform-provider-google/issues/16559: else the default account must be there.
    made = cluster.inputs(NAME)
    assert (made["removeDefaultNodePool"], made["initialNodeCount"]) == (True, 1)
    assert made["nodeConfig"]["serviceAccount"] == ref("prod-gcp-node-account.email")
    assert made["nodeConfig"]["machineType"] == "e2-standard-4"
    assert made["nodeConfig"]["shieldedInstanceConfig"]["enableSecureBoot"] is True
    assert made["nodeConfig"]["bootDiskKmsKey"] == ref("prod-gcp-key.id")
    # It is gone: an edit of the system pool's machine must not replace the cluster.
    assert cluster[NAME].ignore_changes == ("nodeConfig",)


def test_upgrades_have_a_channel_a_floor_a_window_and_a_hold(cluster: Resources) -> None:
    made = cluster.inputs(NAME)
    assert (made["releaseChannel"], made["minMasterVersion"]) == ({"channel": "REGULAR"}, "1.35")
    policy = made["maintenancePolicy"]
    assert policy["recurringWindow"] == {
        "startTime": "2026-01-10T02:00:00Z",
        "endTime": "2026-01-10T14:00:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SA",
    }
    assert policy["maintenanceExclusions"] == [
        {
            "exclusionName": "hold-upgrades",
            "startTime": "2026-01-05T00:00:00Z",
            "exclusionOptions": {
                "scope": "NO_MINOR_OR_NODE_UPGRADES",
                "endTimeBehavior": "UNTIL_END_OF_SUPPORT",
            },
        }
    ]
    free = control_plane(maintenance=replace(make_plan().maintenance, hold_upgrades=False))
    assert "maintenanceExclusions" not in free["maintenancePolicy"]


def test_pods_have_identities_and_nobody_enters_by_a_binding_to_everyone(cluster: Resources) -> None:
    made = cluster.inputs(NAME)
    assert made["workloadIdentityConfig"] == {"workloadPool": f"{PROJECT}.svc.id.goog"}
    assert (made["enableShieldedNodes"], made["enableLegacyAbac"]) == (True, False)
    assert made["rbacBindingConfig"] == {
        "enableInsecureBindingSystemAuthenticated": False,
        "enableInsecureBindingSystemUnauthenticated": False,
    }


def test_gpus_and_training_jobs_are_measured(cluster: Resources) -> None:
    made = cluster.inputs(NAME)
    assert {"SYSTEM_COMPONENTS", "DCGM", "JOBSET"} <= set(made["monitoringConfig"]["enableComponents"])
    assert made["monitoringConfig"]["managedPrometheus"] == {"enabled": True}
    assert {"SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"} <= set(made["loggingConfig"]["enableComponents"])
    assert made["costManagementConfig"] == {"enabled": True}


def test_drivers_are_on_for_what_there_is_to_mount(cluster: Resources) -> None:
    def drivers(made: Any) -> dict[str, bool]:
        return {key.removesuffix("Config"): one["enabled"] for key, one in made["addonsConfig"].items()}

    assert drivers(cluster.inputs(NAME)) == {
        "gcePersistentDiskCsiDriver": True,
        "gcsFuseCsiDriver": True,
        "lustreCsiDriver": True,
        "gcpFilestoreCsiDriver": False,
    }
    assert drivers(control_plane(csi_drivers=("filestore",), storage=()))["gcpFilestoreCsiDriver"] is True


def test_administrators_are_named_after_themselves(cluster: Resources) -> None:
    two = GcpAccess(public=False, dns_endpoint=True, allowed_cidrs=(), admins=("user:a@example.com", ADMIN))
    more = resources_of_plan(make_plan(access=two))
    (one,) = [one for one in cluster.of("projects/iAMMember:IAMMember") if "-admin-" in one.name]
    assert one.inputs == {"project": PROJECT, "role": "roles/container.admin", "member": ADMIN}
    assert more.inputs(one.name) == one.inputs
    assert len([made for made in more.of("projects/iAMMember:IAMMember") if "-admin-" in made.name]) == 2


def test_the_kubeconfig_asks_each_user_and_needs_no_certificate_for_the_dns_endpoint() -> None:
    def program() -> None:
        config = kubeconfig(cluster_name="c", endpoint="gke-1.us-central1.gke.goog", certificate_authority=None)
        pulumi.export("open", pulumi.Output.unsecret(config))
        config = kubeconfig(cluster_name="c", endpoint="198.18.0.1", certificate_authority="Y2E=")
        pulumi.export("address", pulumi.Output.unsecret(config))

    outputs = resources_of(program).outputs
    named = document(outputs["open"])
    assert named["clusters"][0]["cluster"] == {"server": "https://gke-1.us-central1.gke.goog"}
    login = named["users"][0]["user"]["exec"]
    # https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
    assert (login["command"], login["provideClusterInfo"]) == ("gke-gcloud-auth-plugin", True)
    assert login["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert "token" not in named["users"][0]["user"]
    by_address = document(outputs["address"])
    assert by_address["clusters"][0]["cluster"] == {
        "server": "https://198.18.0.1",
        "certificate-authority-data": "Y2E=",
    }


def test_the_door_is_the_dns_endpoint_or_the_address() -> None:
    def told(**changes: Any) -> dict[str, Any]:
        def program() -> None:
            outputs = build(make_plan(**changes))
            pulumi.export("endpoint", outputs.endpoint)
            pulumi.export("kubeconfig", outputs.kubeconfig)
            pulumi.export("issuer", outputs.oidc_issuer)

        return dict(resources_of(program).outputs)

    private = told()
    assert private["endpoint"] == ref(f"{NAME}.controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint")
    assert private["kubeconfig"] == {"secret": True}
    assert private["issuer"] == {"join": ["https://container.googleapis.com/v1/", ref(f"{NAME}.id")]}
    assert told(access=OPEN)["endpoint"] == ref(f"{NAME}.endpoint")
