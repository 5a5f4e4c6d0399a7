"""Planning on Google Cloud."""
