"""Usage per hour, kept beside the events in the statement that stores them."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform
from metering.models.meter import Meter


class UsageRollup(models.Model):
    """What one customer used of one meter value in one hour (UTC), per property key.

    ``key`` is the MD5 of subscription, currency and keyed ``properties``: what tells rollups of an
    hour apart. ``n`` counts units (an entry counts for its ``count``), ``events`` the events, each
    at its first value only. A row stays when its events are deleted: it shows that the meter was used.
    ``last_stored_at`` is the last instant at which anything in the hour changed; a snapshot from
    before reads the hour's events instead.
    """

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="rollups"
    )
    customer_id = models.BigIntegerField()
    meter_value_id = models.BigIntegerField(null=True)
    hour = models.DateTimeField()
    key = models.UUIDField()
    subscription_id = models.BigIntegerField(null=True)
    events = models.BigIntegerField()
    n = models.BigIntegerField()
    last_at = models.DateTimeField(null=True)
    last_id = models.BigIntegerField(null=True)
    last_stored_at = models.DateTimeField()
    currency = models.CharField(max_length=3, null=True)
    sum = models.DecimalField(max_digits=60, decimal_places=12)
    max = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    min = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    last = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    properties = models.JSONField(default=dict)

    class Meta:
        verbose_name = "usage"
        verbose_name_plural = "usage by the hour"
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "customer_id", "meter_value_id", "hour", "key"],
                nulls_distinct=False,
                name="usage_rollup_unique",
            )
        ]
        # What everyone used lately. Of columns that never change, so that rows are updated in place.
        indexes = [models.Index(fields=["meter", "hour"], name="usage_rollup_of_meter")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.customer_id} {self.hour}"


class AmendedHour(models.Model):
    """An hour of which something was stored more than 36 hours after it began, or deleted.

    Few hours are, so that whatever usage came late is found without looking at every hour there was. Earlier
    changes are told by ``UsageRollup.last_stored_at`` alone. ``changed_at`` is the last of the later ones.
    """

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    customer_id = models.BigIntegerField()
    meter = models.ForeignKey(
        Meter, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    hour = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer_id", "meter", "hour"], name="amended_hour_unique")
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.customer_id} {self.hour}"


class DistinctValue(models.Model):
    """A value that a counted property took in an hour: what UNIQUE counts."""

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    meter = models.ForeignKey(
        Meter, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    customer_id = models.BigIntegerField()
    property_id = models.BigIntegerField()
    hour = models.DateTimeField()
    key = models.UUIDField(help_text="As in the rollup.")
    subscription_id = models.BigIntegerField(null=True)
    value = models.CharField(max_length=256, db_collation="C")
    properties = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "customer_id", "property_id", "hour", "key", "value"],
                name="distinct_value_unique",
            )
        ]

    def __str__(self) -> str:
        return self.value
