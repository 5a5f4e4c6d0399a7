"""What holds for every test: no cloud's settings from outside, and the provider SDKs imported as our programs do."""

from __future__ import annotations

import os

from components import sdk_imports

FOREIGN = ("AWS_", "PULUMI_", "GOOGLE_", "AZURE_", "ARM_", "CLOUDSDK_")
SHAPING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", sdk_imports.SWITCH)

for name in [name for name in os.environ if name.startswith(FOREIGN) or name in SHAPING]:
    del os.environ[name]

sdk_imports.install()
