"""What a stack was before a change: at a git ref, in another stack, or in a saved report."""
