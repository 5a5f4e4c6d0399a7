"""The neutral queries, on the shipped AWS data."""

from __future__ import annotations

from components.catalog import load

AWS = load("aws")


def test_machines_with_an_accelerator_come_preferred_first() -> None:
    assert [machine.name for machine in AWS.machines_with("H100", 8)] == ["p5.48xlarge"]
    assert [machine.name for machine in AWS.machines_with("H200", 8)] == ["p5en.48xlarge", "p5e.48xlarge"]
    assert [machine.name for machine in AWS.machines_with("Trainium2", 16)] == ["trn2.48xlarge", "trn2u.48xlarge"]
    assert AWS.machines_with("L4", 1)[0].name == "g6.xlarge"
    assert AWS.machines_with("H100", 7) == ()
    assert AWS.machines_with("H1000", 8) == ()


def test_counts_of_an_accelerator_for_hints() -> None:
    assert AWS.counts_of("H100") == ((1, "p5.4xlarge"), (8, "p5.48xlarge"))
    assert AWS.counts_of("H1000") == ()


def test_accelerators() -> None:
    assert {"H100", "H200", "B200", "B300", "GB200", "L4", "L40S", "Trainium2", "Inferentia2"} <= set(
        AWS.accelerators()
    )
    h100 = AWS.accelerator("H100")
    assert h100 is not None
    assert (h100.vendor, h100.resource) == ("nvidia", "nvidia.com/gpu")
    trainium = AWS.accelerator("Trainium2")
    assert trainium is not None
    assert trainium.resource == "aws.amazon.com/neuron"


def test_an_alias_leads_to_a_name_but_is_none() -> None:
    assert AWS.accelerator_named_like("h100") == "H100"
    assert AWS.accelerator_named_like("trn2") == "Trainium2"
    assert AWS.accelerator_named_like("H1000") is None
    assert AWS.accelerator("trn2") is None


def test_machines_are_made_once_and_count_as_a_mapping() -> None:
    assert AWS.machine("p5.48xlarge") is AWS.machines["p5.48xlarge"]
    assert len(AWS.machines) == len(list(AWS.machines))
    assert "p5.48xlarge" in AWS.machines
    assert "p9.48xlarge" not in AWS.machines


def test_look_ups_that_miss_give_none() -> None:
    assert AWS.machine("p9.48xlarge") is None
    assert AWS.region("us-east-9") is None
    assert AWS.kubernetes("1.99") is None
    assert AWS.offered_zones("p9.48xlarge", "us-east-1") is None
    assert AWS.offered_zones("p6e-gb200.36xlarge", "us-east-1") is None
    assert AWS.derived_price("p9.48xlarge", "us-east-1") is None
    assert AWS.service_price("moon-dust", "us-east-1") is None
    assert AWS.zones("us-east-9") == ()
    assert AWS.regions_offering("p9.48xlarge") == ()


def test_regions() -> None:
    region = AWS.region("us-gov-west-1")
    assert region is not None
    assert region.partition == "aws-us-gov"
    assert not any(name.startswith("cn-") for name in AWS.regions)


def test_offerings() -> None:
    assert "us-east-1" in AWS.regions_offering("p5.48xlarge")
    zones = AWS.offered_zones("p5.48xlarge", "us-east-1")
    assert zones is not None
    assert "use1-az2" in zones
