"""Cases of the rules on nodes: which machines they are, and how many are kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from components.plan.model import NodeCount
from policies.settings import Settings
from policies.subject import Group, Subject
from tests.unit.policies.subjects import GROUP, SMALL, subject, with_parameters

KEEPS = NodeCount(min=1, desired=1, max=2)


def dev(*groups: Group, **changes: Any) -> Subject:
    return subject(environment="dev", groups=groups, **changes)


EXEMPT: dict[str, Any] = {"exempt": ["t?y"]}


REFUSED_OF_MACHINES: list[tuple[str, str, Subject, Settings, str]] = [
    (
        "scale-to-zero",
        "keeps one",
        dev(replace(SMALL, nodes=KEEPS)),
        Settings(),
        r"keeps 1 node when nothing runs.*0\.\.N",
    ),
    (
        "scale-to-zero",
        "unknown size",
        dev(replace(SMALL, nodes=None)),
        Settings(),
        r"how many nodes it keeps is unknown",
    ),
    (
        "scale-to-zero",
        "unknown machine",
        dev(replace(SMALL, nodes=KEEPS, machines=())),
        Settings(),
        r"keeps 1 node",
    ),
    (
        "allowed-machine-types",
        "not on the list",
        subject(),
        with_parameters("allowed-machine-types", allow=["small", "plain*"]),
        r"big in here is not among what is allowed: small, plain\*",
    ),
    (
        "allowed-machine-types",
        "not in this region",
        subject(),
        with_parameters("allowed-machine-types", allow=["there:*"]),
        r"big in here is not among what is allowed: there:\*",
    ),
    (
        "allowed-machine-types",
        "refused",
        subject(groups=(replace(GROUP, machines=("small", "big")),)),
        with_parameters("allowed-machine-types", deny=["here:b*"]),
        r": big in here: the rule refuses it by name",
    ),
    (
        "allowed-machine-types",
        "unknown machine",
        subject(groups=(replace(GROUP, machines=()),)),
        with_parameters("allowed-machine-types", deny=["x"]),
        r"which machines it starts is unknown",
    ),
    (
        "allowed-machine-types",
        "unknown region",
        subject(groups=(replace(GROUP, region=""),)),
        with_parameters("allowed-machine-types", allow=["*"]),
        r"in which region it stands is unknown",
    ),
    (
        "retired-or-slow-gpu",
        "an old accelerator",
        subject(groups=(replace(SMALL, machines=("old",)),)),
        Settings(),
        r": old is of an earlier age, or retired \| name a current accelerator",
    ),
    *(
        (
            "retired-or-slow-gpu",
            name,
            subject(groups=(replace(SMALL, machines=(name,)),)),
            Settings(),
            rf": {name} is of",
        )
        for name in ("p2.xlarge", "p3.16xlarge", "p3dn.24xlarge", "Standard_NC6s_v3", "Standard_ND40rs_v2")
    ),
    (
        "retired-or-slow-gpu",
        "unknown machine",
        subject(groups=(replace(SMALL, machines=()),)),
        Settings(),
        r"is unknown",
    ),
    (
        "oversize-node",
        "too many vCPUs",
        subject(groups=(replace(SMALL, machines=("wide",)),)),
        Settings(),
        r": wide: 64 vCPUs and 256 GiB for one L4; 26 and 260 are allowed \| take small,",
    ),
    (
        "oversize-node",
        "too much memory",
        subject(groups=(replace(SMALL, machines=("wide",)),)),
        with_parameters("oversize-node", max_vcpus_per_accelerator=64, max_gib_per_accelerator=255.5),
        r"64 and 255\.5 are allowed",
    ),
    ("oversize-node", "unknown machine", subject(groups=(replace(SMALL, machines=()),)), Settings(), r"is unknown"),
    (
        "oversize-node",
        "unknown to the catalogue",
        subject(groups=(replace(SMALL, machines=("small", "nobody-knows")),)),
        Settings(),
        r"the size of nobody-knows is unknown to the catalogue",
    ),
    (
        "fractional-gpu-first",
        "eight",
        dev(replace(GROUP, fabric=False)),
        Settings(),
        r"a node carries 8 accelerators; 1 will mostly do \| take a machine with one",
    ),
    ("fractional-gpu-first", "unknown machine", dev(replace(SMALL, machines=())), Settings(), r"carry is unknown"),
    (
        "fractional-gpu-first",
        "unknown fabric",
        dev(replace(GROUP, fabric=None)),
        Settings(),
        r"a node carries 8 accelerators",
    ),
    (
        "placement-mismatch",
        "no fabric",
        subject(groups=(replace(GROUP, fabric=False),)),
        Settings(),
        r"big has a fabric of 3,200 Gbit/s, and up to 8 nodes do not use it \| write `fabric: required`",
    ),
    (
        "placement-mismatch",
        "unknown fabric",
        subject(groups=(replace(GROUP, fabric=None),)),
        Settings(),
        r"3,200 Gbit/s; whether its nodes use it is unknown",
    ),
    (
        "placement-mismatch",
        "unknown size",
        subject(groups=(replace(GROUP, fabric=False, nodes=None),)),
        Settings(),
        r"how many nodes there are is unknown",
    ),
    (
        "placement-mismatch",
        "unknown machine",
        subject(groups=(replace(GROUP, fabric=False, machines=()),)),
        Settings(),
        r"whether its machines have a fabric is unknown",
    ),
]

ACCEPTED_OF_MACHINES: list[tuple[str, str, Subject, Settings]] = [
    ("scale-to-zero", "from zero", dev(SMALL), Settings()),
    ("scale-to-zero", "hours", dev(replace(SMALL, nodes=KEEPS, stops=True)), Settings()),
    ("scale-to-zero", "no accelerators", dev(replace(SMALL, nodes=KEEPS, machines=("plain",))), Settings()),
    ("scale-to-zero", "exempt", dev(replace(SMALL, nodes=KEEPS)), with_parameters("scale-to-zero", **EXEMPT)),
    ("allowed-machine-types", "on the list", subject(), with_parameters("allowed-machine-types", allow=["here:b*"])),
    (
        "allowed-machine-types",
        "refused elsewhere",
        subject(),
        with_parameters("allowed-machine-types", deny=["there:big", "small"]),
    ),
    *(
        ("retired-or-slow-gpu", name, subject(groups=(replace(SMALL, machines=(name,)),)), Settings())
        for name in ("p5.48xlarge", "g4dn.xlarge", "Standard_NC4as_T4_v3", "Standard_ND96isr_H100_v5", "a3-highgpu-8g")
    ),
    ("oversize-node", "nothing smaller", subject(), with_parameters("oversize-node", max_vcpus_per_accelerator=1)),
    ("oversize-node", "no accelerators", subject(groups=(replace(SMALL, machines=("plain",)),)), Settings()),
    ("fractional-gpu-first", "one", dev(SMALL), Settings()),
    (
        "fractional-gpu-first",
        "eight, as agreed",
        dev(replace(GROUP, fabric=False)),
        with_parameters("fractional-gpu-first", max_accelerators=8),
    ),
    (
        "placement-mismatch",
        "one node",
        subject(groups=(replace(GROUP, fabric=False, nodes=NodeCount(min=0, desired=1, max=1)),)),
        Settings(),
    ),
    ("placement-mismatch", "no fabric to pay for", subject(groups=(SMALL,)), Settings()),
    (
        "placement-mismatch",
        "a slower one",
        subject(groups=(replace(GROUP, fabric=False),)),
        with_parameters("placement-mismatch", min_gbps=Decimal(3201)),
    ),
]
