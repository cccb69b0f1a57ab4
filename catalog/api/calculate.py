"""The bodies of ``POST /v1/pricings/calculate`` (an extension): what does this price cost at a quantity?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.calculate_terms import CalculateTermsSerializer
from catalog.api.calculate_values import (
    MAX_PROPERTIES,
    CalculateEventSerializer,
    CalculateMeterValueSerializer,
    PeriodPartField,
    PropertiesField,
    UnderSerializer,
)
from catalog.api.config_shape import OPTIONAL, PricingItemConfigSerializer
from catalog.models import ModelType, PricingItem
from catalog.rating.types import ZERO
from catalog.rating.volume import State
from catalog.services.calculate import Measured
from kit.api.fields import CurrencyField, DecimalField, EnumField, StrictCharField
from kit.api.links import LinkField
from kit.api.shapes import AmountSerializer, PeriodSerializer
from kit.errors import InvalidField
from kit.period import Period, PeriodType
from metering.models import CalculationType

MAX_EVENTS = 10_000
MAX_CONFIGS = 100
PRICES = ("config", "configs", "pricing_item_id")
OF_STORED = ("pricing_currency", "billing_period")
OF_BODIES = ("calculation_type", "meter_property_id", "tiering_calculation_type")


class CalculatePeriodSerializer(PeriodSerializer):
    """A billing period."""

    def to_internal_value(self, data: Any) -> Period:
        found = super().to_internal_value(data)
        try:
            return Period(PeriodType(found["type"]), found["value"])
        except InvalidField as error:
            raise serializers.ValidationError({"value": [error.message]}, code="INVALID_FIELD") from None


class LeftSerializer(serializers.Serializer):
    """What earlier periods left of an included volume that is not full again, and of bundles."""

    included_volume = DecimalField(**OPTIONAL)
    bundles = DecimalField(**OPTIONAL)

    def to_internal_value(self, data: Any) -> State:
        found = super().to_internal_value(data)
        for name, value in found.items():
            if value is not None and value < 0:
                raise serializers.ValidationError({name: ["must not be negative"]}, code="INVALID_FIELD")
        return State(found.get("included_volume"), found.get("bundles") or ZERO)


class CalculateSerializer(serializers.Serializer):
    """A price, and the quantity or the single events that it is asked for.

    The price is a ``config``, or the rule of a stored pricing item that prices these properties. Several
    ``configs``, ``meter_values``, or events with properties ask for all rules at once: usage is divided
    over them as an invoice divides it, and aggregated by the calculation of the stored item, or by
    ``calculation_type``: events as events, ``meter_values`` as results that are to become one.
    """

    config = PricingItemConfigSerializer(required=False)
    configs = serializers.ListField(
        child=PricingItemConfigSerializer(), min_length=1, max_length=MAX_CONFIGS, required=False
    )
    pricing_item_id = LinkField(PricingItem, **OPTIONAL)
    pricing_currency = CurrencyField(
        help_text="Prices of the stored item for this currency; by default that of its version.", **OPTIONAL
    )
    billing_period = CalculatePeriodSerializer(**OPTIONAL)
    calculation_type = EnumField(
        choices=CalculationType.values,
        help_text="How several values become one where the price is not stored; by default SUM.",
        **OPTIONAL,
    )
    meter_property_id = StrictCharField(
        max_length=256, help_text="The property whose values UNIQUE counts, by id or reference.", **OPTIONAL
    )
    meter_properties = PropertiesField(max_length=MAX_PROPERTIES, **OPTIONAL)
    model_type = EnumField(choices=ModelType.values, **OPTIONAL)
    meter_value = CalculateMeterValueSerializer(**OPTIONAL)
    meter_values = serializers.ListField(
        child=UnderSerializer(),
        max_length=MAX_EVENTS,
        help_text="Usage under several property values.",
        **OPTIONAL,
    )
    events = serializers.ListField(child=CalculateEventSerializer(), max_length=MAX_EVENTS, **OPTIONAL)
    tiering_meter_value = CalculateMeterValueSerializer(
        help_text="What decides the bands: another calculation's result, or usage that meets the"
        " tiering_conditions.",
        **OPTIONAL,
    )
    tiering_meter_values = serializers.ListField(
        child=UnderSerializer(),
        max_length=MAX_EVENTS,
        help_text="Results of the other calculation that decides the bands, under several property values.",
        **OPTIONAL,
    )
    tiering_calculation_type = EnumField(
        choices=CalculationType.values,
        help_text="How several of them become one where the price is not stored; by default SUM.",
        **OPTIONAL,
    )
    seats = DecimalField(help_text="So many seats of a PER_SEAT item, instead of a meter value.", **OPTIONAL)
    left = LeftSerializer(help_text="As the answer for the period before has it.", **OPTIONAL)
    terms = CalculateTermsSerializer(
        help_text="What a schedule would change: markups, discounts, commitments, the billing currency.",
        **OPTIONAL,
    )
    period_fraction = PeriodPartField(
        help_text="The part of a period that a fee is for: `0.5`, or `18/31` for 18 days of 31. What is"
        " committed among `terms` is for that part too.",
        **OPTIONAL,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in PRICES if attrs.get(name) is not None]
        if len(given) != 1:
            code = "INVALID_FIELD" if given else "MISSING_FIELD"
            message = "give one of config, configs and pricing_item_id"
            raise serializers.ValidationError({"config": [message]}, code=code)
        _refuse_what_excludes(given[0], attrs)
        attrs["by_rules"] = _is_by_rules(attrs)
        if attrs["by_rules"]:
            return _by_rules(attrs)
        return _with_seats(attrs)


def _refuse_what_excludes(price: str, attrs: dict[str, Any]) -> None:
    """A stored item knows its calculation; only a stored one has prices to choose from."""
    names = OF_BODIES if price == "pricing_item_id" else OF_STORED
    wrong = next((name for name in names if attrs.get(name) is not None), None)
    if wrong is not None:
        raise serializers.ValidationError({wrong: [f"excludes {price}"]}, code="INVALID_FIELD")
    if attrs.get("meter_property_id") and attrs.get("calculation_type") != CalculationType.UNIQUE:
        message = "is for the calculation_type UNIQUE"
        raise serializers.ValidationError({"meter_property_id": [message]}, code="INVALID_FIELD")


def _is_by_rules(attrs: dict[str, Any]) -> bool:
    if any(attrs.get(name) is not None for name in ("configs", "meter_values", "tiering_meter_values")):
        return True
    return any(each.properties for each in attrs.get("events") or ())


def _by_rules(attrs: dict[str, Any]) -> dict[str, Any]:
    """All rules at once price usage, and only that."""
    names = ("meter_value", "meter_properties", "seats", "period_fraction", "tiering_meter_value", "left")
    wrong = next((name for name in names if attrs.get(name) is not None), None)
    if wrong is not None:
        message = "excludes usage under several properties, and several configs"
        raise serializers.ValidationError({wrong: [message]}, code="INVALID_FIELD")
    if attrs.get("events") is not None and attrs.get("meter_values") is not None:
        raise serializers.ValidationError({"events": ["excludes meter_values"]}, code="INVALID_FIELD")
    return attrs


def _with_seats(attrs: dict[str, Any]) -> dict[str, Any]:
    """Seats are the quantity of a price per seat."""
    if (attrs.get("seats") or 0) < 0:
        raise serializers.ValidationError({"seats": ["must not be negative"]}, code="INVALID_FIELD")
    part = attrs.get("period_fraction")
    if attrs.get("terms") is not None and part is not None and part.fraction > 1:
        message = "is at most 1 beside terms, which are of one period"
        raise serializers.ValidationError({"period_fraction": [message]}, code="INVALID_FIELD")
    if attrs.get("seats") is None:
        return attrs
    given = next((name for name in ("meter_value", "events") if attrs.get(name) is not None), None)
    if given is not None:
        raise serializers.ValidationError({"seats": [f"excludes {given}"]}, code="INVALID_FIELD")
    if attrs.get("model_type") not in (None, ModelType.PER_SEAT):
        raise serializers.ValidationError(
            {"seats": ["are sold by PER_SEAT items only"]}, code="INVALID_FIELD"
        )
    return attrs | {"meter_value": Measured(attrs["seats"]), "model_type": ModelType.PER_SEAT.value}


class PointSerializer(serializers.Serializer):
    """One point of the price curve."""

    number = DecimalField()
    amount = DecimalField()


class CalculationSerializer(serializers.Serializer):
    """The amount, rounded and exact, how it came about, and what other quantities would cost."""

    pricing_item_config_id = serializers.CharField(allow_null=True)
    amount = AmountSerializer()
    unrounded_amount = DecimalField()
    unit_amount = DecimalField(allow_null=True)
    details = serializers.ListField(child=serializers.DictField())
    steps = serializers.ListField(child=serializers.DictField())
    adjustments = serializers.ListField(
        child=serializers.DictField(),
        help_text="The discounts and the shortfalls of commitments that stand beside it on an invoice.",
    )
    left = LeftSerializer(allow_null=True, help_text="What the next period may use, where something goes on.")
    curve = PointSerializer(many=True)
    rules = serializers.ListField(
        child=serializers.DictField(),
        help_text="Where several rules are asked about: each with its usage, amount, details and steps.",
    )
    unpriced = serializers.ListField(
        child=serializers.DictField(), help_text="Usage under properties that no rule prices."
    )
