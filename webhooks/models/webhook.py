"""An endpoint: where a platform wants its events to be sent, and how."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import TenantModel, known, unique_reference


class AuthenticationType(models.TextChoices):
    """What the receiver asks for beside the signature."""

    PASSWORD = "PASSWORD"  # noqa: S105 - the contract's word for basic authentication
    API_KEY = "API_KEY"
    NONE = "NONE"


class Webhook(TenantModel):
    """One receiver. Columns named ``…_sealed`` hold ciphertext (``kit.sealing``).

    ``claim`` and ``claimed_until`` are the lease of the worker that delivers to it now. Instants of
    delivery are wall time, whatever the platform's test clock says.
    """

    prefix = "whk"
    object_type = "WEBHOOK"
    shapes_matching = False

    name = models.CharField(max_length=200)
    reference = models.CharField(max_length=256)
    url = models.CharField(max_length=2000)
    active = models.BooleanField(default=True)
    authentication_type = models.CharField(
        max_length=8, choices=AuthenticationType.choices, default=AuthenticationType.NONE
    )
    username = models.CharField(max_length=200, blank=True)
    password_sealed = models.TextField(blank=True, editable=False)
    api_header_field = models.CharField(max_length=100, blank=True)
    api_key_sealed = models.TextField(blank=True, editable=False)
    included_actions = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, help_text="Empty means all."
    )
    excluded_actions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    include_previous_data = models.BooleanField(default=False)
    secret_key_sealed = models.TextField(blank=True, editable=False)
    previous_secret_key_sealed = models.TextField(blank=True, editable=False)
    secret_rolled_at = models.DateTimeField(null=True, editable=False)
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            unique_reference("webhook"),
            known("authentication_type", AuthenticationType, model="webhook"),
        ]
