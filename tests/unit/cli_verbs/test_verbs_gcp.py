"""The verbs over the shipped stacks on Google Cloud: each is good to deploy, and each document obeys its schema."""

from __future__ import annotations

import re

import pytest

from tests.unit.cli_verbs.conftest import DAY, ROOT, Run

STACKS = sorted(file.name.split(".")[1] for file in (ROOT / "stacks").glob("Pulumi.*-gcp.yaml"))


def test_the_same_environments_are_there_as_on_the_other_cloud() -> None:
    others = {file.name.split(".")[1].removesuffix("-aws") for file in (ROOT / "stacks").glob("Pulumi.*-aws.yaml")}
    ours = {name.removesuffix("-gcp") for name in STACKS}
    assert ours - others == {"tpu"}, "slices of TPUs are Google's alone"
    assert others - ours == {"small-eu"}


@pytest.mark.parametrize("stack", STACKS)
def test_a_shipped_stack_is_good(run: Run, stack: str) -> None:
    done = run("check", stack, "--date", DAY)
    assert (done.status, done.err) == (0, ""), done.out
    assert done.out.splitlines()[-1].startswith(f"✓ {stack} is good to deploy")
    assert "UNPRICED" not in done.out


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("verb", ["plan", "check", "cost"])
def test_a_document_obeys_its_schema(run: Run, verb: str, stack: str) -> None:
    dated = () if verb == "plan" else ("--date", DAY)
    done = run(verb, stack, *dated, "--output", "json")
    assert (done.status, done.err) == (0, "")
    assert done.document(verb)["stack"] == stack


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        ("prod-gcp", "8 × a3-megagpu-8g (8 × H100)  reservation  us-east5-a"),
        ("h200-gcp", "4 × a3-ultragpu-8g (8 × H200)  reservation  us-central1-b"),
        ("b200-gcp", "4 × a4-highgpu-8g (8 × B200)  block      us-central1-b"),
        ("tpu-gcp", "4 × ct6e-standard-4t (4 × TPU-v6e)  on-demand  us-east5-b"),
        ("l4-gcp", "0..8 × g2-standard-8 (1 × L4)  spot → on-demand  us-central1-a, us-central1-b"),
    ],
)
def test_a_stack_in_a_line(run: Run, stack: str, said: str) -> None:
    assert said in run("check", stack, "--date", DAY, columns=160).out


def test_what_is_rounded_up_is_shown_as_asked_and_given(run: Run) -> None:
    """The smallest Managed Lustre is of 9,000 GiB (Google Cloud, performance tiers)."""
    assert "9,000 GiB (asked 4,800)" in run("check", "dev-gcp", "--date", DAY).out


@pytest.mark.parametrize("stack", STACKS)
def test_no_word_of_another_cloud_is_printed(run: Run, stack: str) -> None:
    for verb in ("plan", "check", "cost"):
        text = run(verb, stack, columns=200).out
        assert re.findall(r"\b(?:EFA|efa|EKS|FSx|S3|gp3|use1-az\d|arn:aws\S*|capacity blocks?)\b", text) == [], verb
