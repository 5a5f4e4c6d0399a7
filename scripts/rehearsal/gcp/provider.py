"""What Pulumi's Google Cloud provider does before it asks: it names what a program does not name."""

from __future__ import annotations

from scripts.rehearsal.model import Values

AUTONAMES: dict[str, tuple[str, int]] = {
    "gcp:container/cluster:Cluster": ("name", 40),
    "gcp:container/nodePool:NodePool": ("name", 40),
    "gcp:storage/bucket:Bucket": ("name", 63),
    **dict.fromkeys(
        (
            "gcp:compute/address:Address",
            "gcp:compute/firewall:Firewall",
            "gcp:compute/globalAddress:GlobalAddress",
            "gcp:compute/network:Network",
            "gcp:compute/reservation:Reservation",
            "gcp:compute/resourcePolicy:ResourcePolicy",
            "gcp:compute/router:Router",
            "gcp:compute/routerNat:RouterNat",
            "gcp:compute/subnetwork:Subnetwork",
            "gcp:filestore/instance:Instance",
            "gcp:kms/cryptoKey:CryptoKey",
            "gcp:kms/keyRing:KeyRing",
        ),
        ("name", 63),
    ),
    # Google names these itself.
    "gcp:billing/budget:Budget": ("", 0),
    "gcp:monitoring/notificationChannel:NotificationChannel": ("", 0),
}
"""By type: the property, and the longest name in characters, which is Google's own (63 by RFC 1035)."""

LOWERCASE: frozenset[str] = frozenset(type for type, (name, _) in AUTONAMES.items() if name)
"""Types whose names have no capitals (compute.v1, name)."""

KEPT: frozenset[str] = frozenset(
    {
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:kms/keyRing:KeyRing",
        "gcp:projects/service:Service",
        "gcp:projects/serviceIdentity:ServiceIdentity",
    }
)
"""Types that stay when their resource goes: keys and their rings for ever (terraform-provider-google,
google_kms_key_ring), services that are on, and their agents."""

FOLDED = ("location",)
"""Storage tells locations in capitals, and takes them in any case (storage.v1, Bucket.location)."""


ERRORS: dict[str, tuple[str, str]] = {
    "throttle": ("rateLimitExceeded", "googleapi: Error 429: Quota exceeded for quota metric 'Queries' of service"),
    "error": ("internalError", "Error waiting for the operation: An internal error has occurred"),
    "error-after-success": ("internalError", "Error waiting for the operation: An internal error has occurred"),
    "capacity": (
        "ZONE_RESOURCE_POOL_EXHAUSTED",
        "Error waiting for creating GKE NodePool: Not all instances running in IGM. Current errors: [GCE_STOCKOUT]: "
        "Instance creation failed: The zone does not have enough resources available to fulfill the request.",
    ),
}
"""By kind of fault: Google's code and words (GKE's: tranquilitybase-io/tb-gcp issue 589)."""


def account(config: Values) -> str:
    """The project."""
    return str(config.get("project") or "")


def refusal(config: Values, account: str) -> str | None:
    """Why the provider does not take its configuration, in its own words."""
    if not config.get("project"):
        return "project: required field is not set"
    return None


BEFORE_NODES = "{stack}-router"
"""What nodes need, by its logical name: something that has no name of its own, so that it could be made twice."""
