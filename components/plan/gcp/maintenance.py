"""When Google may change the cluster: a weekly window, and a hold on the upgrades that would end a training run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from components.plan.gcp.model import Maintenance
from components.plan.notes import Notes
from components.spec.models import ClusterSpec

# GKE refuses a policy with less than 48 hours of maintenance in any 32 days; 32 days hold four weekly windows for sure.
# Source: GKE, maintenance windows and exclusions (48 hours in a 32-day rolling window).
LEAST_HOURS = 12
# The plan has no clock, and a window that moved with the day would be an edit at every run. So windows are counted from
# a week that is past for every cluster: the first of 2026 that begins on a Monday.
_FIRST_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def maintenance_of(spec: ClusterSpec) -> Maintenance:
    """The window as RFC 3339 moments in UTC and an RFC 5545 recurrence; the hold begins with the first week."""
    asked = spec.schedule.maintenance
    hours, minutes = map(int, asked.start.split(":"))
    start = _FIRST_MONDAY + timedelta(days=_DAYS.index(asked.day), hours=hours, minutes=minutes)
    return Maintenance(
        start=_utc(start),
        end=_utc(start + timedelta(hours=asked.hours)),
        recurrence=f"FREQ=WEEKLY;BYDAY={asked.day[:2].upper()}",
        hold_upgrades=asked.hold_upgrades,
        hold_from=_utc(_FIRST_MONDAY),
    )


def check_maintenance(spec: ClusterSpec, notes: Notes) -> None:
    """Whether the weekly window is as long as GKE asks for."""
    hours = spec.schedule.maintenance.hours
    if hours < LEAST_HOURS:
        message = f"a weekly window of {hours} hours leaves less than 48 hours in 32 days, which GKE refuses"
        notes.error("maintenance", "schedule.maintenance.hours", message, f"give {LEAST_HOURS} hours or more")


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
