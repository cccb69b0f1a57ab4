"""One event owed to one endpoint."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Platform, known
from webhooks.models.event import WebhookEvent
from webhooks.models.webhook import Webhook


class DeliveryStatus(models.TextChoices):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Delivery(models.Model):
    """What is owed is owed once per event and endpoint, and goes out in the order of the endpoint's events.

    Sending an event again makes a new row: the finished ones stay as they went.

    All instants are wall time. ``next_attempt_at`` is empty until an attempt has failed: due at once.
    """

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    status = models.CharField(
        max_length=9,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.PENDING,
        db_default=DeliveryStatus.PENDING,
    )
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    first_attempted_at = models.DateTimeField(null=True)
    last_attempted_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    duration_ms = models.PositiveIntegerField(null=True, help_text="How long the last attempt took.")
    response_status = models.PositiveSmallIntegerField(null=True)
    response_body = models.TextField(default="", db_default="", blank=True, help_text="Its beginning.")
    cause = models.TextField(default="", db_default="", blank=True, help_text="Why the last attempt failed.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "webhook"], condition=Q(status="PENDING"), name="webhook_delivery_owed_once"
            ),
            known("status", DeliveryStatus, model="webhook_delivery"),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "event"], condition=Q(status="PENDING"), name="webhook_delivery_queue"
            ),
            models.Index(
                fields=["webhook", "event"],
                condition=Q(next_attempt_at__isnull=False),
                name="webhook_delivery_blocked",
            ),
            models.Index(
                fields=["platform", "finished_at"],
                condition=Q(finished_at__isnull=False),
                name="webhook_delivery_finished",
            ),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.status} after {self.attempts} attempts"
