"""What surrounds the pools: network, access, encryption, software, policy, budget, schedule, usage."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from components.spec.fields import Model, binding, shape, wrong
from components.spec.quantities import Cidr, Day, Money

Id = Annotated[str, StringConstraints(min_length=3, max_length=256, pattern=r"^[A-Za-z0-9][A-Za-z0-9:/._-]*$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
# Text that says something: blanks alone do not.
Told = Annotated[str, StringConstraints(strip_whitespace=True)]
Level = Literal["advisory", "mandatory", "disabled"]
# Five fields of numbers, names, *, lists, ranges and steps, as EC2 Auto Scaling takes them.
_CRON_FIELD = r"(?:\*|[0-9]{1,2}(?:-[0-9]{1,2})?|[A-Za-z]{3}(?:-[A-Za-z]{3})?)(?:/[0-9]{1,2})?"
_CRON_LIST = rf"{_CRON_FIELD}(?:,{_CRON_FIELD})*"
CronText = Annotated[str, StringConstraints(pattern=rf"^{_CRON_LIST}(?: {_CRON_LIST}){{4}}$")]


class ItemPrice(Model):
    """A price of the user's own for one unit of an item; the catalogue names the items and their units."""

    usd: Money = binding(description="USD per the item's unit (see `gpufleet catalog show ITEM`)")
    source: str = binding(description="Where the price comes from", min_length=3)
    as_of: Day = binding(description="The day on which the source said so")


class ExistingNetwork(Model):
    """A network that exists; nothing in it is created but security groups."""

    vpc: Id = binding(description="The cloud's id of the network")
    subnets: dict[str, Annotated[tuple[Id, ...], Field(min_length=1)]] = binding(
        description="Zone id (where subnets span zones: the region) -> ids of private subnets in it", min_length=1
    )


class Network(Model):
    """Address ranges of a network of the cluster's own, or an existing one."""

    cidr: Cidr | None = binding(None, description="Range of the network; absent: 10.0.0.0/16")
    pods_cidr: Cidr | None = binding(None, description="Range of pods, where the cloud gives pods their own")
    services_cidr: Cidr | None = binding(None, description="Range of Kubernetes services; absent: 172.20.0.0/16")
    fabric_cidr: Cidr | None = binding(
        None, description="Range of the fabric's own networks, where the cloud has such beside the cluster's"
    )
    nat: Literal["none", "single", "per-zone"] = shape(
        "single", description="The way out; none: a closed network with endpoints"
    )
    existing: ExistingNetwork | None = binding(None, description="A network that exists already")

    @model_validator(mode="after")
    def _own_or_existing(self) -> Network:
        if self.existing is not None and self.cidr is not None:
            raise wrong("belongs to a network of the cluster's own; with `existing` leave it out", "cidr")
        return self


class Access(Model):
    """Who may enter the cluster, and from where."""

    endpoint: Literal["private", "public"] = shape("private", description="Where the API endpoint can be reached from")
    allowed_cidrs: tuple[Cidr, ...] = binding((), description="Ranges that may reach a public endpoint")
    admins: tuple[str, ...] = binding((), description="Principals that administer the cluster")


class Encryption(Model):
    """The key that encrypts disks, file systems, buckets, secrets and logs."""

    key: Id | None = binding(None, description="A key of the account; absent: the cluster gets one of its own")


class Software(Model):
    """Versions and switches; a version that is not given is the service's choice."""

    addons: dict[str, str] = shape({}, description="Versions of managed add-ons, by their name")
    image: str | None = shape(None, description="Release version of the node image", min_length=3)
    efa_layout: Literal["A", "B"] = shape(
        "A", description="A: plain first interface, EFA-only beside it; B: the older one"
    )
    pod_networks: Literal["objects", "dranet"] = shape(
        "objects",
        description="How pods get at the fabric's networks: `Network` objects, or dynamic resource allocation",
    )
    release_channel: Literal["rapid", "regular", "stable", "extended"] | None = shape(
        None, description="The channel of versions, where the cloud has channels; absent: the catalogue's default"
    )
    node_repair: bool = shape(True, description="Whether the service replaces nodes whose accelerators fail")
    extended_support: bool = shape(
        False, description="Whether a Kubernetes version in paid extended support may be used"
    )
    autoscaler: Literal["none", "karpenter", "cluster-autoscaler"] = shape(
        "none", description="What raises pools that scale"
    )
    log_retention_days: int = shape(30, description="How long control-plane logs are kept", ge=1, le=3653)


