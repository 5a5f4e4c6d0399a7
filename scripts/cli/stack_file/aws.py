"""Examples of what only a stack on AWS says."""

from __future__ import annotations

EXAMPLES = {
    "account": '"123456789012"',
    "access": '{admins: ["arn:aws:iam::123456789012:role/platform"]}',
    "prices": '{nat-gateway: {usd: 0.04, source: our contract, as_of: "2026-11-01"}}',
    "encryption": '{key: "arn:aws:kms:REGION:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}',
}
BOUGHT = "cr-0123456789abcdef0"  # the form of an id of a reservation or a block
