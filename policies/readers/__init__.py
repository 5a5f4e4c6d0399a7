"""Registered resources -> what rules judge, one module a cloud (`subject_from_resources`)."""
