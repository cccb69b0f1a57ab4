"""The feature: what a customer may use; communicated and enforced, never billed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import TenantModel, known, unique_reference
from catalog.models.choices import FeatureType


class Feature(TenantModel):
    """Granted to customers by the entitlements of pricings."""

    prefix = "feat"
    object_type = "FEATURE"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    type = models.CharField(max_length=16, choices=FeatureType.choices)
    enum_values = ArrayField(
        models.CharField(max_length=256), null=True, blank=True, help_text="What an ENUM may be."
    )

    class Meta:
        constraints = [unique_reference("feature"), known("type", FeatureType, model="feature")]
