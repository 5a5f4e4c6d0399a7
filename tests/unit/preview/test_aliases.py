"""A resource that another version of the program calls otherwise is the same one, where an alias says so.

What an alias means, and that children follow their parent's: Pulumi, "Resource options: aliases".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.catalog.aws import catalog
from scripts.preview import capture
from scripts.preview.compare import Step, compare
from scripts.preview.state import read
from tests.support.exports import export

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")
STACK = "alias"


class Box(pulumi.ComponentResource):
    def __init__(self, name: str, type: str = "test:x:Box", opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type, name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)


def provider() -> aws.Provider:
    return aws.Provider("aws", region="us-east-1")


def before() -> None:
    box = Box("net", opts=pulumi.ResourceOptions(providers=[provider()]))
    vpc = aws.ec2.Vpc("net-vpc", cidr_block="10.0.0.0/16", opts=box.child)
    aws.ec2.Subnet("net-one", vpc_id=vpc.id, cidr_block="10.0.1.0/24", opts=box.child)


def after(
    *,
    box: str = "net",
    type: str = "test:x:Box",
    vpc: str = "net-vpc",
    subnet: str = "net-one",
    of_box: list[Any] | None = None,
    of_vpc: list[Any] | None = None,
    flat: bool = False,
) -> Callable[[], None]:
    """The program of `before` with other names; `of_…` are aliases, `flat` has the VPC outside its component."""

    def program() -> None:
        given = provider()
        made = Box(box, type, pulumi.ResourceOptions(providers=[given], aliases=of_box))
        parent = None if flat else made
        net = aws.ec2.Vpc(
            vpc, cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(parent=parent, provider=given, aliases=of_vpc)
        )
        aws.ec2.Subnet(subnet, vpc_id=net.id, cidr_block="10.0.1.0/24", opts=made.child)

    return program


def captured(program: Callable[[], None]) -> list[dict[str, Any]]:
    return capture.run(program, stack=STACK, config={}).to_json()


def changing(folder: Path, program: Callable[[], None]) -> list[Step]:
    file = folder / "state.json"
    file.write_text(json.dumps(export(captured(before), STACK)))
    return [*compare(captured(program), read(file, STACK, "gpu-fleet"), catalog().replacements).changing]


def steps(folder: Path, program: Callable[[], None]) -> dict[str, Step]:
    return {step.name: step for step in changing(folder, program)}


def test_the_same_names_are_the_same_resources(tmp_path: Path) -> None:
    assert steps(tmp_path, after()) == {}


def test_another_name_is_another_resource(tmp_path: Path) -> None:
    found = {name: step.operation for name, step in steps(tmp_path, after(vpc="net-range")).items()}
    assert found == {"net-range": "create", "net-one": "replace", "net-vpc": "delete"}


ALIASES = [
    [pulumi.Alias(name="net-vpc")],
    ["urn:pulumi:alias::gpu-fleet::test:x:Box$aws:ec2/vpc:Vpc::net-vpc"],
    [pulumi.Alias(name="net-older"), pulumi.Alias(name="net-vpc")],
]


@pytest.mark.parametrize("aliases", ALIASES)
def test_an_alias_keeps_it_and_what_refers_to_it(aliases: list[Any], tmp_path: Path) -> None:
    assert steps(tmp_path, after(vpc="net-range", of_vpc=aliases)) == {}


def test_an_alias_that_names_something_else_keeps_nothing(tmp_path: Path) -> None:
    for alias in (pulumi.Alias(name="net-vcp"), pulumi.Alias(name="net-vpc", stack="other"), pulumi.Alias(name="net")):
        found = steps(tmp_path, after(vpc="net-range", of_vpc=[alias]))
        assert found["net-range"].operation == "create"
        assert found["net-vpc"].operation == "delete"


def test_a_renamed_resource_is_told_under_its_new_name(tmp_path: Path) -> None:
    def program() -> None:
        box = Box("net", opts=pulumi.ResourceOptions(providers=[provider()]))
        opts = pulumi.ResourceOptions.merge(box.child, pulumi.ResourceOptions(aliases=[pulumi.Alias(name="net-vpc")]))
        vpc = aws.ec2.Vpc("net-range", cidr_block="10.1.0.0/16", opts=opts)
        aws.ec2.Subnet("net-one", vpc_id=vpc.id, cidr_block="10.0.1.0/24", opts=box.child)

    found = steps(tmp_path, program)
    assert (found["net-range"].operation, found["net-range"].was) == ("replace", "net-vpc")
    assert "net-vpc" not in found


def test_below_a_renamed_component_all_is_kept(tmp_path: Path) -> None:
    renamed = after(box="web", vpc="web-vpc", subnet="web-one", of_box=[pulumi.Alias(name="net")])
    assert steps(tmp_path, renamed) == {}
    retyped = after(type="test:y:Box", of_box=[pulumi.Alias(type_="test:x:Box")])
    assert steps(tmp_path, retyped) == {}


def test_a_component_of_another_type_takes_all_with_it(tmp_path: Path) -> None:
    """The URN of what is below has the type of what is above."""
    found = [(step.operation, step.name) for step in changing(tmp_path, after(type="test:y:Box"))]
    names = ("net", "net-vpc", "net-one")
    assert sorted(found) == sorted((how, name) for how in ("create", "delete") for name in names)


def test_a_resource_that_moved_out_of_its_component(tmp_path: Path) -> None:
    found = [(step.operation, step.name) for step in changing(tmp_path, after(flat=True))]
    assert found == [("create", "net-vpc"), ("replace", "net-one"), ("delete", "net-vpc")]
    was = pulumi.Alias(parent="urn:pulumi:alias::gpu-fleet::test:x:Box::net")
    assert steps(tmp_path, after(flat=True, of_vpc=[was])) == {}
