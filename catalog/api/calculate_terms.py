"""What a schedule would change, as the calculator is told of it: without ids and dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL
from catalog.api.coupons import CouponDiscountSerializer, CouponDurationSerializer
from catalog.api.discount_condition import ConditionSerializer
from catalog.models import Coupon
from catalog.rating.rules.conditions import COMPARISONS
from kit.api.fields import CurrencyField, EnumField, StrictCharField, StrictIntegerField
from kit.api.links import ManyLinksField
from kit.api.stored import StoredAmountSerializer, StoredDecimalField, StoredInstantField, Terms

MOST = 50
WHOLE = Decimal(100)
LEVELS = ("RULE", "ITEM", "PRODUCT", "CATEGORY")


class AmountOrOtherSerializer(Terms):
    """An amount or the field ``other``, not negative."""

    amount = StoredAmountSerializer(**OPTIONAL)
    other = "percentage"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        name = one_of(attrs, "amount", self.other)
        value = attrs[name]
        if isinstance(value, dict):
            value = value.get("quantity") or value.get("number") or value["amount"]["quantity"]
        if value.startswith("-"):
            raise serializers.ValidationError({name: ["must not be negative"]}, code="INVALID_FIELD")
        return attrs


def one_of(attrs: dict[str, Any], first: str, other: str) -> str:
    """Which of the two is given; raises ValidationError for none and for both."""
    given = [name for name in (first, other) if attrs.get(name) is not None]
    if len(given) != 1:
        name, message = (given[1], f"excludes {first}") if given else (first, "value required")
        code = "INVALID_FIELD" if given else "MISSING_FIELD"
        raise serializers.ValidationError({name: [message]}, code=code)
    return given[0]


class OfRulesSerializer(AmountOrOtherSerializer):
    """For these rules, by their place among several; without them for all that are asked about."""

    rules = serializers.ListField(
        child=StrictIntegerField(min_value=0, max_value=999), min_length=1, max_length=100, **OPTIONAL
    )


class CalculateMarkupSerializer(OfRulesSerializer):
    """An amount or a percentage, not negative."""

    percentage = StoredDecimalField(**OPTIONAL)


class CalculateTotalDiscountSerializer(AmountOrOtherSerializer):
    """An amount or a percentage off, perhaps on a condition."""

    percentage = StoredDecimalField(**OPTIONAL)
    condition = ConditionSerializer(**OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        condition = attrs.get("condition")
        if condition and condition["comparator"] not in COMPARISONS:
            message = {"condition": {"comparator": ["amounts compare by size only"]}}
            raise serializers.ValidationError(message, code="INVALID_FIELD")
        percentage = attrs.get("percentage")
        if percentage is not None and Decimal(percentage) > WHOLE:
            raise serializers.ValidationError({"percentage": ["must be at most 100"]}, code="INVALID_FIELD")
        return super().validate(attrs)


class CalculateDiscountSerializer(OfRulesSerializer, CalculateTotalDiscountSerializer):
    """The same at a ``level``: by default ITEM, or RULE where rules are named."""

    level = EnumField(choices=LEVELS, **OPTIONAL)


class CalculateUnitsSerializer(Terms):
    """So many units of the rule."""

    number = StoredDecimalField(**OPTIONAL)
    amount = StoredAmountSerializer(**OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        one_of(attrs, "number", "amount")
        return attrs


class CalculateCommitmentSerializer(OfRulesSerializer):
    """An amount that is charged at least, at a ``level`` (by default ITEM), or so many units of one rule."""

    meter_value_calculation = CalculateUnitsSerializer(**OPTIONAL)
    level = EnumField(choices=(*LEVELS, "TOTAL"), **OPTIONAL)
    other = "meter_value_calculation"


class CalculateCouponSerializer(Terms):
    """A coupon as it would be stored; it lasts from ``start_at`` of the terms on, by default FOREVER."""

    name = StrictCharField(max_length=1000, **OPTIONAL)
    discount = CouponDiscountSerializer()
    duration = CouponDurationSerializer(**OPTIONAL)


class CalculateExchangeRateSerializer(Terms):
    """One ``base_currency`` is ``rate`` of ``currency``, from ``rate_timestamp`` on."""

    base_currency = CurrencyField()
    currency = CurrencyField()
    rate = StoredDecimalField()
    rate_timestamp = StoredInstantField(**OPTIONAL)
    vars().update(source=StrictCharField(max_length=200, **OPTIONAL))


class CalculateTermsSerializer(Terms):
    """Applied in the order of an invoice: markups before the line is rounded, discounts of rule, item,
    product and category, commitments on what is left, discounts on the total, coupons.

    ``billing_currency`` is at the exchange rates of ``exchange_rates_at`` (by default the end of the
    ``period``, or now): the stored ones, or ``exchange_rates`` where they are told. Coupons come by id, by
    code and then as told; since ``start_at`` (by default the start of the period) they are in force.
    """

    start_at = StoredInstantField(**OPTIONAL)
    markups = serializers.ListField(child=CalculateMarkupSerializer(), max_length=MOST, **OPTIONAL)
    discounts = serializers.ListField(child=CalculateDiscountSerializer(), max_length=MOST, **OPTIONAL)
    commitments = serializers.ListField(child=CalculateCommitmentSerializer(), max_length=MOST, **OPTIONAL)
    total_discounts = serializers.ListField(
        child=CalculateTotalDiscountSerializer(), max_length=MOST, **OPTIONAL
    )
    coupon_ids = ManyLinksField(Coupon, max_length=MOST, **OPTIONAL)
    promotion_codes = serializers.ListField(
        child=StrictCharField(max_length=256), max_length=MOST, **OPTIONAL
    )
    coupons = serializers.ListField(child=CalculateCouponSerializer(), max_length=MOST, **OPTIONAL)
    billing_currency = CurrencyField(**OPTIONAL)
    exchange_rates_at = StoredInstantField(**OPTIONAL)
    exchange_rates = serializers.ListField(
        child=CalculateExchangeRateSerializer(), max_length=MOST, **OPTIONAL
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wants = ("exchange_rates", "exchange_rates_at")
        wrong = next((name for name in wants if attrs.get(name) is not None), None)
        if wrong is not None and attrs.get("billing_currency") is None:
            raise serializers.ValidationError({"billing_currency": ["value required"]}, "MISSING_FIELD")
        return attrs
