"""The last words of a failed run: who, the engine's or the cloud's own words, and what to do."""

from __future__ import annotations

import pytest

from scripts.engine.advice import AGAIN, advice, with_look
from scripts.engine.words import failures, last_line, refused

PROJECT, STACK = "gpu-fleet", "prod-aws"
LOCKED = """code: 255
 stdout:
 stderr: error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.
  file:///state/.pulumi/locks/organization/gpu-fleet/prod-aws/a.json: created by ann@ci-3 (pid 4711) at 2026-11-25T01:00:00Z
"""  # fmt: skip


def test_a_failed_resource_is_named_with_the_clouds_words_and_what_to_do() -> None:
    errors = [
        ("prod-aws-train-spot-nodes", "creating EKS Node Group:\n  InsufficientInstanceCapacity: none left"),
        ("prod-aws-key", "AccessDeniedException: not yours"),
        ("gpu-fleet-prod-aws", "update failed"),
    ]
    pool, key = failures(errors, "error: update failed", STACK, PROJECT)
    assert pool[0] == "pool train-spot: creating EKS Node Group: InsufficientInstanceCapacity: none left"
    assert pool[1].startswith("try later or another zone") and pool[1].endswith(AGAIN)
    assert key == (
        "key: AccessDeniedException: not yours",
        "whoever runs this may not do that: see the credentials, and the rights on the place of the state",
    )
    line = last_line(errors, "", STACK, PROJECT)
    assert line.count("\n") == 1 and line.startswith(pool[0]) and line.endswith(f"\n  hint: {pool[1]}")


def test_what_lacks_the_values_of_a_resource_that_failed_is_no_failure_of_its_own() -> None:
    lacking = (
        "prod-aws-train-nodes",
        "property launchTemplate.version value {<nil>} has a problem: missing required property 'version'",
    )
    both = failures([("prod-aws-train-template", "InternalError: sorry"), lacking], "", STACK, PROJECT)
    assert [words for words, _ in both] == ["train-template: InternalError: sorry"]
    assert len(failures([lacking], "", STACK, PROJECT)) == 1, "alone it is told"


def test_a_provider_that_died_is_told_once() -> None:
    errors = [
        ("prod-aws-vpc", "error reading from server: EOF"),
        ("prod-aws-key", 'connection error: desc = "transport: Error while dialing: connection refused"'),
        ("prod-aws-logs", 'connection error: desc = "transport: Error while dialing: connection refused"'),
    ]
    ((words, hint),) = failures(errors, "", STACK, PROJECT)
    assert words == "vpc: error reading from server: EOF (and 2 more in the same way)"
    assert hint.startswith("the provider died")


def test_what_a_stopped_run_has_not_come_to_is_no_failure() -> None:
    undone = "expected resource operations for urn:pulumi:prod-aws::gpu-fleet::a:b:C::key but none were seen"
    text = f"code: 255\n stdout: \n stderr: error: {undone}\nerror: update canceled"
    begun = ("prod-aws-vpc", "failed to run remediation: context canceled")
    ((words, hint),) = failures([("prod-aws-key", undone), begun], text, STACK, PROJECT)
    assert words == "update canceled"
    assert hint == f"it was interrupted; then {AGAIN}"


def test_a_lock_names_who_holds_it() -> None:
    ((words, hint),) = failures((), LOCKED, STACK, PROJECT)
    assert words.startswith("the stack is currently locked by 1 lock(s).")
    assert words.endswith("It is held by ann@ci-3 (pid 4711) since 2026-11-25T01:00:00Z")
    assert hint.endswith("then: pulumi cancel --stack prod-aws")


def test_a_program_that_fails_is_told_by_the_end_of_its_traceback() -> None:
    traceback = (
        "Program failed:\nTraceback (most recent call last):\n  File …\nModuleNotFoundError: No module named 'x'"
    )
    ((words, hint),) = failures([("gpu-fleet-prod-aws", traceback)], "error: preview failed", STACK, PROJECT)
    assert words == "the program failed: ModuleNotFoundError: No module named 'x'"
    assert "pip install" in hint


def test_what_is_protected_is_told_without_the_advice_to_edit_the_program() -> None:
    message = 'unable to replace resource "urn"\nas it is currently marked for protection. To unprotect …'
    ((words, _),) = failures([("prod-aws-scratch-files", message)], "", STACK, PROJECT)
    assert words == "scratch-files: is protected, and this would replace it"
    assert refused(words)


@pytest.mark.parametrize("text", ["", "code: 1\n stdout: \n stderr: \n"])
def test_an_engine_that_says_nothing_is_told_so(text: str) -> None:
    assert failures((), text, STACK, PROJECT) == (("it said nothing", AGAIN),)


def test_words_that_nobody_knows_stay_as_they_are() -> None:
    assert failures((), "error: what nobody has seen yet", STACK, PROJECT) == (("what nobody has seen yet", AGAIN),)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("no resource plugin 'pulumi-resource-azure-native' found", "pulumi plugin install resource azure-native"),
        ("error reading from server: EOF", "the provider died"),
        ('connection error: desc = "error reading server preface: connection reset by peer"', "the provider died"),
        ("failed to load checkpoint: place 1", "pulumi stack import --stack prod-aws"),
        ("DependencyViolation: has dependencies", "something that the stack does not know still uses it"),
        ("[GCE_STOCKOUT]: Instance 'x' creation failed", "the zone has no such machines left"),
        ("Reservation does not have enough resources for the request", "see what the reservation holds"),
        ("Error 404: The resource 'projects/p/zones/z/reservations/r' was not found", "there is no such reservation"),
        ("Quota 'GPUS_PER_GPU_FAMILY' exceeded.  Limit: 8.0 in region us-east5", "ask Google for a higher quota"),
        ("insufficient regional quota to satisfy request: resource CPUS", "ask Google for a higher quota"),
        ("[IP_SPACE_EXHAUSTED]: Instance 'x'", "a larger range (pods_cidr"),
        ("Cluster is running incompatible operation operation-1", "gcloud container operations list"),
        ("Operation operation-1 is currently upgrading cluster c. Please wait", "gcloud container operations list"),
        ("Kubernetes Engine API has not been used in project p before", "an API that was just switched on"),
        (
            "Error 400: Service account service-1@gs-project-accounts.iam.gserviceaccount.com does not exist., badRequest",
            "gcloud storage service-agent",
        ),
        ("Error 409: KeyRing projects/p/locations/l/keyRings/r already exists.", "Google keeps key rings and keys"),
        ("The network resource 'n' is already being used by 'k8s-fw-1'", "rules and load balancers of GKE"),
        ("Error 409: The resource 'n' already exists", "an earlier run made it and was not heard"),
    ],
)
def test_advice(words: str, what: str) -> None:
    assert what in advice(words, STACK)


@pytest.mark.parametrize(
    "words", ["connection closed before the reply", "InternalError: sorry", "error reading from server: EOF"]
)
def test_what_may_have_been_made_is_to_be_looked_for(words: str) -> None:
    hint = advice(words, STACK)
    assert f"have no owner: look for it by its tag gpu-fleet:stack={STACK} (on Google Cloud the label" in hint
    closer = with_look(hint, "look there; if it is there: take it", STACK)
    assert closer.endswith(f"have no owner: look there; if it is there: take it; then {AGAIN}")
    assert with_look(advice("VcpuLimitExceeded", STACK), "look there", STACK) == advice("VcpuLimitExceeded", STACK)
