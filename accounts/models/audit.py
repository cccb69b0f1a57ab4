"""The audit trail: append-only rows of who did what, when, and what changed."""

from __future__ import annotations

from django.db import models

from accounts.models.platform import Platform


class AuditEntry(models.Model):
    """One change. The database refuses to update or delete rows (see the migration's trigger)."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor_type = models.CharField(max_length=16)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    changes = models.JSONField(default=dict, help_text="Field -> [before, after].")
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["platform", "object_id", "id"], name="audit_by_object"),
            models.Index(fields=["platform", "-id"], name="audit_by_platform"),
            models.Index(fields=["platform", "request_id"], name="audit_by_request"),
            models.Index(fields=["platform", "actor_type", "-id"], name="audit_by_source"),
            models.Index(fields=["platform", "object_type", "-id"], name="audit_by_resource"),
            models.Index(fields=["platform", "at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
