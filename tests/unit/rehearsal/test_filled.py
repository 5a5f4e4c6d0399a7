"""What a real provider filled in of itself, in a state that a rehearsal starts from."""

from __future__ import annotations

from scripts.rehearsal.filled import kept


def test_what_was_filled_in_stays_at_every_depth() -> None:
    old = {
        "tenancy": "default",
        "cidr": "10.0.0.0/16",
        "rules": [{"port": 1, "protocol": "tcp", "__defaults": ["protocol"]}],
        "__defaults": ["tenancy"],
    }
    found = kept({"cidr": "10.1.0.0/16", "rules": [{"port": 2}, {"port": 3}]}, old)
    assert found == {
        "cidr": "10.1.0.0/16",
        "tenancy": "default",
        "rules": [{"port": 2, "protocol": "tcp", "__defaults": ["protocol"]}, {"port": 3}],
        "__defaults": ["tenancy"],
    }


def test_what_the_program_said_before_and_does_not_say_now_goes() -> None:
    assert kept({}, {"tenancy": "default", "__defaults": []}) == {}
    assert kept({}, {"tenancy": "default"}) == {}


def test_what_the_program_says_now_wins() -> None:
    assert kept({"tenancy": "host"}, {"tenancy": "default", "__defaults": ["tenancy"]}) == {"tenancy": "host"}
