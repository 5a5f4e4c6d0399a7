"""One small change of a spec for each mechanism that resources are made by."""

from __future__ import annotations

from typing import Any

BASE: dict[str, Any] = {
    "blueprint": "./base.yaml",
    "cloud": "aws",
    "account": "123456789012",
    "region": "us-east-1",
    "environment": "test",
    "tags": {"owner": "research", "cost-center": "4711"},
    "access": {"admins": ["arn:aws:iam::123456789012:role/platform"]},
}

_RESERVATION = {"reservation": {"id": "cr-0123456789abcdef0", "zone_id": "use1-az1", "nodes": 2}}
_BLOCK = {
    "block": {
        "id": "cr-0fedcba9876543210",
        "zone_id": "use1-az1",
        "nodes": 2,
        "start": "2027-01-04T11:30:00Z",
        "end": "2027-01-18T11:30:00Z",
        "upfront_usd": 100000,
    }
}
_INFERENCE = {"accelerator": "L4:1", "nodes": "0..4", "fabric": "none"}
_SUBNETS = {"use1-az1": ["subnet-0aaaaaaaaaaaaaaa1"], "use1-az2": ["subnet-0bbbbbbbbbbbbbbb2"]}

# Mechanism -> what the spec says beside BASE.
MECHANISMS: dict[str, dict[str, Any]] = {
    "reservation": {"pools": {"train": {"capacity": [_RESERVATION]}}},
    "capacity-block": {"pools": {"train": {"capacity": [_BLOCK]}}},
    "reservation-then-on-demand": {"pools": {"train": {"nodes": 3, "capacity": [_RESERVATION, "on-demand"]}}},
    "second-pool-without-fabric": {"pools": {"serve": {**_INFERENCE, "capacity": ["on-demand"]}}},
    "second-pool-spot-then-on-demand": {"pools": {"serve": {**_INFERENCE, "capacity": ["spot", "on-demand"]}}},
    "no-placement-group": {"pools": {"train": {"placement": "none"}}},
    "efa-layout-b": {"software": {"efa_layout": "B"}},
    "neuron": {"pools": {"train": {"accelerator": "Trainium:16"}}},
    "no-fabric": {"pools": {"train": {"fabric": "none"}}},
    "lustre": {"storage": {"scratch": {"kind": "parallel", "capacity": "4800GiB", "linked_to": "data"}}},
    "lustre-over-efa": {
        "storage": {"scratch": {"kind": "parallel", "capacity": "4800GiB", "throughput": 1000, "fabric": "required"}}
    },
    "lustre-linked-elsewhere": {
        "storage": {"scratch": {"kind": "parallel", "capacity": "1200GiB", "linked_to": "s3://my-data/sets"}}
    },
    "shared-files": {"storage": {"home": {"kind": "shared"}}},
    "closed-network": {"network": {"nat": "none"}},
    "nat-per-zone": {"network": {"nat": "per-zone"}},
    "existing-network": {"network": {"existing": {"vpc": "vpc-0ccccccccccccccc3", "subnets": _SUBNETS}}},
    "public-endpoint": {"access": {"endpoint": "public", "allowed_cidrs": ["203.0.113.0/24"]}},
    "key-of-the-account": {
        "encryption": {"key": "arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}
    },
    "protected": {"protect": True},
    "budget-with-alerts": {"budget": {"usd_per_month": 200000, "alerts": ["ml-platform@example.com"]}},
    "working-hours": {
        "schedule": {"hours": [{"up": "0 8 * * 1-5", "down": "0 20 * * 1-5", "timezone": "Europe/Berlin"}]}
    },
    "expiry": {"schedule": {"expires": "2027-06-30"}},
    "no-account": {"account": None},
    "no-node-repair": {"software": {"node_repair": False}},
}
