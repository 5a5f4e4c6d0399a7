"""Examples of what only a stack on Google Cloud says."""

from __future__ import annotations

EXAMPLES = {
    "account": "my-project",
    "access": '{admins: ["group:ml-platform@example.com"]}',
    "prices": '{nat-machine-hour: {usd: 0.0012, source: our contract, as_of: "2026-11-01"}}',
    "encryption": '{key: "projects/my-project/locations/REGION/keyRings/gpu/cryptoKeys/cluster"}',
    "budget": '{usd_per_month: 50000, alerts: [platform@example.com], billing_account: "012345-6789AB-CDEF01"}',
}
BOUGHT = "my-reservation"  # the form of an id of a reservation or of a future reservation in calendar mode
