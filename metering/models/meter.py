"""A meter: the values and properties that one kind of event carries."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Platform, TenantModel, known, unique_reference
from metering.models.meter_property import MeterProperty
from metering.models.meter_value import MeterValue
from metering.models.status import Status


class Meter(TenantModel):
    """Groups values and properties under the reference that events name.

    ``keyed_properties`` (keys of properties that price rules ask for) enter the key of the usage
    rollups; ``counted_properties`` (those of UNIQUE calculations) have their values kept as sets.
    Only ``metering.services.keying`` changes the two: the rollups must be rebuilt with them.
    """

    prefix = "metr"
    object_type = "METER"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000, null=True, blank=True)
    description = models.CharField(max_length=1000, null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    keyed_properties = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    counted_properties = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)

    class Meta:
        constraints = [unique_reference("meter"), known("status", Status, model="meter")]


class MeterMeterValue(models.Model):
    """A meter value on a meter, at a position; a required one is on every event."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="value_links")
    meter_value = models.ForeignKey(MeterValue, on_delete=models.PROTECT, related_name="meter_links")
    required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "meter"
        verbose_name_plural = "values of meters"
        constraints = [models.UniqueConstraint(fields=["meter", "meter_value"], name="meter_value_link_once")]

    def __str__(self) -> str:
        return f"{self.meter_id}: {self.meter_value_id}"


class MeterMeterProperty(models.Model):
    """A meter property on a meter, at a position; a required one is on every event."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="property_links")
    meter_property = models.ForeignKey(MeterProperty, on_delete=models.PROTECT, related_name="meter_links")
    required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "meter"
        verbose_name_plural = "properties of meters"
        constraints = [
            models.UniqueConstraint(fields=["meter", "meter_property"], name="meter_property_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.meter_id}: {self.meter_property_id}"
