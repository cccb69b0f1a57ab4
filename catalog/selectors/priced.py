"""What a version's prices rest on: product items with their products, calculations and meters."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Platform
from catalog.models import PricingItemProductItem, PricingPlanVersion, ProductItem
from metering.models import MeterMeterProperty, MeterProperty

Properties = dict[int, dict[str, MeterProperty]]


def items(version: PricingPlanVersion) -> dict[int, ProductItem]:
    """pk -> the product items that the version prices, with all that activation asks about."""
    mine = PricingItemProductItem.objects.filter(platform=version.platform, version=version)
    rows = ProductItem.objects.filter(platform=version.platform, pk__in=mine.values("product_item_id"))
    return {
        row.pk: row
        for row in rows.select_related(
            "product",
            "meter_value_calculation__meter",
            "meter_value_calculation__meter_value",
            "tiering_meter_value_calculation__meter",
            "tiering_meter_value_calculation__meter_value",
        )
    }


def properties(platform: Platform, meters: Iterable[int]) -> tuple[Properties, Properties]:
    """meter pk -> its properties, each by its reference and by its id: the required and the optional ones."""
    links = MeterMeterProperty.objects.filter(platform=platform, meter_id__in=set(meters))
    required: Properties = {}
    optional: Properties = {}
    for link in links.select_related("meter_property"):
        named = (required if link.required else optional).setdefault(link.meter_id, {})
        named[link.meter_property.reference] = named[link.meter_property.public_id] = link.meter_property
    return required, optional
