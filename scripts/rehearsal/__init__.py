"""A simulated cloud that the real Pulumi engine deploys to: strict, with a state of its own, and with faults on demand.

`server` speaks the engine's provider protocol, `cloud` holds what exists (SQLite), `schema` refuses what the SDK's own
types do not know, `diff` says what an edit does, and a package for each cloud (`aws`) answers as that cloud does.
"""
