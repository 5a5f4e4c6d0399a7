"""Project, region, access, key, labels, services and maintenance of a cluster on Google Cloud.

Sources: Resource Manager (ids of projects, requirements for labels), IAM (principal identifiers), Cloud KMS (names of
keys), GKE (maintenance windows: 48 hours in any 32 days; authorized networks).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from components.plan.gcp.model import GcpClusterPlan
from tests.support.gcp_values import ADMIN, BILLING, KEY, advised, gcp_baseline, gcp_error, gcp_errors, gcp_plan
from tests.support.specs import REMOVED, changed, load_value

# mistake: where, value; what the finding says, and its hint.
MISTAKES: dict[str, tuple[str, Any, str, str]] = {
    "a project's number": ("account", "123456789012", "is no id of a project", "neither its number"),
    "a project's name": ("account", "My Project", "is no id of a project", "my-project-123456"),
    "a short id": ("account", "short", "is no id of a project", ""),
    "a misspelt region": ("region", "us-centrall1", "is no region of the catalogue", "did you mean 'us-central1'?"),
    "a region of another cloud": ("region", "us-east-1", "is no region of the catalogue", "us-east1"),
    "a zone as a region": ("region", "us-central1-a", "is a zone", "write region: us-central1"),
    "an admin of another cloud": ("access.admins", ["arn:aws:iam::123456789012:role/a"], "is no principal of IAM", "group:platform@example.com"),
    "an admin without a kind": ("access.admins", ["platform@example.com"], "is no principal of IAM", "group:"),
    "a key's id": ("encryption.key", "disks", "is no name of a Cloud KMS key", "projects/<project>/locations/us-central1"),
    "a key's version": ("encryption.key", f"{KEY}/cryptoKeyVersions/1", "is no name of a Cloud KMS key", ""),
    "a key of another region": ("encryption.key", KEY.replace("us-central1", "us-east5"), "is in us-east5", "locations/us-central1"),
    "a key of everywhere": ("encryption.key", KEY.replace("us-central1", "global"), "is in global", "locations/us-central1"),
    "a billing account's name": ("budget.billing_account", "research", "is no id of a billing account", "0A1B2C-3D4E5F-6A7B8C"),
    "a tag of Google's": ("tags", {"goog-managed": "x"}, "'goog-managed' is reserved", ""),
    "a tag of the plan's": ("tags", {"GPU-fleet-stack": "x"}, "'gpu-fleet-stack' is reserved", ""),
    "the expiry as a tag": ("tags", {"Expires-At": "never"}, "'expires-at' is reserved", ""),
    "two tags that become one": ("tags", {"Cost.Center": "1", "cost-center": "2"}, "as 'Cost.Center' does", "stay different"),
    "a long key": ("tags", {"k" * 64: "x"}, "the key has 64 characters, a label takes 63", "shorten it"),
    "a long value": ("tags", {"key": "v" * 64}, "the value has 64 characters, a label takes 63", "shorten it"),
    "many tags": ("tags", {f"tag-{n}": "x" for n in range(61)}, "61 tags are too many", "60 of them yours"),
    "a short window": ("schedule.maintenance", {"hours": 11}, "less than 48 hours in 32 days", "give 12 hours"),
    "many ranges": ("access", {"admins": [ADMIN], "endpoint": "public", "allowed_cidrs": [f"192.0.2.{n}/32" for n in range(101)]}, "101 ranges are too many", "merge"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_what_to_do(mistake):
    where, value, message, hint = MISTAKES[mistake]
    found = gcp_error({where: value})
    assert found.path.startswith(where)
    assert message in found.message
    assert hint in found.hint


def test_mistakes_are_told_at_once():
    wrong = {"account": "My Project", "encryption.key": "disks", "access.admins": ["x"], "tags": {"goog-x": "y"}}
    found = gcp_errors({**wrong, "budget.billing_account": "research", "schedule.maintenance.hours": 4})
    assert {one.path for one in found} == {
        "account", "encryption.key", "access.admins.0", "tags.goog-x", "budget.billing_account",
        "schedule.maintenance.hours",
    }  # fmt: skip


# what is taken: where, values.
TAKEN: dict[str, list[Any]] = {
    "account": ["my-project", "a23456", "example.com:my-project-1"],
    "encryption.key": [KEY, KEY.replace("my-project-1", "keys-of-security")],
    "budget.billing_account": [BILLING, f"billingAccounts/{BILLING}"],
    "access.admins": [["user:a@example.com", "serviceAccount:ci@my-project-1.iam.gserviceaccount.com", "domain:example.com", "principalSet://iam.googleapis.com/locations/global/workforcePools/p/group/g"]],
    "schedule.maintenance": [{"hours": 12}, {"hours": 24}],
}  # fmt: skip


@pytest.mark.parametrize(("where", "value"), [(where, one) for where, some in TAKEN.items() for one in some])
def test_what_google_takes_is_taken(where, value):
    gcp_plan({where: value})


def test_the_billing_account_is_known_by_its_bare_id():
    assert gcp_plan({"budget.billing_account": f"billingAccounts/{BILLING}"}).billing_account == BILLING
    assert gcp_plan({"budget": {"billing_account": BILLING}}).billing_account is None  # no amount, so no budget
    plan = gcp_plan({"budget": {"usd_per_month": 100000}})
    assert plan.billing_account is None
    assert len(advised(plan, "no-budget", "budget.billing_account")) == 1
    assert advised(gcp_plan(), "no-budget") == []


def test_a_project_that_is_not_given_is_told():
    assert len(advised(gcp_plan({"account": REMOVED}), "account")) == 1
    assert advised(gcp_plan(), "account") == []


# --- the way in ---


def test_a_private_endpoint_is_reached_by_the_dns_endpoint():
    plan = gcp_plan()
    access = plan.access
    assert (access.public, access.dns_endpoint, access.allowed_cidrs, access.admins) == (False, True, (), (ADMIN,))
    assert advised(plan, "no-way-in") == []
    assert advised(plan, "no-admin") == []


def test_a_public_endpoint_is_reached_from_its_ranges():
    plan = gcp_plan({"access": {"admins": [ADMIN], "endpoint": "public", "allowed_cidrs": ["192.0.2.0/24"]}})
    assert (plan.access.public, plan.access.dns_endpoint) == (True, False)
    assert plan.access.allowed_cidrs == ("192.0.2.0/24",)
    (told,) = advised(plan, "deployer", "access.allowed_cidrs")
    assert "whoever deploys must be in one of its ranges" in told


def test_a_public_endpoint_for_nobody_stays_private():
    plan = gcp_plan({"access.endpoint": "public"})
    assert (plan.access.public, plan.access.dns_endpoint) == (False, True)
    assert len(advised(plan, "no-way-in", "access.allowed_cidrs")) == 1


def test_a_cluster_that_nobody_administers_is_told():
    assert len(advised(gcp_plan({"access": {}}), "no-admin")) == 1


# --- labels ---


def test_tags_become_labels():
    plan = gcp_plan({"tags": {"Owner": "Research Team", "cost-center": "4711", "mail": "a.b@example.com"}})
    own = {"gpu-fleet-stack": "test", "gpu-fleet-environment": "dev", "gpu-fleet-blueprint": "test"}
    assert plan.labels == {"owner": "research-team", "cost-center": "4711", "mail": "a-b-example-com", **own}
    told = {one.path: one.chose for one in plan.decisions if one.path.startswith("tags.")}
    assert told == {"tags.Owner": "owner=research-team", "tags.mail": "mail=a-b-example-com"}


def test_the_expiry_is_a_label_of_the_cluster_and_not_of_its_machines():
    plan = gcp_plan({"schedule.expires": "2027-03-31"})
    assert plan.labels["expires-at"] == "2027-03-31"
    assert "expires-at" not in plan.machine_labels


# --- services ---

ALWAYS = {"container", "compute", "iam", "iamcredentials", "cloudresourcemanager", "serviceusage", "logging", "monitoring", "cloudkms"}  # fmt: skip


def services(plan: GcpClusterPlan) -> set[str]:
    assert all(one.endswith(".googleapis.com") for one in plan.services)
    return {one.removesuffix(".googleapis.com") for one in plan.services}


def test_apis_are_enabled_by_what_is_used():
    plain = services(gcp_plan({"budget": {}}))
    assert plain >= ALWAYS
    assert not plain & {"lustre", "file", "servicenetworking", "storage", "billingbudgets"}
    assert "billingbudgets" in services(gcp_plan())
    assert "storage" in services(gcp_plan({"storage.a": {"kind": "object"}}))
    assert services(gcp_plan({"storage.a": {"kind": "shared"}})) >= {"file", "servicenetworking"}
    parallel = {"kind": "parallel", "capacity": "9000GiB"}
    assert services(gcp_plan({"storage.a": parallel})) >= {"lustre", "servicenetworking"}


# --- maintenance ---


def test_the_window_is_a_saturday_of_twelve_hours():
    window = gcp_plan().maintenance
    assert (window.start, window.end) == ("2026-01-10T02:00:00Z", "2026-01-10T14:00:00Z")
    assert (window.recurrence, window.hold_upgrades, window.hold_from) == ("FREQ=WEEKLY;BYDAY=SA", True, "2026-01-05T00:00:00Z")  # fmt: skip


@pytest.mark.parametrize("day", ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
def test_the_first_window_is_on_the_day_of_the_week_that_recurs(day):
    asked = {"day": day, "start": "22:30", "hours": 24, "hold_upgrades": False}
    window = gcp_plan({"schedule.maintenance": asked}).maintenance
    start, end = datetime.fromisoformat(window.start), datetime.fromisoformat(window.end)
    assert start.strftime("%A").lower() == day
    assert window.recurrence == f"FREQ=WEEKLY;BYDAY={day[:2].upper()}"
    assert (end - start).total_seconds() == 24 * 3600
    assert window.start.endswith("T22:30:00Z")
    assert not window.hold_upgrades


def test_the_window_does_not_move_with_the_day_of_the_plan():
    value = changed(gcp_baseline(), {"schedule.maintenance": {"day": "sunday"}})
    assert load_value(value).spec.schedule.maintenance.hours == 12
    assert gcp_plan({"schedule.maintenance": {"day": "sunday"}}) == gcp_plan(
        {"schedule.maintenance": {"day": "sunday"}}
    )
