"""gpu-fleet: one short spec of a GPU cluster, planned, priced and turned into Pulumi resources.

The packages below import only to the right:
`program → aws → cost → plan → catalog → spec → errors`.
`spec`, `catalog`, `plan` and `cost` are pure: they import neither Pulumi nor a cloud's SDK.
"""
