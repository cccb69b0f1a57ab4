"""Discounts, markup and commitments of a schedule: JSON in, the same JSON kept and answered."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.discount_condition import ConditionSerializer
from catalog.rating.types import ResetType
from kit.api.fields import EnumField, StrictBooleanField, UnsupportedField
from kit.api.stored import StoredAmountSerializer, StoredDecimalField, StoredInstantField, Terms


class DatedSerializer(Terms):
    """In force from ``start_at`` until ``end_at``; by default as long as the schedule."""

    start_at = StoredInstantField(required=False, allow_null=True)
    end_at = StoredInstantField(required=False, allow_null=True)


class TargetedSerializer(DatedSerializer):
    """For what these ids name; products, items and categories of the catalog also by reference."""

    ids = serializers.ListField(
        child=serializers.CharField(max_length=256), required=False, allow_null=True, max_length=1000
    )


class SeatsSerializer(DatedSerializer):
    """So many seats of one rule of a PER_SEAT item; ``set_start_at_to_now`` fills ``start_at``.

    An ``amount`` where the rule prices money: a percentage of what is agreed, or bands of it.
    """

    pricing_item_config_id = serializers.CharField(max_length=32)
    number = StoredDecimalField(required=False, allow_null=True)
    amount = StoredAmountSerializer(required=False, allow_null=True)
    set_start_at_to_now = StrictBooleanField(required=False, allow_null=True)


class ScheduleIncludedVolumeSerializer(DatedSerializer):
    """So much of one rule is free, not what the plan includes; ``reset_type``: when it is full again."""

    pricing_item_config_id = serializers.CharField(max_length=32)
    number = StoredDecimalField(required=False, allow_null=True)
    amount = StoredAmountSerializer(required=False, allow_null=True)
    reset_type = EnumField(choices=[each.value for each in ResetType], required=False, allow_null=True)


class EnabledPricingSerializer(DatedSerializer):
    """An add-on, or one of a group of alternatives, that is on."""

    pricing_id = serializers.CharField(max_length=32)


class PromotionCodeDetailsSerializer(Terms):
    """The code by which a coupon was redeemed."""

    promotion_code_id = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)


@extend_schema_field({"type": ["string", "object", "null"], "description": "Null: see `coupon_discount`."})
class OfCouponField(UnsupportedField):
    """What only the discount of a coupon has; schedules get it by ``coupon_ids`` or ``promotion_codes``."""

    message = "coupons are applied by coupon_ids and promotion_codes"


class ReductionSerializer(DatedSerializer):
    """An amount or a percentage off, perhaps on a condition."""

    amount = StoredAmountSerializer(required=False, allow_null=True)
    percentage = StoredDecimalField(required=False, allow_null=True)
    condition = ConditionSerializer(required=False, allow_null=True)


class TotalDiscountSerializer(ReductionSerializer):
    """Off the total of the schedule's charges."""

    coupon_id = OfCouponField()
    promotion_code_details = OfCouponField()


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


class AppliedTotalDiscountSerializer(ReductionSerializer):
    """What a coupon takes off; free units have neither an amount nor a percentage."""

    coupon_id = serializers.CharField()
    promotion_code_details = PromotionCodeDetailsSerializer(allow_null=True)


class AppliedTargetedDiscountSerializer(AppliedTotalDiscountSerializer, TargetedSerializer):
    """What a coupon takes off the charges of what these ids name."""


class AppliedDiscountSerializer(Terms):
    """What coupons take off, by level."""

    pricing_item_configs = AppliedTargetedDiscountSerializer(many=True)
    pricing_items = AppliedTargetedDiscountSerializer(many=True)
    pricings = AppliedTargetedDiscountSerializer(many=True)
    totals = AppliedTotalDiscountSerializer(many=True)
    products = AppliedTargetedDiscountSerializer(many=True)
    product_items = AppliedTargetedDiscountSerializer(many=True)
    product_categories = AppliedTargetedDiscountSerializer(many=True)


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
