"""The command line: `gpufleet VERB STACK`."""
