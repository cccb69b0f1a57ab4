"""The body of a product item, whose link to a calculation has two places: flat, and in ``usage_based``."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.conditions import MeterConditionsSerializer
from catalog.api.fields import CustomerIdField, display_order_field, status_field, tax_category_field
from catalog.models import ItemType, ModelType, Product, ProductItem
from kit.api.fields import EnumField, ReferenceField, TextField, expanded, reserved
from kit.api.links import LinkField, ManyLinksField
from metering.models import MeterValueCalculation

# What may stand flat and in ``usage_based``: the row's name for it, and the body's.
TWICE = {
    "meter_value_calculation": "meter_value_calculation_id",
    "report_meter_value_calculations": "report_meter_value_calculation_ids",
}


class UnitNameSerializer(serializers.Serializer):
    """What one and several units are called on an invoice."""

    singular = TextField(max_length=200, source="unit_name_singular")
    plural = TextField(max_length=200, source="unit_name_plural")

    def get_attribute(self, instance: ProductItem) -> ProductItem:
        return instance


def calculation_field(source: str) -> LinkField:
    """A calculation by id or reference."""
    return LinkField(MeterValueCalculation, source=source, required=False, allow_null=True)


class ReportsField(ManyLinksField):
    """The calculations that reports show beside an item, in order."""

    def __init__(self, **kwargs: Any) -> None:
        source = "report_meter_value_calculations"
        super().__init__(MeterValueCalculation, source=source, required=False, allow_null=True, **kwargs)

    def get_attribute(self, instance: ProductItem) -> list[MeterValueCalculation]:
        return [link.meter_value_calculation for link in instance.report_links.all()]


class UsageBasedSerializer(serializers.Serializer):
    """How a usage-based item is measured."""

    meter_value_calculation_id = calculation_field("meter_value_calculation")
    tiering_meter_value_calculation_id = calculation_field("tiering_meter_value_calculation")
    report_meter_value_calculation_ids = ReportsField()
    conditions = MeterConditionsSerializer(required=False, allow_null=True)
    vars().update(expanded("meter_value_calculation", "tiering_meter_value_calculation"))

    def get_attribute(self, instance: ProductItem) -> ProductItem:
        return instance


class ProductItemSerializer(serializers.Serializer):
    """What becomes a line of an invoice."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    product_id = LinkField(Product, source="product")
    name = TextField(required=True)
    status = status_field()
    reference = ReferenceField()
    description = TextField()
    type = EnumField(choices=ItemType.values, required=False, allow_null=True)
    model_type = EnumField(choices=ModelType.values)
    usage_based = UsageBasedSerializer(required=False, allow_null=True)
    meter_value_calculation_id = calculation_field("meter_value_calculation")
    report_meter_value_calculation_ids = ReportsField()
    tax_category = tax_category_field()
    display_order = display_order_field()
    unit_name = UnitNameSerializer(required=False, allow_null=True)
    customer_id = CustomerIdField()
    vars().update(expanded("product", "meter_value_calculation"))
    vars().update(reserved("credits", "custom_fields"))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().to_internal_value(data)
        if "unit_name" in values:
            values |= values.pop("unit_name") or {"unit_name_singular": None, "unit_name_plural": None}
        usage_based = values.pop("usage_based", None) or {}
        for name in TWICE:
            if None not in (flat := values.get(name), nested := usage_based.get(name)) and flat != nested:
                message = f"contradicts {TWICE[name]}"
                raise serializers.ValidationError(
                    {"usage_based": {TWICE[name]: [message]}}, code="INVALID_FIELD"
                )
            if nested is None and flat is not None:
                usage_based.pop(name, None)
        return {**values, **usage_based}

    def to_representation(self, instance: ProductItem) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if instance.model_type not in (ModelType.USAGE_BASED, ModelType.USAGE_BASED_CONVERSION):
            shown["usage_based"] = None
        if not (instance.unit_name_singular or instance.unit_name_plural):
            shown["unit_name"] = None
        return shown
