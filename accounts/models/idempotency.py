"""Answers kept by ``Idempotency-Key``, so that a retried POST takes effect once."""

from __future__ import annotations

from django.db import models

from accounts.models.platform import Platform


class IdempotencyRecord(models.Model):
    """One key of one platform: RUNNING until ``status`` is set, forgotten after ``expires_at``."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of method, path, query and body.")
    leased_until = models.DateTimeField(help_text="A run that is silent beyond this instant is taken over.")
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "key"], name="idempotency_key_unique")]

    def __str__(self) -> str:
        return self.key
