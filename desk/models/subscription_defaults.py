"""What Desk proposes for a new subscription."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform


class SubscriptionDefaults(models.Model):
    """The terms that the subscription editor starts from, in the editor's own words.

    ``period`` is ``MONTH-1``, ``term`` ``PERIOD_AFTER_INVOICE_DATE:DAY-30`` or empty for at once.
    """

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, primary_key=True, related_name="+")
    billing_time = models.CharField(max_length=16)
    period = models.CharField(max_length=16)
    term = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.billing_time} {self.period}"
