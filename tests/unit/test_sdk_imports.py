"""The import hook changes how fast a provider's SDK is imported, and nothing else."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from components import sdk_imports

ROOT = Path(__file__).parents[2]

TABLES = """
import inspect, json, sys
from components import sdk_imports
installed = sdk_imports.install()
import pulumi
from pulumi import _types
import SDK
lazy = LAZY not in sys.modules
tables = {}
for module in (MODULES,):
    for scope in (module, module.outputs):
        for name, cls in sorted(inspect.getmembers(scope, inspect.isclass)):
            table = {}
            if _types.is_input_type(cls):
                table["in"] = _types.input_type_types(cls), _types.input_type_py_to_pulumi_names(cls)
            if _types.is_output_type(cls):
                table["out"] = _types.output_type_types(cls), getattr(cls, "_pulumi_python_to_pulumi_table", None)
            if issubclass(cls, pulumi.Resource):
                names = _types.resource_py_to_pulumi_names(cls), _types.resource_pulumi_to_py_names(cls)
                table["resource"] = _types.resource_types(cls), names
            if table:
                tables[f"{scope.__name__}.{name}"] = repr(table)
"""

REGISTERED = """
from scripts.preview import capture
def program():
    aws.iam.Role("role", assume_role_policy=pulumi.Output.json_dumps({"Version": "2012-10-17"}))
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags={"a": "b"})
    config = aws.eks.ClusterVpcConfigArgs(subnet_ids=[vpc.id], endpoint_public_access=False)
    cluster = aws.eks.Cluster("cluster", role_arn="arn", vpc_config=config)
    interface = {"device_index": 1, "network_card_index": 1, "interface_type": "efa"}
    aws.ec2.LaunchTemplate("template", network_interfaces=[interface], user_data=cluster.endpoint)
    aws.fsx.LustreFileSystem("scratch", subnet_ids=vpc.id, storage_capacity=4800, per_unit_storage_throughput=125)
registered = [str(resource) for resource in capture.run(program, stack="dev", config={}).resources]
print(json.dumps({"installed": installed, "lazy": lazy, "tables": tables, "registered": registered}))
"""

AWS = (
    TABLES.replace("import SDK", "import pulumi_aws as aws")
    .replace("LAZY", "'pulumi_aws.eks.cluster'")
    .replace("MODULES", "aws.eks, aws.ec2, aws.fsx, aws.s3, aws.iam, aws.kms, aws.budgets")
    + REGISTERED
)

# By package: a module that may be loaded only when it is used, and a sample of what to compare.
OTHERS = {
    "pulumi_gcp": ("pulumi_gcp.container.cluster", "pulumi_gcp.container, pulumi_gcp.kms"),
    "pulumi_azure_native": (
        "pulumi_azure_native.containerservice.agent_pool",
        "pulumi_azure_native.containerservice, pulumi_azure_native.managedidentity",
    ),
    "pulumi_kubernetes": ("pulumi_kubernetes.apps.v1.deployment", "pulumi_kubernetes.apps.v1"),
}


def python(code: str, cache: Path, **environment: str) -> str:
    """Run code in a Python of its own and return what it prints; warnings are errors there too."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache), **environment}
    # Importing a whole SDK module meets what its vendor has deprecated.
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def aws_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def without(aws_cache: Path) -> dict[str, object]:
    return json.loads(python(AWS, aws_cache, GPU_FLEET_IMPORT_HOOK="0"))


def test_the_aws_sdk_is_the_same_with_and_without(without: dict[str, object], aws_cache: Path) -> None:
    cold = json.loads(python(AWS, aws_cache))
    assert any(aws_cache.rglob("pulumi_aws.eks.cluster"))
    warm = json.loads(python(AWS, aws_cache))
    assert [run["installed"] for run in (without, cold, warm)] == [False, True, True]
    assert len(warm["tables"]) > 1000
    assert len(warm["registered"]) == 5
    for part in ("tables", "registered", "lazy"):
        assert cold[part] == without[part]
        assert warm[part] == without[part]


@pytest.mark.parametrize("package", OTHERS)
def test_the_other_sdks_are_the_same_with_and_without(package: str, tmp_path: Path) -> None:
    lazy, modules = OTHERS[package]
    code = TABLES.replace("import SDK", f"import {package}").replace("LAZY", repr(lazy)).replace("MODULES", modules)
    code += 'print(json.dumps({"installed": installed, "lazy": lazy, "tables": tables}))'
    without = json.loads(python(code, tmp_path, GPU_FLEET_IMPORT_HOOK="0"))
    runs = [json.loads(python(code, tmp_path)) for _ in ("cold", "warm")]
    assert any(tmp_path.rglob(f"{package}.*"))
    assert [run["installed"] for run in (without, *runs)] == [False, True, True]
    assert len(without["tables"]) > 70
    for run in runs:
        assert (run["tables"], run["lazy"]) == (without["tables"], without["lazy"])


def test_sdk_modules_are_still_loaded_when_they_are_used(without: dict[str, object]) -> None:
    assert without["lazy"]  # and so it is with the hook: the test above compares the two


@pytest.fixture
def sdk(tmp_path: Path) -> Path:
    """A package that counts how many of its annotations are evaluated, and another of the same kind."""
    for name in ("listed", "other"):
        package = tmp_path / "site" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("evaluated = []\ndef note(): evaluated.append(1)\nfrom . import first\n")
        for module in ("first", "second"):
            body = "from . import note\nVALUE = 1\ndef function(x: note()) -> None: ...\n"
            (package / f"{module}.py").write_text(body)
    return tmp_path / "site"


