"""The report of stacks as one HTML file, which needs nothing from elsewhere."""
