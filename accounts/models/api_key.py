"""API keys: shown once, kept as SHA-256, scoped, expiring, rotated with an overlap."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.platform import TenantModel, known


class KeyRole(models.TextChoices):
    ADMINISTRATOR = "ADMINISTRATOR"
    READ_ONLY = "READ_ONLY"


class ApiKey(TenantModel):
    """A program's key. The secret itself is nowhere stored."""

    prefix = "akey"
    object_type = "API_KEY"
    shapes_matching = False

    name = models.CharField(max_length=200)
    hint = models.CharField(max_length=16, help_text="The key's first characters, to recognize it by.")
    secret_hash = models.BinaryField(max_length=32, unique=True)
    role = models.CharField(max_length=16, choices=KeyRole.choices, default=KeyRole.ADMINISTRATOR)
    scopes = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="Permissions such as METER_DATA.INGEST; empty means all that the role has.",
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="Coarse: written at most every 5 minutes."
    )

    class Meta:
        constraints = [known("role", KeyRole, model="api_key")]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
