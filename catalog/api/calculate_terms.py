"""What a schedule would change, as the calculator is told of it: without ids and dates."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL
from catalog.api.discount_condition import ConditionSerializer
from catalog.rating.rules.conditions import COMPARISONS
from kit.api.fields import CurrencyField
from kit.api.stored import StoredAmountSerializer, StoredDecimalField, Terms

MOST = 50


class AmountOrOtherSerializer(Terms):
    """An amount or the field ``other``, not negative."""

    amount = StoredAmountSerializer(**OPTIONAL)
    other = "percentage"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("amount", self.other) if attrs.get(name) is not None]
        if len(given) != 1:
            name, message = (given[1], "excludes amount") if given else ("amount", "value required")
            code = "INVALID_FIELD" if given else "MISSING_FIELD"
            raise serializers.ValidationError({name: [message]}, code=code)
        value = attrs[given[0]]
        found = value if isinstance(value, str) else value.get("quantity") or value["number"]
        if found.startswith("-"):
            raise serializers.ValidationError({given[0]: ["must not be negative"]}, code="INVALID_FIELD")
        return attrs


class CalculateMarkupSerializer(AmountOrOtherSerializer):
    """An amount or a percentage, not negative."""

    percentage = StoredDecimalField(**OPTIONAL)


class CalculateDiscountSerializer(CalculateMarkupSerializer):
    """An amount or a percentage off, perhaps on a condition."""

    condition = ConditionSerializer(**OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        condition = attrs.get("condition")
        if condition and condition["comparator"] not in COMPARISONS:
            message = {"condition": {"comparator": ["amounts compare by size only"]}}
            raise serializers.ValidationError(message, code="INVALID_FIELD")
        return super().validate(attrs)


class CalculateUnitsSerializer(Terms):
    """So many units of the rule."""

    number = StoredDecimalField()


class CalculateCommitmentSerializer(AmountOrOtherSerializer):
    """An amount that is charged at least, or so many units of the one rule."""

    meter_value_calculation = CalculateUnitsSerializer(**OPTIONAL)
    other = "meter_value_calculation"


class CalculateTermsSerializer(Terms):
    """Applied in the order of an invoice: markups before the line is rounded, discounts of the item,
    commitments on what is left, discounts on the total. ``billing_currency``: at the exchange rates of now.
    """

    markups = serializers.ListField(child=CalculateMarkupSerializer(), max_length=MOST, **OPTIONAL)
    discounts = serializers.ListField(child=CalculateDiscountSerializer(), max_length=MOST, **OPTIONAL)
    commitments = serializers.ListField(child=CalculateCommitmentSerializer(), max_length=MOST, **OPTIONAL)
    total_discounts = serializers.ListField(child=CalculateDiscountSerializer(), max_length=MOST, **OPTIONAL)
    billing_currency = CurrencyField(**OPTIONAL)
