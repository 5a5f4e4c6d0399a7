"""What day it is: of all that the project does, ages of prices, ends of capacity and waivers depend on it.

The environment variable GPU_FLEET_DATE sets the day for the command line and for the policy pack alike, so that a
run can be repeated as it was; without it, it is today in UTC.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime

from components.errors import Finding, InputError, Level

VARIABLE = "GPU_FLEET_DATE"


def today(environ: Mapping[str, str] | None = None) -> date:
    """The day. Raises InputError where the variable holds no date."""
    text = (os.environ if environ is None else environ).get(VARIABLE, "")
    if not text:
        return utc()
    day = iso_day(text)
    if day is None:
        message = f"{VARIABLE} is {text!r}, which is no date"
        hint = "write it as YYYY-MM-DD, or unset it: then it is today in UTC"
        raise InputError(Finding(id="date", level=Level.ERROR, path=VARIABLE, message=message, hint=hint))
    return day


def utc() -> date:
    """The day that the machine's clock shows, in UTC."""
    return datetime.now(UTC).date()


def iso_day(text: str) -> date | None:
    """The day that a text in the form YYYY-MM-DD names; None for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
