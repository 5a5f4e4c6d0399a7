"""What keeps data keeps it encrypted: disks, file systems, buckets, the cluster's secrets, logs.

Weights, checkpoints and data sets are often the most valuable thing in the account. What does not say that it is
encrypted counts as not encrypted, and what is unknown fails. Parameter `require_key`: true asks for a key of the
organisation's own instead of the cloud service's.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Flag, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject

_KEY_HINT = "set its key: `encryption.key`, or leave that out and the cluster gets a key of its own"


class Limits(Parameters):
    """Whose key it must be."""

    require_key: Flag = parameter(False, "true: only keys of the organisation's own will do", tighter="true")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for thing in subject.encryptables:
        if thing.encrypted is None:
            yield Violation.of(
                thing, f"{thing.what}: whether it is encrypted is unknown until it exists", "say so with a plain value"
            )
        elif not thing.encrypted:
            yield Violation.of(
                thing, f"{thing.what}: nothing says that it is encrypted", "turn its encryption on, with a key"
            )
        elif parameters.require_key and thing.key is None:
            yield Violation.of(thing, f"{thing.what}: the key that encrypts it is unknown until it exists", _KEY_HINT)
        elif parameters.require_key and not thing.key:
            yield Violation.of(
                thing, f"{thing.what} is encrypted with the service's key, not with a key of your own", _KEY_HINT
            )


RULE = Rule(
    id="encryption",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
)
