"""The outbox: what happened, written in the transaction in which it happened."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import TenantModel


class WebhookEvent(TenantModel):
    """One thing that happened to one object; deliveries to endpoints are made from it.

    ``sequence`` counts the events of an object from 1, so that a receiver can put what arrives out
    of order, or twice, back in order.
    """

    prefix = "whev"
    object_type = "WEBHOOK_EVENT"
    shapes_matching = False

    type = models.CharField(max_length=80)
    resource_type = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=32)
    sequence = models.PositiveIntegerField()
    data = models.JSONField()
    previous_data = models.JSONField(null=True)
    request_id = models.CharField(max_length=32, blank=True)
    recorded_at = models.DateTimeField(
        db_default=Now(), editable=False, help_text="Wall time, for retention; created_at may be test time."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "resource_id", "sequence"], name="webhook_event_sequence_unique"
            )
        ]
        indexes = [
            models.Index(fields=["platform", "created_at", "id"], name="webhook_event_log"),
            models.Index(fields=["platform", "recorded_at"], name="webhook_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.resource_id} #{self.sequence}"
