"""What a user may write: one short spec of a GPU cluster.

A blueprint holds the shape that all environments share, a stack file the few values that differ.
`loader` reads and merges both, `models` says what may stand in them, `reader` is the one YAML reader.
"""
