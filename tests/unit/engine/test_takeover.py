"""How resources of Google Cloud and of Kubernetes are looked for and taken over, against their providers' own words."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pulumi_gcp
import pytest

from scripts.engine import takeover
from scripts.engine.takeover import account_of, filled, import_id, repeats
from scripts.preview.replies import GCP, KUBERNETES

FOLDER = Path(takeover.__file__).parent / "imports"
SDK = Path(pulumi_gcp.__file__).parent
POOL, NETWORK = "gcp:container/nodePool:NodePool", "gcp:compute/network:Network"
BUDGET, CHANNEL = "gcp:billing/budget:Budget", "gcp:monitoring/notificationChannel:NotificationChannel"
OBJECT = "kubernetes:networking.gke.io/v1:Network"

# Types whose documentation of imports pulumi_gcp leaves out or says otherwise than by a command: terraform-provider-google,
# "Import" of google_*_iam_member, google_service_account and google_storage_bucket; a service identity cannot be imported.
ELSEWHERE = {
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "{cryptoKeyId} {role} {member}",
    "gcp:projects/iAMMember:IAMMember": "{project} {role} {member}",
    "gcp:projects/serviceIdentity:ServiceIdentity": "projects/{account}/services/{service}",
    "gcp:serviceaccount/account:Account": "projects/{account}/serviceAccounts/{accountId}@{account}.iam.gserviceaccount.com",
    "gcp:serviceaccount/iAMMember:IAMMember": "{serviceAccountId} {role} {member}",
    "gcp:storage/bucket:Bucket": "{name}",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "b/{bucket} {role} {member}",
}


def rows(provider: str) -> dict[str, dict[str, str]]:
    text = (FOLDER / f"{provider}.csv").read_text(encoding="utf-8")
    return {row["type"]: row for row in csv.DictReader(text.splitlines())}


ROWS = rows("gcp")


def documented(type: str) -> list[str]:
    """The forms of ids in a class's section `Import`, with one word in place of each name."""
    _, module, name = type.split(":")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    text = (SDK / module.partition("/")[0] / f"{snake}.py").read_text(encoding="utf-8")
    found = re.findall(rf"\$ pulumi import {re.escape(type)} \S+ (\S+)", text)
    return [re.sub(r"\{\{[^}]+\}\}", "X", one) for one in found]


def bare(template: str) -> str:
    """A form of ours; where an input is itself a path, as a key's ring is, that is one word."""
    return re.sub(r"\{[\w.!]+\}", "X", template)


@pytest.mark.parametrize("type", ROWS)
def test_ids_have_the_form_that_the_provider_documents(type: str) -> None:
    form = ROWS[type]["id"]
    if type in ELSEWHERE:
        assert documented(type) == [] and form == ELSEWHERE[type]
    elif form:
        # The network of a connection is its whole path.
        path = {"gcp:servicenetworking/connection:Connection": "X:X"}.get(type, bare(form))
        assert path in documented(type)
    else:
        assert type in (BUDGET, CHANNEL), "Google names it"


def test_every_type_that_the_programs_register_has_a_row() -> None:
    kinds = rows("kubernetes")
    assert set(GCP) - {"pulumi:providers:gcp"} <= set(ROWS)
    assert set(KUBERNETES) - {"pulumi:providers:kubernetes"} <= set(kinds)


@pytest.mark.parametrize("row", [*ROWS.values(), *rows("kubernetes").values()], ids=lambda row: row["type"])
def test_rows_say_what_a_second_call_does_and_where_that_is_known_from(row: dict[str, str]) -> None:
    assert row["again"] in ("same", "refused", "another")
    assert row["look_up"].startswith(("gcloud ", "kubectl "))
    assert " API" in row["source"]


def test_ids_are_made_of_inputs_and_the_project() -> None:
    """Examples of the providers' documentation, with names put in."""
    pool = {"location": "us-east5", "cluster": "projects/p/locations/us-east5/clusters/fleet", "name": "train-1a2b3c"}
    assert import_id(POOL, pool, "p", "x") == "p/us-east5/fleet/train-1a2b3c"
    assert filled(ROWS[POOL]["look_up"], {**pool, "account": "p"}).startswith(
        "gcloud container node-pools describe train-1a2b3c --cluster fleet --project p --location us-east5"
    )
    assert import_id(NETWORK, {"name": "net"}, "p", "x") == "projects/p/global/networks/net"
    assert (
        import_id(BUDGET, {"billingAccount": "A"}, "p", "billingAccounts/A/budgets/1") == "billingAccounts/A/budgets/1"
    )
    assert import_id(OBJECT, {"metadata": {"name": "vpc1"}}, "", "x") == "vpc1"
    claim = {"metadata": {"name": "data", "namespace": "team"}}
    assert import_id("kubernetes:core/v1:PersistentVolumeClaim", claim, "", "x") == "team/data"


def test_on_whose_behalf_a_provider_calls() -> None:
    assert account_of("pulumi:providers:gcp", {"project": "example-ml-prod"}) == "example-ml-prod"
    assert account_of("pulumi:providers:aws", {"allowedAccountIds": '["123456789012"]'}) == "123456789012"
    assert account_of("pulumi:providers:aws", {"allowedAccountIds": '["1", "123456789012", "210987654321"]'}) == ""
    assert account_of("pulumi:providers:kubernetes", {"project": "p"}) == account_of("pulumi:providers:gcp", {}) == ""


def test_what_may_be_made_twice() -> None:
    """Resource Manager API, setIamPolicy; Service Usage API, services.enable; Compute Engine API, networks.insert."""
    assert repeats("gcp:projects/iAMMember:IAMMember") and repeats("gcp:projects/service:Service")
    assert not (repeats(NETWORK) or repeats(POOL) or repeats(OBJECT) or repeats("gcp:x/y:Z"))
