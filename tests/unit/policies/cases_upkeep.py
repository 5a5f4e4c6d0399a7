"""Cases of the rules on changes, ways out, control planes and what guards data."""

from __future__ import annotations

from dataclasses import replace

from policies.settings import Settings
from policies.subject import Replacement, Subject
from tests.unit.policies.subjects import (
    CONTROL,
    EGRESS,
    GUARD,
    Bazaar,
    subject,
    with_parameters,
)

GONE = Replacement(
    what="pool train", path="pools.train", kind="pool", operation="replace", causes=("subnetIds",), protected=True
)


REFUSED_OF_UPKEEP: list[tuple[str, str, Subject, Settings, str]] = [
    (
        "protected-replacement",
        "replaced",
        subject(replacements=(GONE,)),
        Settings(),
        r"^pool train \(pool\) would be replaced because of subnetIds, and it is protected \| take the change",
    ),
    (
        "protected-replacement",
        "replaced, and refused",
        subject(replacements=(replace(GONE, refused=True),)),
        Settings(),
        r"and it is protected: the engine would refuse it \| .*; or lift protect in a deployment of its own first",
    ),
    (
        "protected-replacement",
        "deleted, why is unknown",
        subject(replacements=(replace(GONE, kind="storage", operation="delete", causes=()),)),
        Settings(),
        r"\(storage\) would be deleted, for a reason that is unknown here",
    ),
    (
        "nat-egress",
        "no endpoint",
        subject(egress=(replace(EGRESS, endpoints=("registry",)),)),
        Settings(),
        r"^the network reaches object-storage through NAT, where every GB is billed",
    ),
    (
        "nat-egress",
        "more endpoints asked for",
        subject(),
        with_parameters("nat-egress", require_endpoints=["object-storage", "registry"]),
        r"^the network reaches registry through NAT",
    ),
    (
        "nat-egress",
        "too many",
        subject(egress=(replace(EGRESS, nat_gateways=4),)),
        Settings(),
        r"has 4 NAT gateways; 3 are allowed",
    ),
    (
        "nat-egress",
        "unknown",
        subject(egress=(replace(EGRESS, endpoints=None),)),
        Settings(),
        r"which endpoints .* unknown",
    ),
    *(
        (
            "control-plane-waste",
            f"extended, {support}",
            subject(controls=(replace(CONTROL, extended=True),), market=Bazaar(support)),
            Settings(),
            rf"^the cluster stays on paid extended support: {message}",
        )
        for support, message in (
            ("standard", r"Kubernetes 1\.35 will be billed at that price once its standard support ends"),
            ("extended", r"Kubernetes 1\.35 is billed at that price today"),
            ("ended", r"Kubernetes 1\.35 has no support at all today"),
            ("unknown", r"since when Kubernetes 1\.35 has it is unknown"),
        )
    ),
    (
        "control-plane-waste",
        "unknown support",
        subject(controls=(replace(CONTROL, extended=None),)),
        Settings(),
        r"whether it stays on paid extended support is unknown",
    ),
    (
        "control-plane-waste",
        "two",
        subject(controls=(CONTROL, replace(CONTROL, what="cluster b", path="", resource="b"))),
        Settings(),
        r"there are 2 control planes \(the cluster, cluster b\); 1 are allowed",
    ),
    (
        "data-protection-and-teardown",
        "not protected",
        subject(guards=tuple(replace(GUARD, what=f"thing {n}", protected=False) for n in range(5))),
        Settings(),
        r"^thing 0, thing 1, thing 2 and 2 more: not protected against deletion \| write `protect: true`",
    ),
    (
        "data-protection-and-teardown",
        "unknown",
        subject(guards=(replace(GUARD, protected=None),)),
        Settings(),
        r"whether it is protected against deletion is unknown",
    ),
    (
        "data-protection-and-teardown",
        "thrown away",
        subject(guards=(replace(GUARD, loses="its objects (forceDestroy)"),)),
        Settings(),
        r"its deletion throws away its objects \(forceDestroy\)",
    ),
    (
        "data-protection-and-teardown",
        "an environment that nobody knows",
        subject(environment="acceptance", guards=(replace(GUARD, protected=False),)),
        Settings(),
        r"not protected",
    ),
    (
        "data-protection-and-teardown",
        "protected where it is in the way",
        subject(environment="dev"),
        Settings(),
        r"protected, where things should be easy to tear down",
    ),
]

ACCEPTED_OF_UPKEEP: list[tuple[str, str, Subject, Settings]] = [
    ("protected-replacement", "nothing lost", subject(replacements=()), Settings()),
    ("protected-replacement", "not protected", subject(replacements=(replace(GONE, protected=False),)), Settings()),
    ("nat-egress", "no gateway", subject(egress=(replace(EGRESS, nat_gateways=0, endpoints=None),)), Settings()),
    (
        "control-plane-waste",
        "two, as agreed, and old",
        subject(controls=(CONTROL, replace(CONTROL, extended=True))),
        with_parameters("control-plane-waste", max_clusters=2, refuse_extended=False),
    ),
    (
        "data-protection-and-teardown",
        "open in development",
        subject(environment="dev", guards=(replace(GUARD, protected=False, loses="its objects"),)),
        Settings(),
    ),
]
