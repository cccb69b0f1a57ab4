"""The bodies of a price tree: pricing categories, groups, pricings, items. Ids stay text until resolved."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL, PricingItemConfigSerializer, plain_json
from catalog.api.fields import display_order_field
from catalog.models import Override, PricingEntitlement, PricingPlanVersion, ProductType, SelectionConstraint
from kit.api.fields import (
    CurrencyField,
    DecimalField,
    EnumField,
    StrictBooleanField,
    StrictCharField,
    TextField,
    expanded,
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


@extend_schema_field({"type": ["string", "null"]})
class OriginalField(TextField):
    """The node of the plan that a node of a schedule's own stands for, by id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=256, default=None, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value.public_id)


@extend_schema_field({"type": ["string", "null"]})
class ScheduleIdField(serializers.Field):
    """The schedule that has the node for itself; null on what belongs to a plan."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="version", read_only=True, **kwargs)

    def to_representation(self, value: PricingPlanVersion) -> str | None:
        return value.pricing_plan.schedule_public_id


@extend_schema_field({"type": ["string", "null"]})
class PlanVersionIdField(ScheduleIdField):
    """The version that the node belongs to; null on what a schedule has for itself."""

    def to_representation(self, value: PricingPlanVersion) -> str | None:
        return None if value.pricing_plan.schedule_public_id else value.public_id


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
    original_pricing_item_id = OriginalField(source="original")
    override = EnumField(choices=Override.values, **OPTIONAL)
    vars().update(expanded("original_pricing_item"))


class PricingSerializer(serializers.Serializer):
    """The price block of a product."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    name = TextField()
    product_type = EnumField(choices=ProductType.values, **OPTIONAL)
    product_ids: serializers.Field = KeysField("product", source="product_links", min_length=1)
    display_order = display_order_field()
    entitlements = EntitlementSerializer(many=True, **OPTIONAL)
    items = PricingItemSerializer(many=True, **OPTIONAL)
    pricing_plan_version_id: serializers.Field = PlanVersionIdField()
    pricing_group_id: serializers.Field = serializers.CharField(
        source="group.public_id", read_only=True, allow_null=True, default=None
    )
    vars().update(expanded("products"))
    pricing_plan_schedule_id: serializers.Field = ScheduleIdField()
    original_pricing_id = OriginalField(source="original")
    override = EnumField(choices=Override.values, **OPTIONAL)
    vars().update(expanded("original_pricing"))


class PricingGroupSerializer(serializers.Serializer):
    """Alternative pricings."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    pricing_plan_version_id: serializers.Field = PlanVersionIdField()
    name = TextField()
    product_type = EnumField(choices=ProductType.values, **OPTIONAL)
    selection_constraint = EnumField(choices=SelectionConstraint.values, **OPTIONAL)
    display_order = display_order_field()
    pricings = PricingSerializer(many=True, **OPTIONAL)
    pricing_plan_schedule_id: serializers.Field = ScheduleIdField()


class PricingCategorySerializer(serializers.Serializer):
    """The prices of one product category."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256, source="public_id")
    product_category_id = StrictCharField(max_length=256, source="product_category.public_id")
    pricings = PricingSerializer(many=True, source="ungrouped", **OPTIONAL)
    pricing_groups = PricingGroupSerializer(many=True, **OPTIONAL)
    display_order = display_order_field()
    vars().update(expanded("product_category"))
