"""Meters, their values and properties, and calculations of a platform, with what answers read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Platform
from kit import ids
from metering.models import (
    Meter,
    MeterMeterProperty,
    MeterMeterValue,
    MeterProperty,
    MeterValue,
    MeterValueCalculation,
    PropertyType,
)


def meter_values(platform: Platform) -> QuerySet[Any]:
    return MeterValue.objects.filter(platform=platform)


def meter_properties(platform: Platform) -> QuerySet[Any]:
    return MeterProperty.objects.filter(platform=platform)


def number_properties(platform: Platform) -> frozenset[str]:
    """The references and ids of the properties that are compared as numbers."""
    rows = MeterProperty.objects.filter(platform=platform, type=PropertyType.NUMBER)
    return frozenset(name for names in rows.values_list("reference", "public_id") for name in names)


def references(platform: Platform, names: Iterable[str]) -> dict[str, str]:
    """id -> reference of the properties that are named by id among these; one query, or none."""
    wanted = {name for name in names if ids.looks_like(name, prefix=MeterProperty.prefix)}
    if not wanted:
        return {}
    rows = MeterProperty.objects.filter(platform=platform, public_id__in=wanted)
    return dict(rows.values_list("public_id", "reference"))


def meters(platform: Platform) -> QuerySet[Any]:
    """Meters with their links in order."""
    values = MeterMeterValue.objects.select_related("meter_value").order_by("position")
    properties = MeterMeterProperty.objects.select_related("meter_property").order_by("position")
    return Meter.objects.filter(platform=platform).prefetch_related(
        Prefetch("value_links", values), Prefetch("property_links", properties)
    )


def calculations(platform: Platform) -> QuerySet[Any]:
    rows = MeterValueCalculation.objects.filter(platform=platform)
    return rows.select_related("meter", "meter_value", "meter_property")
