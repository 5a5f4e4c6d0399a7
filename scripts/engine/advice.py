"""What to do about the last words of the engine, of a provider or of a cloud: one table.

The words themselves are always told; what is here is added to them. Where the table knows nothing, nothing is made up.
"""

from __future__ import annotations

import re

from components.records import record

AGAIN = "run the same again: it goes on from where it stopped"
_BY_TAG = "look for it by its tag gpu-fleet:stack={stack}"
_FIRST = "nothing was changed: "


@record
class Advice:
    """What to do where `words` (a regular expression) are found. `{stack}` is filled in.

    `once`: the deployment had begun, so that after this the same run goes on.
    """

    words: str
    what: str
    once: bool = False


# Words of Pulumi's engine (3.259) and of its Python host.
_ENGINE = (
    Advice(
        r"stack is currently locked",
        _FIRST + "wait for that run; if it is really over (see on its machine that nobody runs it), then: "
        "pulumi cancel --stack {stack}",
    ),
    Advice(
        r"incorrect passphrase",
        "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the one that the stack was made with; "
        "the salt in its file belongs to that one",
    ),
    Advice(
        r"passphrase must be set",
        "set PULUMI_CONFIG_PASSPHRASE, or the name of a file in PULUMI_CONFIG_PASSPHRASE_FILE; for another key see "
        "docs/deploy.md",
    ),
    Advice(
        r"failed to load checkpoint|failed to load snapshot|unsupported checkpoint version",
        "the state is damaged and was left as it is: take an earlier one from the backend (its versions, or "
        "`.pulumi/backups` in a folder), then: pulumi stack import --stack {stack} --file FILE",
    ),
    Advice(
        r"snapshot integrity error",
        "the state contradicts itself and was left as it is: export it, then see what "
        "`pulumi state repair --stack {stack}` would do",
    ),
    Advice(
        r"permission denied|\b(?:AccessDenied\w*|UnauthorizedOperation|Forbidden)\b",
        "whoever runs this may not do that: see the credentials, and the rights on the place of the state",
    ),
    Advice(
        r"transport: |transport is closing|error reading from server|\bEOF\b",
        f"the provider died: what it was doing may have been made, and have no owner: {_BY_TAG}",
        once=True,
    ),
    Advice(
        r"unable to open state directory|connection refused|no such host|i/o timeout|NoSuchBucket|request send failed",
        "the place of the state does not answer: see PULUMI_BACKEND_URL, or `pulumi whoami --verbose`, and whether it "
        "is up",
    ),
    Advice(
        r"PULUMI_ACCESS_TOKEN must be set",
        "say where the state lies: pulumi login file://~ (or s3://…), or set PULUMI_BACKEND_URL; for Pulumi Cloud set "
        "PULUMI_ACCESS_TOKEN",
    ),
    Advice(r"no stack named", "pulumi stack ls --all shows what there is; gpufleet up {stack} makes it"),
    Advice(
        r"violates plan",
        "the stack is not what was confirmed any more; it was stopped there. Run it again, and look anew",
    ),
    Advice(
        r"no resource plugin '?pulumi-resource-(?P<plugin>[\w-]+)",
        "the engine lacks the provider: pulumi plugin install resource {plugin}",
    ),
    Advice(
        r"did not begin responding|could not (?:start|connect to) plugin",
        "the provider did not start: see that its program can run, or install it anew (pulumi plugin ls)",
    ),
    Advice(
        r"policy pack .* failed to start|failed to load Pulumi policy|could not read plugin",
        "the policy pack did not start, and without it nothing is deployed: pip install 'gpu-fleet[policy]' for the "
        "Python that runs it",
    ),
    Advice(
        r"Exception calling application",
        "the policy pack failed by a mistake of its own, and without it nothing is deployed: report it",
    ),
    Advice(
        r"ModuleNotFoundError|No module named",
        "the Python that Pulumi.yaml names lacks a package: pip install 'gpu-fleet[aws,policy]' there",
    ),
    Advice(
        r"update canceled|cancelled|\bcanceled\b",
        "it was interrupted",
        once=True,
    ),
)

# Words of clouds.
_CLOUDS = (
    Advice(
        r"InsufficientInstanceCapacity",
        "try later or another zone, or put a reservation or block before this rung",
        once=True,
    ),
    Advice(
        r"ReservationCapacityExceeded",
        "the reservation holds fewer machines than the rung asks for: lower nodes",
        once=True,
    ),
    Advice(r"VcpuLimitExceeded", "ask AWS for a higher quota of this machine family, or lower nodes", once=True),
    Advice(r"MaxSpotInstanceCountExceeded", "ask AWS for a higher spot quota, or lower nodes", once=True),
    Advice(r"NodeCreationFailure", "see why the nodes do not join: roles, ways out, image", once=True),
    Advice(r"RequestLimitExceeded|Throttling", "wait a minute", once=True),
    Advice(
        r"InternalError",
        f"nothing of yours is wrong; it may have been made all the same, and have no owner: {_BY_TAG}",
        once=True,
    ),
    Advice(r"closed before the reply", f"it may have been made, and have no owner: {_BY_TAG}", once=True),
    Advice(r"AlreadyExists", "an earlier run made it and was not heard: import or delete it", once=True),
    Advice(r"protected", "take the edit back, or lift protect in a deployment of its own first", once=True),
    Advice(r"DependencyViolation", "something that the stack does not know still uses it", once=True),
)


def with_look(hint: str, look: str, stack: str) -> str:
    """Advice to look for what may have been made, with the way to look for just this resource."""
    return hint.replace(_BY_TAG.format(stack=stack), look)


def advice(message: str, stack: str = "STACK") -> str:
    """What to do about an error of the cloud or of the engine: at least, to run the same again."""
    for one in (*_CLOUDS, *_ENGINE):
        found = re.search(one.words, message)
        if found is not None:
            what = one.what.format(stack=stack, **found.groupdict())
            return f"{what}; then {AGAIN}" if one.once else what
    return AGAIN