PREAMBLE = """
import sys, pathlib, shutil, os
from components import sdk_imports
sys.path.insert(0, os.environ["SITE"])
cache = sdk_imports.cache_directory()
sdk_imports.install(["listed"])
"""


def try_out(code: str, sdk: Path, cache: Path, **environment: str) -> str:
    return python(PREAMBLE + code, cache, SITE=str(sdk), PYTHONDONTWRITEBYTECODE="", **environment).strip()


COUNT = "import listed.second, other.second; print(len(listed.evaluated), len(other.evaluated))"


def test_annotations_of_the_listed_packages_alone_are_postponed(sdk: Path, tmp_path: Path) -> None:
    assert try_out(COUNT, sdk, tmp_path / "cache") == "0 2"
    assert try_out(COUNT, sdk, tmp_path / "cache") == "0 2"


def test_the_switch_turns_it_off(sdk: Path, tmp_path: Path) -> None:
    assert try_out(COUNT, sdk, tmp_path / "cache", GPU_FLEET_IMPORT_HOOK="0") == "2 2"
    assert not (tmp_path / "cache").exists()


def test_nothing_is_written_beside_the_sources(sdk: Path, tmp_path: Path) -> None:
    try_out(COUNT, sdk, tmp_path / "cache")
    assert not list((sdk / "listed").rglob("*.pyc"))
    assert len(list((tmp_path / "cache").rglob("listed*"))) == 3
    assert not list((tmp_path / "cache").rglob("*.tmp"))


def test_the_cache_is_used(sdk: Path, tmp_path: Path) -> None:
    try_out(COUNT, sdk, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").rglob("listed.first")
    swap = (
        "import marshal, pathlib\n"
        f"kept = pathlib.Path({str(kept)!r})\n"
        "code = compile('VALUE = 99', 'x', 'exec')\n"
        "kept.write_bytes(kept.read_bytes()[:16] + marshal.dumps(code))"
    )
    python(swap, tmp_path / "cache")
    assert try_out("import listed.first; print(listed.first.VALUE)", sdk, tmp_path / "cache") == "99"


@pytest.mark.parametrize(
    "body", ["VALUE = 2\n", "from . import note\nVALUE = 2\ndef function(x: note()) -> None: ...\n"]
)
def test_a_changed_source_is_compiled_anew(sdk: Path, tmp_path: Path, body: str) -> None:
    show = "import listed.first; print(listed.first.VALUE)"
    assert try_out(show, sdk, tmp_path / "cache") == "1"
    source = sdk / "listed" / "first.py"
    before = source.stat()
    source.write_text(body)  # the second body has the size of the first one
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert try_out(show, sdk, tmp_path / "cache") == "2"


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 16, None])
def test_damaged_bytecode_is_compiled_anew(sdk: Path, tmp_path: Path, damage: bytes | None) -> None:
    try_out(COUNT, sdk, tmp_path / "cache")
    for kept in (tmp_path / "cache").rglob("listed*"):
        kept.write_bytes(kept.read_bytes()[:40] if damage is None else damage)
    assert try_out(COUNT, sdk, tmp_path / "cache") == "0 2"


def test_a_cache_that_cannot_be_written_does_no_harm(sdk: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    show = "import listed.second; print(listed.first.VALUE, listed.second.VALUE)"
    assert try_out(show, sdk, blocked) == "1 1"


def test_a_missing_home_does_no_harm(sdk: Path, tmp_path: Path) -> None:
    lost = (
        "def home():\n raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.home = staticmethod(home)\n"
        "sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, sdk_imports._SdkFinder)]\n"
        "del os.environ['XDG_CACHE_HOME']\n"
        "assert sdk_imports.cache_directory() is None\n"
        "assert sdk_imports.install(['listed'])\n"
        "import listed; print(listed.first.VALUE)"
    )
    assert try_out(lost, sdk, tmp_path / "cache") == "1"


def test_the_cache_may_be_deleted_meanwhile(sdk: Path, tmp_path: Path) -> None:
    code = "import listed; shutil.rmtree(cache); import listed.second; print(len(listed.evaluated), cache.exists())"
    assert try_out(code, sdk, tmp_path / "cache") == "0 True"


def test_a_relative_cache_directory_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    directory = sdk_imports.cache_directory()
    assert directory is not None
    assert directory.is_relative_to(tmp_path)


def test_installing_twice_is_installing_once(sdk: Path, tmp_path: Path) -> None:
    code = (
        "assert sdk_imports.install(['other'])\n"
        "print(sum(isinstance(each, sdk_imports._SdkFinder) for each in sys.meta_path))\n" + COUNT
    )
    assert try_out(code, sdk, tmp_path / "cache").split("\n") == ["1", "0 0"]


def test_a_python_that_postpones_by_itself_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_imports, "_POSTPONED_BY_PYTHON", (3, 0))
    before = list(sys.meta_path)
    assert not sdk_imports.install(["listed"])
    assert sys.meta_path == before


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was_after_an_import_that_fails(sdk: Path, tmp_path: Path, was_on: bool) -> None:
    (sdk / "listed" / "second.py").write_text("import gc\nassert not gc.isenabled()\n1 / 0\n")
    code = (
        f"import gc; gc.{'enable' if was_on else 'disable'}()\n"
        "try:\n import listed.second\nexcept ZeroDivisionError:\n print(gc.isenabled())"
    )
    assert try_out(code, sdk, tmp_path / "cache") == str(was_on)
    assert gc.isenabled()
