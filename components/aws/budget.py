"""The budget that AWS itself watches, beside the estimate that is made before anything exists."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.tags import STACK_TAG, named
from components.plan.model import BudgetPlan
from components.resources import BUDGET_NOTICES


class Budget(pulumi.ComponentResource):
    """A monthly cost budget over all that carries the stack's tag; nothing where the plan has no monthly ceiling.

    AWS counts a tag's costs only once the tag has been activated as a cost allocation tag in the payer account
    (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html).
    """

    budget_name: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        budget: BudgetPlan,
        *,
        stack: str,
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Budget", f"{name}-budget", None, opts)
        self.budget_name = None
        if budget.usd_per_month is not None:
            role = f"{name}-monthly-budget"
            self.budget_name = aws.budgets.Budget(
                role,
                budget_type="COST",
                time_unit="MONTHLY",
                limit_amount=f"{budget.usd_per_month:f}",
                limit_unit="USD",
                cost_filters=[{"name": "TagKeyValue", "values": [f"user:{STACK_TAG}${stack}"]}],
                notifications=_notifications(budget.alerts),
                tags=named(tags or {}, role),
                opts=ResourceOptions(parent=self),
            ).name
        self.register_outputs({"budget_name": self.budget_name})


def _notifications(addresses: tuple[str, ...]) -> list[aws.budgets.BudgetNotificationArgs] | None:
    """One for each notice; None without addresses, since AWS refuses a notification that nobody gets."""
    if not addresses:
        return None
    return [
        aws.budgets.BudgetNotificationArgs(
            comparison_operator="GREATER_THAN",
            notification_type="FORECASTED" if forecast else "ACTUAL",
            threshold=percent,
            threshold_type="PERCENTAGE",
            subscriber_email_addresses=list(addresses),
        )
        for forecast, percent in BUDGET_NOTICES
    ]
