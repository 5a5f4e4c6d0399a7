"""The nodes' account, Google's own service agents, the key, and the budget."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from components.plan.model import BudgetPlan
from tests.support.gcp_plan import LABELS, PROJECT, make_filestore, make_plan
from tests.support.gcp_resources import Resources, ref, resources_of_plan, text

NUMBER = "${prod-gcp-container-agent.email|service-*@}"


def test_nodes_have_an_account_with_what_they_need_and_no_more(cluster: Resources) -> None:
    account = cluster.inputs("prod-gcp-node-account")
    assert (account["accountId"], account["project"]) == ("prod-gcp-nodes", PROJECT)
    roles = {
        one.inputs["role"]: one.inputs for one in cluster.of("projects/iAMMember:IAMMember") if "-node-" in one.name
    }
    # https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster, least privilege, and pulling images
    assert set(roles) == {
        "roles/logging.logWriter",
        "roles/monitoring.metricWriter",
        "roles/monitoring.viewer",
        "roles/stackdriver.resourceMetadata.writer",
        "roles/artifactregistry.reader",
    }
    assert all(one["member"] == ref("prod-gcp-node-account.member") for one in roles.values())
    assert all(one["project"] == PROJECT for one in roles.values())


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("prod-gcp", "prod-gcp-nodes"),
        ("a" * 24, f"{'a' * 24}-nodes"),
        ("a" * 25, f"{'a' * 21}-{hashlib.sha256(b'a' * 25).hexdigest()[:8]}"),
        ("a-cluster-with-a-cut-at-a-hyphen", "a-cluster-with-a-cut-"),
    ],
)
def test_the_accounts_id_fits_whatever_the_cluster_is_called(name: str, account: str) -> None:
    # IAM API, projects.serviceAccounts.create: 6 to 30 characters
    made = resources_of_plan(replace(make_plan(), name=name)).inputs("prod-gcp-node-account")["accountId"]
    assert made.startswith(account) and len(made) <= 30 and "--" not in made


def test_the_key_rotates_and_its_ring_has_a_name_of_pulumis(cluster: Resources) -> None:
    # A key ring can never be deleted: https://cloud.google.com/kms/docs/resource-hierarchy
    assert cluster.inputs("prod-gcp-keys") == {"location": "us-central1", "project": PROJECT}
    key = cluster.inputs("prod-gcp-key")
    assert (key["keyRing"], key["purpose"]) == (ref("prod-gcp-keys.id"), "ENCRYPT_DECRYPT")
    assert key["rotationPeriod"] == f"{90 * 86400}s"


def grants(resources: Resources) -> dict[str, str]:
    found = resources.of("kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
    assert {one.inputs["role"] for one in found} == {"roles/cloudkms.cryptoKeyEncrypterDecrypter"}
    assert all(one.inputs["cryptoKeyId"] == ref("prod-gcp-key.id") for one in found)
    return {one.name.removeprefix("prod-gcp-key-"): text(one.inputs["member"]) for one in found}


def test_the_agents_of_services_that_encrypt_may_use_the_key(cluster: Resources) -> None:
    # https://cloud.google.com/iam/docs/service-agents
    def agent(domain: str) -> str:
        return f"serviceAccount:service-{NUMBER}@{domain}.iam.gserviceaccount.com"

    assert grants(cluster) == {
        "container": agent("container-engine-robot"),
        "compute": agent("compute-system"),
        "storage": agent("gs-project-accounts"),
        "lustre": agent("gcp-sa-lustre"),
    }
    files = resources_of_plan(make_plan(storage=(make_filestore(),)))
    assert grants(files) == {
        "container": agent("container-engine-robot"),
        "compute": agent("compute-system"),
        "file": agent("cloud-filer"),
    }


def test_agents_that_come_on_request_are_made_before_they_get_a_role(cluster: Resources) -> None:
    made = {one.name: one.inputs["service"] for one in cluster.of("projects/serviceIdentity:ServiceIdentity")}
    assert made == {
        "prod-gcp-container-agent": "container.googleapis.com",
        "prod-gcp-lustre-agent": "lustre.googleapis.com",
    }
    assert "prod-gcp-lustre-agent" in cluster["prod-gcp-key-lustre"].depends_on


def test_a_given_key_is_used_and_nothing_of_it_is_changed() -> None:
    key = "projects/keys/locations/us-central1/keyRings/r/cryptoKeys/k"
    resources = resources_of_plan(make_plan(key=key))
    assert not [one for one in resources.all if "gcp:kms/" in one.type]
    assert resources.inputs("prod-gcp-checkpoints-bucket")["encryption"] == {"defaultKmsKeyName": key}
    assert resources.inputs("prod-gcp-scratch-files")["kmsKey"] == key
    assert resources.inputs("prod-gcp-control-plane")["databaseEncryption"]["keyName"] == key


def test_without_a_project_its_own_account_tells_it() -> None:
    resources = resources_of_plan(make_plan(project=None, account=None))
    assert "project" not in resources.inputs("prod-gcp-node-account")
    pool = resources.inputs("prod-gcp-control-plane")["workloadIdentityConfig"]["workloadPool"]
    assert text(pool) == "${prod-gcp-node-account.project}.svc.id.goog"


def budget(resources: Resources) -> Any:
    return resources.inputs("prod-gcp-monthly-budget")


def test_the_budget_counts_what_carries_the_stacks_label(cluster: Resources) -> None:
    made = budget(cluster)
    assert made["billingAccount"] == "0A1B2C-3D4E5F-6A7B8C"
    assert made["amount"] == {"specifiedAmount": {"currencyCode": "USD", "units": "250000"}}
    assert text(made["budgetFilter"]["projects"][0]) == f"projects/{NUMBER}"
    assert made["budgetFilter"]["labels"] == {"gpu-fleet-stack": LABELS["gpu-fleet-stack"]}
    assert made["budgetFilter"]["calendarPeriod"] == "MONTH"


def test_it_tells_at_half_at_four_fifths_at_all_and_when_all_is_foreseen(cluster: Resources) -> None:
    assert [(one["thresholdPercent"], one["spendBasis"]) for one in budget(cluster)["thresholdRules"]] == [
        (0.5, "CURRENT_SPEND"),
        (0.8, "CURRENT_SPEND"),
        (1, "CURRENT_SPEND"),
        (1, "FORECASTED_SPEND"),
    ]


def test_it_tells_those_who_are_named(cluster: Resources) -> None:
    (channel,) = cluster.of("monitoring/notificationChannel:NotificationChannel")
    assert (channel.inputs["type"], channel.inputs["labels"]) == ("email", {"email_address": "ml@example.com"})
    assert budget(cluster)["allUpdatesRule"] == {
        "monitoringNotificationChannels": [ref(f"{channel.name}.name")],
        "disableDefaultIamRecipients": True,
    }


def test_cents_and_nobody_to_tell() -> None:
    plan = BudgetPlan(usd_per_month=Decimal("1500.25"), usd_per_hour=None, usd_per_gpu_hour=None, alerts=())
    made = budget(resources_of_plan(make_plan(budget=plan)))
    assert made["amount"]["specifiedAmount"] == {"currencyCode": "USD", "units": "1500", "nanos": 250000000}
    assert "allUpdatesRule" not in made


@pytest.mark.parametrize(
    "changes",
    [
        {"billing_account": None},
        {"budget": BudgetPlan(usd_per_month=None, usd_per_hour=None, usd_per_gpu_hour=None, alerts=("a@example.com",))},
    ],
)
def test_without_an_account_or_a_ceiling_there_is_no_budget_and_no_channel(changes: dict[str, Any]) -> None:
    resources = resources_of_plan(make_plan(**changes))
    assert "prod-gcp-monthly-budget" not in resources
    assert resources.of("monitoring/notificationChannel:NotificationChannel") == []
