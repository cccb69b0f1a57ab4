"""The feature: what a customer may use; communicated and enforced, never billed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import TenantModel, known, unique_reference
from catalog.models.choices import FeatureType
from metering.models import MeterValueCalculation


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
    meter_value_calculation = models.ForeignKey(
        MeterValueCalculation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="features",
        help_text="What is consumed of the entitlement, for a NUMBER or an AMOUNT.",
    )

    class Meta:
        constraints = [unique_reference("feature"), known("type", FeatureType, model="feature")]
