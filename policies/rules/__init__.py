"""The rules, one a file, in the order in which reports show them. Pure: no Pulumi, no cloud's SDK."""

from __future__ import annotations

from policies.rules import (
    encryption,
    gpu_hour_price_ceiling,
    hourly_burn_ceiling,
    monthly_budget_ceiling,
    no_public_ip,
    required_tags,
    spot_forbidden,
    unpriced_resource,
)
from policies.rules.base import Rule

RULES: tuple[Rule, ...] = (
    monthly_budget_ceiling.RULE,
    hourly_burn_ceiling.RULE,
    gpu_hour_price_ceiling.RULE,
    unpriced_resource.RULE,
    spot_forbidden.RULE,
    required_tags.RULE,
    no_public_ip.RULE,
    encryption.RULE,
)
