"""How far the billing periods of a subscription have been opened."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class PeriodCursor(models.Model):
    """How far the periods of a subscription have been opened; locked while they are.

    ``next_start`` is when the next period begins and its draft is to be opened; None once all periods
    are open, because the subscription has ended. ``late_checked_at`` is when late usage that no later
    period can take up was last looked at.
    """

    platform = models.ForeignKey(
        "accounts.Platform", on_delete=models.PROTECT, related_name="+", editable=False
    )
    subscription = models.OneToOneField(
        "billing.PricingPlanSubscription", on_delete=models.CASCADE, related_name="cursor"
    )
    next_start = models.DateTimeField(null=True)
    late_checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["platform", "next_start"],
                condition=Q(next_start__isnull=False),
                name="period_cursor_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription} next at {self.next_start}"
