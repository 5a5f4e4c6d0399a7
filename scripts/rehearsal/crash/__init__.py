"""The engine killed at every step of a stack's life, and what the next run makes of it."""
