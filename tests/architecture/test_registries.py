"""What is added is registered everywhere, tested and documented; what is documented exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from components import program
from components.catalog import CLOUDS
from components.cost import items
from components.plan import planner
from policies import from_plan
from policies.rules import RULES
from scripts.cli.main import VERBS
from tests.architecture.source import ROOT, python_files, text_of, texts, tracked, tree_of

# Registry -> what each module in it must have.
REGISTRIES: dict[str, tuple[Mapping[str, str], str]] = {
    "planner": (planner._PLANNERS, "plan"),
    "cost": (items._MODULES, "items_of"),
    "program": (program._CLOUDS, "build"),
    "policies": (from_plan._CLOUDS, "complete"),
}
DOCUMENTS = ("README.md", *(str(path) for path in tracked() if path.parts[0] == "docs" and path.suffix == ".md"))


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_cloud_of_the_catalogue_is_registered(name: str) -> None:
    registry, has = REGISTRIES[name]
    assert set(registry) == set(CLOUDS)
    for module in registry.values():
        assert callable(getattr(import_module(module), has))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_cloud_has_the_same_parts_and_an_integrity_suite(cloud: str) -> None:
    for part in ("cluster", "network", "fabric", "pool", "storage", "identity", "budget"):
        assert (ROOT / "components" / cloud / f"{part}.py").is_file(), part
    assert (ROOT / "components" / "cost" / "readers" / f"{cloud}.py").is_file()
    assert (ROOT / "policies" / "readers" / f"{cloud}.py").is_file()
    assert (ROOT / "tests" / "integrity" / f"test_{cloud}.py").is_file()


def test_rules_are_documented() -> None:
    """That each rule's file is registered and has cases stands in tests/unit/policies/test_registry.py."""
    rules_page, readme = text_of(Path("docs/rules.md")), text_of(Path("README.md"))
    for rule in RULES:
        assert f"## {rule.id}\n" in rules_page
        assert f"`{rule.id}`" in readme


def test_every_verb_has_a_file_and_every_file_a_verb() -> None:
    folder = ROOT / "scripts" / "cli" / "verbs"
    files = {f"scripts.cli.verbs.{file.stem}" for file in folder.glob("*.py")}
    registered = {module for module, _ in VERBS.values()}
    assert registered <= files
    # What verbs share may lie beside them, but is then used by one.
    used = "".join(text_of(path) for path in python_files("scripts"))
    for module in files - registered - {"scripts.cli.verbs.__init__"}:
        assert f"from {module} import" in used


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_tested_and_documented(verb: str) -> None:
    ours = ("architecture", "project")
    tests = "".join(text_of(path) for path in python_files("tests") if path.parts[1] not in ours)
    assert re.search(rf'"{verb}"', tests), "no test calls it"
    assert f"gpufleet {verb}" in text_of(Path("README.md"))


def test_no_document_shows_a_verb_that_does_not_exist() -> None:
    for document in DOCUMENTS:
        shown = set(re.findall(r"(?:^|[`/ ])gpufleet ([a-z]+)", text_of(Path(document)), re.MULTILINE))
        assert shown <= set(VERBS), document


def test_links_between_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text_of(Path(document))):
            assert (ROOT / document).parent.joinpath(target).exists(), (document, target)


def test_only_the_documented_files_name_a_cloud() -> None:
    section = text_of(Path("docs/extending.md")).partition("## A cloud")[2]
    documented = set(re.findall(r"^\| `([\w/]+\.py)` \|", section, re.MULTILINE))
    naming = {
        str(path)
        for path in python_files("components", "policies", "scripts", "stacks")
        for cloud in CLOUDS
        if not _is_of(cloud, path) and _names(cloud, path)
    }
    assert naming == documented


def _is_of(cloud: str, path: Path) -> bool:
    return any(part == cloud or part.startswith(f"{cloud}_") for part in (*path.parts[:-1], path.stem))


def _names(cloud: str, path: Path) -> bool:
    words = {cloud, f"pulumi_{cloud}"}
    if any(text in words or f".{cloud}" in text for _, text in texts(path)):
        return True
    modules: list[str] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            modules.append(node.module or "")
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
    return any(part == cloud or part.startswith(f"{cloud}_") for module in modules for part in module.split("."))
