"""Deploying a stack with the real engine and the user's own backend: looked at first, confirmed, then done."""
