"""A cluster as a drawing: what stands where, made from its plan."""
