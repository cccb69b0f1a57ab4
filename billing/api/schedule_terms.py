"""Discounts, markup and commitments of a schedule: JSON in, the same JSON kept and answered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from catalog.rating.types import Comparator
from kit import money
from kit.api.fields import DecimalField, EnumField, InstantField, StrictBooleanField, unsupported
from kit.api.shapes import AmountSerializer
from kit.period import format_instant


class Terms(serializers.Serializer):
    """Validated as a serializer does, then plain JSON: decimals as strings, instants in UTC."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        sent: dict[str, Any] = plain_json(super().to_internal_value(data))
        return sent

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            name: field.to_representation(instance[name]) if instance.get(name) is not None else None
            for name, field in self.fields.items()
        }


def plain_json(value: Any) -> Any:
    """The value as it is stored; what is null is left out of objects."""
    if isinstance(value, dict):
        return {key: plain_json(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [plain_json(each) for each in value]
    if isinstance(value, Decimal):
        return money.plain(value)
    return format_instant(value) if isinstance(value, datetime) else value


class StoredInstantField(InstantField):
    """An instant that is kept as text."""

    def to_representation(self, value: Any) -> str:
        return str(value)


class StoredDecimalField(DecimalField):
    """A decimal that is kept as text."""

    def to_representation(self, value: Any) -> str:
        return str(value)


class StoredAmountSerializer(AmountSerializer):
    """An amount that is kept as text."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"quantity": instance["quantity"], "currency": instance["currency"]}


class DatedSerializer(Terms):
    """In force from ``start_at`` until ``end_at``; by default as long as the schedule."""

    start_at = StoredInstantField(required=False, allow_null=True)
    end_at = StoredInstantField(required=False, allow_null=True)


class TargetedSerializer(DatedSerializer):
    """For what these ids name."""

    ids = serializers.ListField(
        child=serializers.CharField(max_length=32), required=False, allow_null=True, max_length=1000
    )


class SeatsSerializer(DatedSerializer):
    """So many seats of one rule of a PER_SEAT item; ``set_start_at_to_now`` fills ``start_at``."""

    pricing_item_config_id = serializers.CharField(max_length=32)
    number = StoredDecimalField()
    set_start_at_to_now = StrictBooleanField(required=False, allow_null=True)
    vars().update(unsupported("amount"))


class ConditionValueSerializer(Terms):
    """What is compared with."""

    amount = StoredAmountSerializer()


class ConditionSerializer(Terms):
    """A discount is given only where the charges it is for compare so with the amount."""

    comparator = EnumField(choices=[each.value for each in Comparator])
    value = ConditionValueSerializer()


class TotalDiscountSerializer(DatedSerializer):
    """Off the total of the schedule's charges."""

    amount = StoredAmountSerializer(required=False, allow_null=True)
    percentage = StoredDecimalField(required=False, allow_null=True)
    condition = ConditionSerializer(required=False, allow_null=True)
    vars().update(unsupported("coupon_id", "promotion_code_details"))


class TargetedDiscountSerializer(TotalDiscountSerializer, TargetedSerializer):
    """Off the charges of what these ids name, once for all of them together."""


class DiscountSerializer(Terms):
    """Discounts by level. All that apply are lines of type DISCOUNT."""

    pricing_item_configs = TargetedDiscountSerializer(many=True, required=False, allow_null=True)
    pricing_items = TargetedDiscountSerializer(many=True, required=False, allow_null=True)
    pricings = TargetedDiscountSerializer(many=True, required=False, allow_null=True)
    totals = TotalDiscountSerializer(many=True, required=False, allow_null=True)
    products = TargetedDiscountSerializer(many=True, required=False, allow_null=True)
    product_items = TargetedDiscountSerializer(many=True, required=False, allow_null=True)
    product_categories = TargetedDiscountSerializer(many=True, required=False, allow_null=True)


class RuleMarkupSerializer(TargetedSerializer):
    """Added to the charge of these rules."""

    amount = StoredAmountSerializer(required=False, allow_null=True)
    percentage = StoredDecimalField(required=False, allow_null=True)


class MarkupSerializer(Terms):
    """Markup is of rules only."""

    pricing_item_configs = RuleMarkupSerializer(many=True, required=False, allow_null=True)


class TotalCommitmentSerializer(DatedSerializer):
    """What the schedule is charged at least in a billing period."""

    amount = StoredAmountSerializer(required=False, allow_null=True)


class TargetedCommitmentSerializer(TargetedSerializer):
    """What these ids are charged at least, once for all of them together."""

    amount = StoredAmountSerializer(required=False, allow_null=True)


class CommittedUnitsSerializer(Terms):
    """So many units, or so much of a value that is money."""

    number = StoredDecimalField(required=False, allow_null=True)
    amount = StoredAmountSerializer(required=False, allow_null=True)


class RuleCommitmentSerializer(TargetedCommitmentSerializer):
    """An amount, or units of one rule."""

    meter_value_calculation = CommittedUnitsSerializer(required=False, allow_null=True)


class CommitmentSerializer(Terms):
    """Minimum commitments by level. A shortfall is a line of type COMMITMENT."""

    pricing_item_configs = RuleCommitmentSerializer(many=True, required=False, allow_null=True)
    pricing_items = TargetedCommitmentSerializer(many=True, required=False, allow_null=True)
    pricings = TargetedCommitmentSerializer(many=True, required=False, allow_null=True)
    totals = TotalCommitmentSerializer(many=True, required=False, allow_null=True)
