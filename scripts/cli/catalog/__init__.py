"""What `gpufleet catalog` shows: which machines can be bought, and every fact about one thing."""
