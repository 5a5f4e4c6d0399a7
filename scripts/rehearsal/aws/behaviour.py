"""What every kind of AWS resource has in common, and one call on its behalf."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from components.catalog import load
from components.catalog.aws import AwsCatalog
from components.records import record
from scripts.rehearsal import behaviour
from scripts.rehearsal.model import Resource
from scripts.rehearsal.values import copied, digest

ACCOUNT, REGION = "123456789012", "us-east-1"
"""Whose cloud it is where no setting says so. The account is the one of AWS's own examples."""


def catalogue() -> AwsCatalog:
    return cast(AwsCatalog, load("aws"))


@record(kw_only=True)
class Call(behaviour.Call):
    """One question to AWS. `account` and `region` are those on whose behalf, and where, it is asked."""

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


class Behaviour(behaviour.BehaviourOf[Call]):
    """How AWS answers for one type of resource."""

    owned: ClassVar[tuple[str, ...]] = ()
    """Paths of inputs that AWS may change later by itself: a difference there is no drift."""
    tagged: ClassVar[bool] = True
    regional: ClassVar[bool] = True

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        """Everything that the resource tells: all of it is described here, so that nothing is stood in for."""
        made = self.described(call, id)
        if self.tagged:
            made["tagsAll"] = copied(made.get("tags") or {})
        if self.regional:
            made.setdefault("region", call.region)
        return made
