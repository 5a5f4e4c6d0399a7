"""Serve the policy pack: `pulumi preview --policy-pack policies`, or `policies/analyzer` with any language host."""

import sys
from pathlib import Path

# The folder itself must not be where modules are looked for; what surrounds it is.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from policies.pack import serve  # noqa: E402  # the path comes first

serve()
