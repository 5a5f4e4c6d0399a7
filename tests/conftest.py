"""What holds for every test: no cloud's settings from outside, one day, and the SDKs imported as our programs do."""

from __future__ import annotations

import os

from components import clock, sdk_imports

FOREIGN = ("AWS_", "PULUMI_", "GOOGLE_", "AZURE_", "ARM_", "CLOUDSDK_")
SHAPING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", sdk_imports.SWITCH)

for name in [name for name in os.environ if name.startswith(FOREIGN) or name in SHAPING]:
    del os.environ[name]

os.environ[clock.VARIABLE] = "2026-11-24"
"""The day of every test that names none: what a page shows and a rule judges must not change with the calendar."""

sdk_imports.install()
