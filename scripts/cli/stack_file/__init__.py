"""The stack file that `gpufleet new` writes: its text, and how it gets to its place."""
