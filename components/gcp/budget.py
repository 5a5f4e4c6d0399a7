"""The budget that Google Cloud itself watches, beside the estimate that is made before anything exists."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from components.gcp.labels import STACK_LABEL
from components.plan.model import BudgetPlan
from components.resources import BUDGET_NOTICES, short_digest, waiting


class Budget(pulumi.ComponentResource):
    """A monthly budget over what carries the stack's label in one project; nothing without a ceiling or an account.

    It is in USD: a billing account of another currency refuses it, and that is better than another sum. It tells of
    what was spent and stops nothing (https://cloud.google.com/billing/docs/how-to/budgets). `opts.depends_on` is what
    it waits for: the APIs.
    """

    budget_name: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        budget: BudgetPlan,
        *,
        stack: str,
        billing_account: str | None,
        project_number: pulumi.Input[str],
        labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:Budget", f"{name}-budget", None, opts)
        self._prefix, self._labels = name, dict(labels or {})
        self._own = waiting(ResourceOptions(parent=self), opts)
        self.budget_name = None
        if budget.usd_per_month is not None and billing_account is not None:
            self.budget_name = gcp.billing.Budget(
                f"{name}-monthly-budget",
                display_name=f"{stack} monthly",
                billing_account=billing_account,
                amount=_amount(budget.usd_per_month),
                budget_filter=gcp.billing.BudgetBudgetFilterArgs(
                    projects=[pulumi.Output.concat("projects/", project_number)],
                    labels={STACK_LABEL: self._labels.get(STACK_LABEL, stack)},
                    calendar_period="MONTH",
                ),
                threshold_rules=[_rule(forecast, percent) for forecast, percent in BUDGET_NOTICES],
                all_updates_rule=self._told(budget.alerts),
                opts=self._own,
            ).name
        self.register_outputs({"budget_name": self.budget_name})

    def _told(self, addresses: tuple[str, ...]) -> gcp.billing.BudgetAllUpdatesRuleArgs | None:
        """Each address, and nobody else; without addresses Google tells the billing account's administrators."""
        if not addresses:
            return None
        return gcp.billing.BudgetAllUpdatesRuleArgs(
            monitoring_notification_channels=[self._channel(address) for address in addresses],
            disable_default_iam_recipients=True,
        )

    def _channel(self, address: str) -> pulumi.Output[str]:
        return gcp.monitoring.NotificationChannel(
            f"{self._prefix}-alert-{short_digest(address)}",
            display_name=address,
            type="email",
            labels={"email_address": address},
            user_labels=self._labels,
            opts=self._own,
        ).name


def _amount(usd: Decimal) -> gcp.billing.BudgetAmountArgs:
    whole = int(usd)
    nanos = int((usd - whole) * 10**9)
    return gcp.billing.BudgetAmountArgs(
        specified_amount=gcp.billing.BudgetAmountSpecifiedAmountArgs(
            currency_code="USD", units=str(whole), nanos=nanos or None
        )
    )


def _rule(forecast: bool, percent: int) -> gcp.billing.BudgetThresholdRuleArgs:
    return gcp.billing.BudgetThresholdRuleArgs(
        threshold_percent=percent / 100,
        spend_basis="FORECASTED_SPEND" if forecast else "CURRENT_SPEND",
    )
