"""Spec and catalogue become a plan: every decision taken, as data.

`planner.plan(spec)` gives the `ClusterPlan`; a cloud's own decisions are in the package of its name.
"""
