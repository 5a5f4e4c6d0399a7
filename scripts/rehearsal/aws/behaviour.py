"""What every kind of AWS resource has in common, and one call on its behalf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, cast

from components.catalog import load
from components.catalog.aws import AwsCatalog
from components.records import record
from scripts.rehearsal.model import Existing, Resource, Values
from scripts.rehearsal.values import at, copied, digest, filled, shuffle

ACCOUNT, REGION = "123456789012", "us-east-1"
"""Whose cloud it is where no setting says so. The account is the one of AWS's own examples."""

MADE_AT = "2026-01-01T00:00:00Z"
"""When everything was made: a rehearsal has no clock, so that two of them are equal."""


def catalogue() -> AwsCatalog:
    return cast(AwsCatalog, load("aws"))


@record(kw_only=True)
class Call:
    """One question to AWS: the inputs, and the cloud that they meet. `was` is the resource, if it exists already."""

    type: str
    name: str
    inputs: Values
    existing: Existing
    account: str
    region: str
    was: Resource | None = None

    @property
    def partition(self) -> str:
        known = catalogue().region(self.region)
        # AWS guide "Amazon Resource Names", partitions: China's regions begin with cn-.
        return known.partition if known else "aws-cn" if self.region.startswith("cn-") else "aws"

    @property
    def suffix(self) -> str:
        """What host names end with; only China's differ (AWS guide "Amazon Web Services in China", endpoints)."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        place = self.region if region is None else region
        owner = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{place}:{owner}:{resource}"

    def text(self, *path: str, default: str = "") -> str:
        found = at(self.inputs, *path)
        return default if found is None else str(found)

    def others(self, *types: str) -> Iterable[Resource]:
        """What exists of these types in this region and account, without the resource itself."""
        here = (self.account, self.region)
        return (one for one in self.anywhere(*types) if (one.account, one.region) == here)

    def anywhere(self, *types: str) -> Iterable[Resource]:
        """What exists of these types in whatever region, for what has none (IAM) or a name of its own (S3)."""
        mine = None if self.was is None else (self.was.urn, self.was.id)
        return (one for one in self.existing.all(*types) if (one.urn, one.id) != mine)

    def fresh(self, prefix: str, length: int = 17, form: Callable[[str], str] = str) -> str:
        """An id that nothing has: a prefix and hexadecimal digits, 17 as EC2 forms them since 2018.

        Equal in every run: made of who it is, and of `counter`, which the state raises with every creation.
        """
        settings = [self.existing.setting(key, "") for key in ("seed", "urn", "counter")]
        told = (*settings, self.type, self.name, self.account, self.region)
        for attempt in range(1000):
            made = form(prefix + digest(*told, attempt)[:length])
            if self.existing.find(made) is None:
                return made
        raise AssertionError(f"a thousand resources like {self.name}")


class Behaviour:
    """How AWS answers for one type of resource. A subclass says what is special; the rest is here."""

    defaults: ClassVar[Mapping[str, Any]] = {}
    """What AWS takes where the inputs say nothing. Sources stand beside each."""
    nested: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Defaults inside a block, where the inputs have that block."""
    sets: ClassVar[tuple[str, ...]] = ()
    """Paths whose order is not kept."""
    owned: ClassVar[tuple[str, ...]] = ()
    """Paths of inputs that AWS may change later by itself: a difference there is no drift."""
    tagged: ClassVar[bool] = True
    regional: ClassVar[bool] = True

    def verify(self, call: Call) -> None:
        """Refuse what does not fit to what exists; also before an edit, when `call.was` is set."""

    def identify(self, call: Call) -> str:
        raise NotImplementedError

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        """The outputs that are AWS's own; equal for an edited resource unless `call.was` says otherwise."""
        return {}

    def release(self, call: Call, gone: Resource) -> None:
        """Refuse a deletion that others stand in the way of."""

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        """The outputs as they are now: what others did to the resource since it was made."""
        return {}

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        made: dict[str, Any] = filled(call.inputs, self.defaults)
        for block, defaults in self.nested.items():
            if made.get(block) is not None:
                made[block] = filled(made[block], defaults)
        made = filled(self.decide(call, id), made)
        if self.tagged:
            made["tagsAll"] = copied(made.get("tags") or {})
        if self.regional:
            made.setdefault("region", call.region)
        for path in self.sets:
            shuffle(made, path.split("."))
        return made
