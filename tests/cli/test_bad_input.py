"""Bad input: every problem at once, each with its place and what to do, exit status 2, and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import STACK, gpufleet, project

FILE = "stacks/Pulumi.trial.yaml"
WITH_BLUEPRINT = "    blueprint: h100-training\n"

# What is added to the good stack file -> what must be said of it, line by line.
ADDED: dict[str, tuple[str, tuple[str, ...]]] = {
    "misspelt keys": (
        "    polls: {train: {nodes: 2}}\n    budgett: 5\n",
        (
            f"✗ {FILE}:11 polls: unknown key 'polls'",
            "  hint: did you mean 'pools'?",
            f"✗ {FILE}:12 budgett: unknown key 'budgett'",
            "  hint: did you mean 'budget'?",
        ),
    ),
    "wrong values": (
        "    pools:\n      train:\n        nodes: many\n        fabric: maybe\n",
        (f"✗ {FILE}:13 pools.train.nodes: 'many'", f"✗ {FILE}:14 pools.train.fabric: 'maybe'"),
    ),
    "accelerators that nobody sells in that number": (
        '    pools: {train: {accelerator: "H100:7"}}\n',
        (f"✗ {FILE}:11 pools.train.accelerator: 'H100:7' is not sold on aws", "  hint: aws has H100:1 (p5.4xlarge)"),
    ),
    "a misspelt machine": (
        "    pools:\n      extra: {machine: p5.48xlrge, nodes: 1, capacity: [on-demand]}\n",
        (
            f"✗ {FILE}:12 pools.extra.machine: 'p5.48xlrge' is no aws machine",
            "  hint: did you mean 'p5.48xlarge'?",
        ),
    ),
    "a fabric that the machine does not have": (
        "    pools:\n      extra: {machine: g6.xlarge, nodes: 2, fabric: required, capacity: [on-demand]}\n",
        (f"✗ {FILE}:12 pools.extra",),
    ),
}

# The whole stack file -> what must be said of it.
FILES: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "a misspelt region": (
        STACK.replace("us-east-1", "us-esat-1"),
        (f"✗ {FILE}:6 region: 'us-esat-1' is no region", "  hint: did you mean 'us-east-1'?"),
    ),
    "a misspelt blueprint": (
        STACK.replace("h100-training", "h100-trainin"),
        (f"✗ {FILE}:3 blueprint: there is no blueprint 'h100-trainin'", "  hint: did you mean 'h100-training'?"),
    ),
    "NUL in a name": (STACK.replace("h100-training", '"a\\0b"'), (f"✗ {FILE}:3 blueprint: ",)),
    "NUL in a path": (STACK.replace("h100-training", '"./a\\0b.yaml"'), ("is not a possible file name",)),
    "a path out of the project": (STACK.replace("h100-training", "../../../no/such.yaml"), ("does not exist",)),
    "broken YAML": ("config:\n  gpu-fleet:cluster:\n    cloud: [aws\n    region: x\n", (f"✗ {FILE}:4: ",)),
    "not UTF-8": (b"config: \xff\xfe\n", (f"✗ {FILE}:1: is not UTF-8", "  hint: save it as UTF-8")),
    "nested too deeply": ("config: " + "[" * 5000, (f"✗ {FILE}:1: nested deeper",)),
    "ten megabytes": ("config: {a: 1}\n" + "# filler\n" * 1_200_000, (f"✗ {FILE}: is larger than 1 MiB",)),
    "a stack of another project": ("config:\n  other:thing: 1\n", (f"✗ {FILE}:1: has no config gpu-fleet:cluster",)),
    "empty": ("", (f"✗ {FILE}: is empty",)),
    "no map": ("- 1\n", ("is no stack file",)),
}

NAMES = {
    "tiral": ("there is no stack 'tiral' in stacks", "did you mean 'trial'?"),
    "../x": ("../x",),
    "a/b": ("a/b: does not exist",),
    "": ("'' is no stack name",),
    "a b": ("'a b' is no stack name",),
    "x\ny": ("'x\\ny' is no stack name",),
    "stacks": ("there is no stack 'stacks'",),
    "stacks/": ("is a folder",),
    "\udcff": ("is no stack name",),
}


@pytest.mark.parametrize("case", ADDED)
def test_check_says_all_that_is_wrong_in_a_stack(case: str, tmp_path: Path) -> None:
    added, expected = ADDED[case]
    _refused("check", project(tmp_path, trial=STACK + added), expected)


@pytest.mark.parametrize("case", FILES)
def test_check_says_what_is_wrong_with_a_file(case: str, tmp_path: Path) -> None:
    content, expected = FILES[case]
    _refused("check", project(tmp_path, trial=content), expected)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_name_of_a_stack(name: str, tmp_path: Path) -> None:
    result = gpufleet("check", "--", name, cwd=project(tmp_path, trial=STACK))
    assert result.status == 2
    for text in NAMES[name]:
        assert text in result.out


@pytest.mark.parametrize("verb", ["plan", "cost", "preview"])
def test_errors_that_stop_a_verb_are_on_stderr_in_the_common_form(verb: str, tmp_path: Path) -> None:
    added, _ = ADDED["accelerators that nobody sells in that number"]
    result = gpufleet(verb, "trial", cwd=project(tmp_path, trial=STACK + added))
    assert (result.status, result.out) == (2, "")
    assert (
        f"{FILE}:11 pools.train.accelerator: 'H100:7' is not sold on aws\n"
        "  hint: aws has H100:1 (p5.4xlarge) and H100:8 (p5.48xlarge); "
        "see: gpufleet catalog list --cloud aws --gpu H100\n"
    ) in result.err


@pytest.mark.parametrize("verb", ["plan", "check", "cost", "preview"])
def test_errors_stand_in_the_one_json_document(verb: str, tmp_path: Path) -> None:
    cwd = project(tmp_path, trial=STACK + "    budgett: 5\n    polls: {}\n")
    result = gpufleet(verb, "stacks/Pulumi.trial.yaml", "--output", "json", cwd=cwd)
    document = json.loads(result.out)
    assert (result.status, result.err) == (2, "")
    assert (document["schema_version"], document["stack"]) == (1, "trial")
    assert [(one["level"], one["path"], one["file"], one["line"]) for one in document["findings"]] == [
        ("error", "budgett", FILE, 11),
        ("error", "polls", FILE, 12),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("chekc", "x"), ("there is no verb 'chekc'", "did you mean check?")),
        (("check", "--outptu", "json", "x"), ("there is no option --outptu", "did you mean --output?")),
        (("check", "--output", "xml", "x"), ("'xml'", "text", "json")),
        (("check", "--date", "yesterday", "x"), ("'yesterday' is no date; write it as YYYY-MM-DD",)),
        (("cost", "--date", "2026-02-30", "x"), ("'2026-02-30' is no date",)),
        (("preview", "--date", "20261123", "x"), ("'20261123' is no date",)),
        (("check",), ("STACK",)),
        (("plan", "a", "b"), ("b",)),
        (("--nonsense",), ("there is no option --nonsense",)),
    ],
)
def test_wrong_words_on_the_command_line(arguments: tuple[str, ...], expected: tuple[str, ...]) -> None:
    result = gpufleet(*arguments)
    assert (result.status, result.out) == (2, "")
    for text in expected:
        assert text in result.err


def test_wrong_words_beside_output_json_give_the_document() -> None:
    result = gpufleet("check", "x", "--date", "now", "--output", "json")
    document = json.loads(result.out)
    assert result.status == 2
    assert [one["id"] for one in document["findings"]] == ["usage"]


def _refused(verb: str, cwd: Path, expected: tuple[str, ...]) -> None:
    result = gpufleet(verb, "trial", cwd=cwd)
    assert (result.status, result.err) == (2, "")
    for text in expected:
        assert text in result.out
    assert "✗ trial cannot be deployed as it is" in result.out
