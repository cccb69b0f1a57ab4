"""A meter value: what is measured, a quantity or an amount of money."""

from __future__ import annotations

from django.db import models

from accounts.models import TenantModel, known, unique_reference
from metering.models.status import Status


class ValueType(models.TextChoices):
    """NUMBER is a quantity, AMOUNT money with a currency."""

    NUMBER = "NUMBER"
    AMOUNT = "AMOUNT"


class MeterValue(TenantModel):
    """One input that events carry and calculations aggregate; several meters may share it."""

    prefix = "metv"
    object_type = "METER_VALUE"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000)
    description = models.CharField(max_length=1000, null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    type = models.CharField(max_length=16, choices=ValueType.choices)

    class Meta:
        constraints = [
            unique_reference("meter_value"),
            known("status", Status, model="meter_value"),
            known("type", ValueType, model="meter_value"),
        ]
