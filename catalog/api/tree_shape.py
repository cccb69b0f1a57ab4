"""The bodies of a price tree: pricing categories, groups, pricings, items. Ids stay text until resolved."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL, PricingItemConfigSerializer, plain_json
from catalog.api.fields import display_order_field
from catalog.models import PricingEntitlement, ProductType, SelectionConstraint
from kit.api.fields import (
    CurrencyField,
    DecimalField,
    EnumField,
    StrictBooleanField,
    StrictCharField,
    TextField,
    expanded,
    reserved,
)
from kit.api.shapes import AmountSerializer, PeriodSerializer

MAX_NODES = 1000


class KeysField(serializers.ListField):
    """Ids or references in; the ids of what the node's links point at out, in their order."""

    def __init__(self, target: str, **kwargs: Any) -> None:
        self.target = target
        super().__init__(child=StrictCharField(max_length=256), max_length=MAX_NODES, **kwargs)

    def to_representation(self, data: Any) -> list[str]:
        return [getattr(link, self.target).public_id for link in data.all()]


class EntitlementSerializer(serializers.Serializer):
    """A feature that comes with a pricing, and how much of it."""

    feature_id = TextField(max_length=256)
    feature_reference = TextField(max_length=256)
    override = StrictBooleanField(**OPTIONAL)
    overwrite = StrictBooleanField(**OPTIONAL)
    number = DecimalField(**OPTIONAL)
    switch = StrictBooleanField(**OPTIONAL)
    amount = AmountSerializer(**OPTIONAL)
    enum = TextField(max_length=256)
    string = TextField()
    vars().update(expanded("feature"))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        plain: dict[str, Any] = plain_json(super().to_internal_value(data))
        return plain

    def to_representation(self, instance: PricingEntitlement) -> dict[str, Any]:
        whole = {str(name): instance.value.get(str(name)) for name in self.fields}
        override = bool(instance.value.get("override"))
        feature = {
            "feature_id": instance.feature.public_id,
            "feature_reference": instance.feature.reference,
        }
        return {**whole, **feature, "override": override, "overwrite": override}


class BillingPeriodConfigSerializer(serializers.Serializer):
    """The rules of one billing period."""

    billing_period = PeriodSerializer()
    configs = PricingItemConfigSerializer(many=True, **OPTIONAL)


class CurrencyConfigSerializer(serializers.Serializer):
    """The rules of one currency."""

    currency = CurrencyField()
    configs = PricingItemConfigSerializer(many=True, **OPTIONAL)
    billing_period_configs = BillingPeriodConfigSerializer(many=True, **OPTIONAL)
    fallback_currency = CurrencyField(**OPTIONAL)


class PricingItemSerializer(serializers.Serializer):
    """The price of one product item, or of several together."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    product_item_ids = KeysField("product_item", source="product_item_links", **OPTIONAL)
    configs = PricingItemConfigSerializer(many=True, **OPTIONAL)
    pricing_currency_configs = CurrencyConfigSerializer(many=True, **OPTIONAL)
    billing_period_configs = BillingPeriodConfigSerializer(many=True, **OPTIONAL)
    display_order = display_order_field()
    vars().update(expanded("product_items"))
    vars().update(reserved("original_pricing_item_id", "original_pricing_item", "override"))


class PricingSerializer(serializers.Serializer):
    """The price block of a product."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    name = TextField()
    product_type = EnumField(choices=ProductType.values, **OPTIONAL)
    product_ids = KeysField("product", source="product_links", min_length=1)
    display_order = display_order_field()
    entitlements = EntitlementSerializer(many=True, **OPTIONAL)
    items = PricingItemSerializer(many=True, **OPTIONAL)
    pricing_plan_version_id: serializers.Field = serializers.CharField(
        source="version.public_id", read_only=True
    )
    pricing_group_id: serializers.Field = serializers.CharField(
        source="group.public_id", read_only=True, allow_null=True, default=None
    )
    vars().update(expanded("products"))
    vars().update(reserved("pricing_plan_schedule_id", "original_pricing_id", "original_pricing", "override"))


class PricingGroupSerializer(serializers.Serializer):
    """Alternative pricings."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    pricing_plan_version_id: serializers.Field = serializers.CharField(
        source="version.public_id", read_only=True
    )
    name = TextField()
    product_type = EnumField(choices=ProductType.values, **OPTIONAL)
    selection_constraint = EnumField(choices=SelectionConstraint.values, **OPTIONAL)
    display_order = display_order_field()
    pricings = PricingSerializer(many=True, **OPTIONAL)
    vars().update(reserved("pricing_plan_schedule_id"))


class PricingCategorySerializer(serializers.Serializer):
    """The prices of one product category."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    product_category_id = StrictCharField(max_length=256, source="product_category.public_id")
    pricings = PricingSerializer(many=True, source="ungrouped", **OPTIONAL)
    pricing_groups = PricingGroupSerializer(many=True, **OPTIONAL)
    display_order = display_order_field()
    vars().update(expanded("product_category"))
