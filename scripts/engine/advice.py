"""What to do about the last words of the engine, of a provider or of a cloud: one table.

The words themselves are always told; what is here is added to them. Where the table knows nothing, nothing is made up.
"""

from __future__ import annotations

import re

from components.records import record

AGAIN = "run the same again: it goes on from where it stopped"
_BY_TAG = "look for it by its tag gpu-fleet:stack={stack} (on Google Cloud the label gpu-fleet-stack={stack})"
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
        r"transport: |transport is closing|error reading (?:from server|server preface)|\bEOF\b",
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
        "the Python that Pulumi.yaml names lacks a package: pip install 'gpu-fleet[aws,policy]' there, with your cloud's name",
    ),
    Advice(
        r"update canceled|cancelled|\bcanceled\b",
        "it was interrupted",
        once=True,
    ),
)

# Words of Google Cloud, as its provider passes them on.
_GOOGLE = (
    Advice(
        r"ZONE_RESOURCE_POOL_EXHAUSTED|GCE_STOCKOUT|does not have enough resources available",
        "the zone has no such machines left: try later or another zone, or put a reservation, a block or flex before "
        "this rung",
        once=True,
    ),
    Advice(
        r"[Rr]eservation .*(?:is insufficient|does not have enough)",
        "see what the reservation holds and who uses it: its machine, its local SSDs, its zone and its count must fit "
        "the rung (gcloud compute reservations describe)",
        once=True,
    ),
    Advice(
        r"reservations/\S+' was not found",
        "there is no such reservation in that project and zone, or it is not shared with this project: see its id and "
        "zone_id",
        once=True,
    ),
    Advice(
        r"QUOTA_EXCEEDED|Quota '\w+' exceeded|[Ii]nsufficient \w+ quota",
        "ask Google for a higher quota (gpufleet plan says which the stack needs), or lower nodes",
        once=True,
    ),
    Advice(
        r"IP_SPACE_EXHAUSTED",
        "give the network a larger range (pods_cidr, cidr, fabric_cidr), or lower nodes",
        once=True,
    ),
    Advice(
        r"incompatible operation|CLUSTER_ALREADY_HAS_OPERATION|is currently \w+ing (?:a |the )?(?:cluster|node pool)",
        "wait until the operation that is under way is over (gcloud container operations list)",
        once=True,
    ),
    Advice(
        r"accessNotConfigured|has not been used in project|SERVICE_DISABLED",
        "an API that was just switched on takes some minutes: wait, or enable it as the message says",
        once=True,
    ),
    Advice(
        r"gs-project-accounts\.iam\.gserviceaccount\.com does not exist",
        "Cloud Storage makes its own account when a project first asks for it: gcloud storage service-agent --project "
        "PROJECT",
        once=True,
    ),
    Advice(
        r"useToEncrypt",
        "let the account that is named use the key: roles/cloudkms.cryptoKeyEncrypterDecrypter on it",
        once=True,
    ),
    Advice(
        r"(?:KeyRing|CryptoKey) \S+ already exists",
        "Google keeps key rings and keys for ever: import it (docs/deploy.md, After a crash), or leave its name to Pulumi",
        once=True,
    ),
    Advice(
        r"Producer services",
        "Google lets go of a peering only some time after the last file system in it is gone: wait, minutes to hours",
        once=True,
    ),
    Advice(
        r"already being used by",
        "something that the stack does not know still uses it: see what is named; rules and load balancers of GKE are "
        "called k8s-… and gke-…",
        once=True,
    ),
    Advice(r"deletion_protection|deletion protection", "lift protect in a deployment of its own first", once=True),
    Advice(r"rateLimitExceeded", "wait a minute", once=True),
    Advice(r"alreadyExists|Error 409", "an earlier run made it and was not heard: import or delete it", once=True),
    Advice(
        r"backendError|internalError",
        f"nothing of yours is wrong; it may have been made all the same, and have no owner: {_BY_TAG}",
        once=True,
    ),
)

# Words of AWS, and of every cloud.
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
    for one in (*_GOOGLE, *_CLOUDS, *_ENGINE):
        found = re.search(one.words, message)
        if found is not None:
            what = one.what.format(stack=stack, **found.groupdict())
            return f"{what}; then {AGAIN}" if one.once else what
    return AGAIN
