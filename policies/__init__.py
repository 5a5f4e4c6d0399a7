"""What an organisation allows: rules, the engine that judges them, and the policy pack for Pulumi.

`rules` judge a `Subject`, which comes from a plan (`from_plan`) or from registered resources (`readers`). The command
line, the pack and the tests share all of it; only `pack` knows Pulumi.
"""
