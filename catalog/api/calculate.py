"""The bodies of ``POST /v1/pricings/calculate`` (an extension): what does this price cost at a quantity?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL, ConfigMeterValueSerializer, PricingItemConfigSerializer
from catalog.models import ModelType, PricingItem
from catalog.services.calculate import Measured
from kit.api.fields import DecimalField, EnumField, StrictCharField
from kit.api.links import LinkField
from kit.api.shapes import AmountSerializer

MAX_EVENTS = 10_000


class CalculateMeterValueSerializer(ConfigMeterValueSerializer):
    """A number or an amount; ``count`` says of how many events."""

    def to_internal_value(self, data: Any) -> Measured:
        found = super().to_internal_value(data)
        number, amount = found.get("number"), found.get("amount")
        if (number is None) == (amount is None):
            message = "give one of number and amount"
            raise serializers.ValidationError({"number": [message]}, code="INVALID_FIELD")
        if amount is not None:
            return Measured(amount["quantity"], amount["currency"], found.get("count"))
        return Measured(number, None, found.get("count"))


class CalculateEventSerializer(CalculateMeterValueSerializer):
    """One event: its meter value, or the event as it would be sent, with that one value."""

    def to_internal_value(self, data: Any) -> Measured:
        if not isinstance(data, dict) or "meter_values" not in data:
            return super().to_internal_value(data)
        values = data["meter_values"]
        if not isinstance(values, list) or len(values) != 1:
            raise serializers.ValidationError({"meter_values": ["give one"]}, code="INVALID_FIELD")
        try:
            return super().to_internal_value(values[0])
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"meter_values": {"0": error.detail}}) from None


class CalculatePropertySerializer(serializers.Serializer):
    """A property of the usage that is asked about."""

    reference = StrictCharField(max_length=256)
    value = StrictCharField(max_length=1000, allow_blank=True)


class CalculateSerializer(serializers.Serializer):
    """A price, and the quantity or the single events that it is asked for.

    The price is a ``config``, or the rule of a stored pricing item that prices these properties.
    """

    config = PricingItemConfigSerializer(required=False)
    pricing_item_id = LinkField(PricingItem, **OPTIONAL)
    meter_properties = CalculatePropertySerializer(many=True, **OPTIONAL)
    model_type = EnumField(choices=ModelType.values, **OPTIONAL)
    meter_value = CalculateMeterValueSerializer(**OPTIONAL)
    events = serializers.ListField(child=CalculateEventSerializer(), max_length=MAX_EVENTS, **OPTIONAL)
    seats = DecimalField(help_text="So many seats of a PER_SEAT item, instead of a meter value.", **OPTIONAL)
    period_fraction = DecimalField(help_text="The part of a period that a fee is for; 1 is all.", **OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        item = attrs.get("pricing_item_id")
        if (item is None) == ("config" not in attrs):
            code = "MISSING_FIELD" if item is None else "INVALID_FIELD"
            message = "give one of config and pricing_item_id"
            raise serializers.ValidationError({"config": [message]}, code=code)
        return _with_seats(attrs)


def _with_seats(attrs: dict[str, Any]) -> dict[str, Any]:
    """Seats are the quantity of a price per seat."""
    for name in ("seats", "period_fraction"):
        if (attrs.get(name) or 0) < 0:
            raise serializers.ValidationError({name: ["must not be negative"]}, code="INVALID_FIELD")
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
    curve = PointSerializer(many=True)