class Waiver(Model):
    """An exception from a rule: with a reason, and never for ever."""

    rule: str = binding(description="The rule's id", min_length=3)
    path: str = binding("*", description="The spec path or resource that is excepted; `*` matches any")
    resource: str = binding("*", description="The resource that is excepted, of those that no spec decides")
    reason: Told = binding(description="Why", min_length=8)
    by: Told = binding(description="Who answers for it: a person, a team or a ticket", min_length=2)
    expires: Day = binding(description="The day after which the rule holds again")


def _level_tag(value: Any) -> str:
    return "by-environment" if isinstance(value, dict) else "one"


Levels = Annotated[
    Annotated[Level, Tag("one")] | Annotated[dict[str, Level], Tag("by-environment")], Discriminator(_level_tag)
]


class RuleSetting(Model):
    """One rule's level, by environment where wanted, and its parameters."""

    level: Levels | None = binding(None, description="A level, or one per environment")
    parameters: dict[str, Any] = binding({}, description="The rule's parameters")


class Policy(Model):
    """What this organisation allows."""

    rules: dict[str, RuleSetting] = binding({}, description="Settings by rule id")
    waivers: tuple[Waiver, ...] = binding((), description="Exceptions, each with reason, expiry and who answers for it")


class Budget(Model):
    """What the cluster may cost, and who is told."""

    usd_per_month: Money | None = shape(None, description="Ceiling on the monthly maximum, in USD", gt=0)
    usd_per_hour: Money | None = shape(
        None, description="Ceiling on what an hour may cost at the maximum, in USD", gt=0
    )
    usd_per_gpu_hour: Money | None = shape(
        None, description="Ceiling on the price of one accelerator for an hour, in USD", gt=0
    )
    alerts: tuple[Email, ...] = binding((), description="Who is told when the bill nears the budget")
    billing_account: Id | None = binding(None, description="Where budgets belong to a billing account: its id")


class Hours(Model):
    """A window in which pools may run."""

    up: CronText = binding(description='When pools may start, as cron: "0 8 * * 1-5"')
    down: CronText = binding(description="When pools go to zero, as cron")
    timezone: str = binding(description="IANA time zone: Europe/Berlin", pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$")
    pools: tuple[str, ...] = binding((), description="Which pools; absent: all")


class Maintenance(Model):
    """When the service may change a cluster that runs."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = binding(
        "saturday", description="The day of the week"
    )
    start: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = binding(
        "02:00", description='When the window starts, in UTC and quoted: "02:00"'
    )
    hours: int = binding(12, description="How long it lasts", ge=4, le=24)
    hold_upgrades: bool = binding(True, description="Whether no upgrade may replace nodes or change the minor version")


class Schedule(Model):
    """When pools may run, when the service may change the cluster, and until when it is wanted."""

    hours: tuple[Hours, ...] = binding((), description="Windows in which pools may run")
    maintenance: Maintenance = binding(Maintenance(), description="When the service may change the cluster")
    expires: Day | None = binding(None, description="The day after which the cluster should be gone")


class Usage(Model):
    """Expected use per month, priced where given and named as not included where not."""

    egress_gb: Decimal | None = binding(None, description="GB per month to the internet", ge=0)
    nat_gb: Decimal | None = binding(None, description="GB per month through NAT", ge=0)
    cross_zone_gb: Decimal | None = binding(
        None, description="GB per month between zones, each direction counted", ge=0
    )
    log_gb: Decimal | None = binding(None, description="GB per month of logs taken in", ge=0)
    labour_hours: Decimal | None = binding(None, description="Hours of operation work per month", ge=0)
    labour_usd_per_hour: Money | None = binding(None, description="USD per hour of operation work")
    support_percent: Decimal | None = binding(None, description="Support fee in percent of the list cost", ge=0, le=100)
