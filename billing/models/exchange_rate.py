"""What one currency was worth in another, from an instant on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import TenantModel


class ExchangeRate(TenantModel):
    """One ``base_currency`` is ``rate`` of ``currency`` from ``timestamp`` on, according to ``source``.

    A rate is never changed, and one that is withdrawn stays, with the instant at which it was: an invoice
    that used it can be computed again. Of several with one timestamp the one stored last counts.
    """

    prefix = "exra"
    object_type = "EXCHANGE_RATE"
    shapes_matching = False

    base_currency = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=38, decimal_places=12)
    timestamp = models.DateTimeField()
    source = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_above_zero"),
            models.CheckConstraint(
                condition=~Q(base_currency=F("currency")), name="exchange_rate_of_two_currencies"
            ),
        ]
        indexes = [
            models.Index(
                fields=["platform", "base_currency", "currency", "timestamp"], name="exchange_rate_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"1 {self.base_currency} = {self.rate} {self.currency} from {self.timestamp:%Y-%m-%d}"
