"""A meter value calculation: how a meter's events become one quantity per period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel, known, unique_reference
from metering.models.meter import Meter
from metering.models.meter_property import MeterProperty
from metering.models.meter_value import MeterValue


class CalculationType(models.TextChoices):
    """The reference's five; LATEST and COUNT are extensions."""

    SUM = "SUM"
    MAX = "MAX"
    MIN = "MIN"
    AVERAGE = "AVERAGE"
    UNIQUE = "UNIQUE"
    LATEST = "LATEST"
    COUNT = "COUNT"


class MeterValueCalculation(TenantModel):
    """Joins a meter, one of its values (or, for UNIQUE, properties) and an aggregation.

    ``persist`` carries the running total into the next billing period instead of starting again.
    """

    prefix = "bmet"
    object_type = "METER_VALUE_CALCULATION"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000, null=True, blank=True)
    description = models.CharField(max_length=1000, null=True, blank=True)
    calculation_type = models.CharField(max_length=16, choices=CalculationType.choices)
    persist = models.BooleanField(default=False)
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="calculations")
    meter_value = models.ForeignKey(
        MeterValue, on_delete=models.PROTECT, null=True, blank=True, related_name="calculations"
    )
    meter_property = models.ForeignKey(
        MeterProperty, on_delete=models.PROTECT, null=True, blank=True, related_name="calculations"
    )

    class Meta:
        constraints = [
            unique_reference("meter_value_calculation"),
            known("calculation_type", CalculationType, model="meter_value_calculation"),
            models.CheckConstraint(
                condition=Q(calculation_type=CalculationType.COUNT)
                | Q(calculation_type=CalculationType.UNIQUE, meter_property__isnull=False)
                | (~Q(calculation_type=CalculationType.UNIQUE) & Q(meter_value__isnull=False)),
                name="meter_value_calculation_has_input",
            ),
        ]
