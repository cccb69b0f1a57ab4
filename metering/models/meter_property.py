"""A meter property: a dimension of an event, by which prices may differ."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import TenantModel, known, unique_reference
from metering.models.status import Status


class PropertyType(models.TextChoices):
    """ENUM admits only ``enum_values``; NUMBER can be compared by size."""

    NUMBER = "NUMBER"
    ENUM = "ENUM"
    STRING = "STRING"


class MeterProperty(TenantModel):
    """One dimension; its values are always given as text."""

    prefix = "metp"
    object_type = "METER_PROPERTY"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000)
    description = models.CharField(max_length=1000, null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    type = models.CharField(max_length=16, choices=PropertyType.choices)
    enum_values = ArrayField(models.CharField(max_length=256), default=list, blank=True)

    class Meta:
        verbose_name_plural = "meter properties"
        constraints = [
            unique_reference("meter_property"),
            known("status", Status, model="meter_property"),
            known("type", PropertyType, model="meter_property"),
        ]
