"""One small change of a spec for each mechanism that resources on Google Cloud are made by."""

from __future__ import annotations

from typing import Any

BASE: dict[str, Any] = {
    "blueprint": "./base.yaml",
    "cloud": "gcp",
    "account": "example-ml-test",
    "region": "us-central1",
    "environment": "test",
    "tags": {"owner": "research", "cost-center": "4711"},
    "access": {"admins": ["group:ml-platform@example.com"]},
}

_ZONE = "us-central1-b"
_RESERVATION = {"reservation": {"id": "h100", "zone_id": _ZONE, "nodes": 2}}
_BLOCK = {
    "block": {
        "id": "calendar",
        "zone_id": _ZONE,
        "nodes": 2,
        "start": "2027-01-04T11:30:00Z",
        "end": "2027-01-18T11:30:00Z",
        "upfront_usd": 100000,
    }
}
_OF_ANOTHER = "projects/example-owner/reservations/h200/reservationBlocks/b1/reservationSubBlocks/s2"
_H200 = {
    "accelerator": "H200:8",
    "capacity": [{"reservation": {"id": _OF_ANOTHER, "zone_id": _ZONE, "nodes": 2}}],
}
_INFERENCE = {"accelerator": "L4:1", "nodes": "0..4", "fabric": "none", "zones": [_ZONE]}
_SLICE = {"accelerator": "TPU-v6e:4x4", "nodes": 4, "zones": [_ZONE]}
_DOMAIN = {
    "accelerator": "GB200:4",
    "nodes": 18,
    "capacity": [{"reservation": {"id": "gb200", "zone_id": _ZONE, "nodes": 18}}],
}

# Mechanism -> what the spec says beside BASE.
MECHANISMS: dict[str, dict[str, Any]] = {
    "reservation": {"pools": {"train": {"capacity": [_RESERVATION]}}},
    "calendar-block": {"pools": {"train": {"capacity": [_BLOCK]}}},
    "flex-start": {"pools": {"train": {"capacity": ["flex"]}}},
    "flex-start-queued": {"pools": {"train": {"capacity": ["flex"], "flex": {"queued": True, "max_run_hours": 24}}}},
    "reservation-then-on-demand": {"pools": {"train": {"nodes": 3, "capacity": [_RESERVATION, "on-demand"]}}},
    "second-pool-without-fabric": {"pools": {"serve": {**_INFERENCE, "capacity": ["on-demand"]}}},
    "second-pool-spot-then-on-demand": {"pools": {"serve": {**_INFERENCE, "capacity": ["spot", "on-demand"]}}},
    "second-pool-of-a-slice": {"pools": {"slice": {**_SLICE, "fabric": "required"}}},
    "second-pool-over-zones": {"pools": {"serve": {**_INFERENCE, "nodes": 4, "zones": [_ZONE, "us-central1-a"]}}},
    "tcpx": {"pools": {"train": {"accelerator": None, "machine": "a3-highgpu-8g"}}},
    "rdma-of-a-block-of-another-project": {"pools": {"train": _H200}},
    "rdma-by-dranet": {"pools": {"train": _H200}, "software": {"pod_networks": "dranet"}},
    "nvlink-domain": {"pools": {"train": _DOMAIN}},
    "no-compact-placement": {"pools": {"train": {"placement": "none"}}},
    "no-fabric": {"pools": {"train": {"fabric": "none"}}},
    "lustre": {"storage": {"scratch": {"kind": "parallel", "capacity": "4800GiB", "linked_to": "data"}}},
    "lustre-linked-elsewhere": {
        "storage": {"scratch": {"kind": "parallel", "capacity": "1200GiB", "linked_to": "gs://my-data/sets"}}
    },
    "shared-files": {"storage": {"home": {"kind": "shared"}}},
    "closed-network": {"network": {"nat": "none"}},
    "existing-network": {"network": {"existing": {"vpc": "my-vpc", "subnets": {"us-central1": ["my-subnet"]}}}},
    "public-endpoint": {"access": {"endpoint": "public", "allowed_cidrs": ["203.0.113.0/24"]}},
    "key-of-the-project": {
        "encryption": {"key": "projects/example-ml-test/locations/us-central1/keyRings/own/cryptoKeys/disks"}
    },
    "protected": {"protect": True},
    "budget-with-alerts": {
        "budget": {
            "usd_per_month": 200000,
            "alerts": ["ml-platform@example.com"],
            "billing_account": "012345-6789AB-CDEF01",
        }
    },
    "upgrades-as-they-come": {
        "schedule": {"maintenance": {"day": "sunday", "start": "03:00", "hours": 12, "hold_upgrades": False}},
        "software": {"release_channel": "stable"},
    },
    "expiry": {"schedule": {"expires": "2027-06-30"}},
    "no-account": {"account": None},
}
