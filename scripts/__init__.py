"""What people and pipelines run: the command line, the preview without an engine, and the tools around them."""
