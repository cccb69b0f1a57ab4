"""The values in the body of ``POST /v1/pricings/calculate``: quantities, under properties, as events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL, ConfigMeterValueSerializer
from catalog.rating import period_part
from catalog.rating.period_part import PeriodPart
from catalog.services.calculate_usage import Measured, Under
from kit.api.fields import StrictCharField, fail
from kit.errors import TallydeskError

MAX_PROPERTIES = 50


@extend_schema_field({"type": "string", "example": "18/31"})
class PeriodPartField(serializers.Field):
    """A part of a period: a decimal, or days of days."""

    def to_internal_value(self, data: Any) -> PeriodPart:
        try:
            return period_part.parse(data)
        except TallydeskError as error:
            raise fail(error) from None


class CalculateMeterValueSerializer(ConfigMeterValueSerializer):
    """A number or an amount; ``count`` says of how many events."""

    def to_internal_value(self, data: Any) -> Measured:
        return _measured(super().to_internal_value(data))


def _measured(found: dict[str, Any]) -> Measured:
    number, amount = found.get("number"), found.get("amount")
    if (number is None) == (amount is None):
        message = "give one of number and amount"
        raise serializers.ValidationError({"number": [message]}, code="INVALID_FIELD")
    if amount is not None:
        return Measured(amount["quantity"], amount["currency"], found.get("count"))
    assert number is not None
    return Measured(number, None, found.get("count"))


class CalculatePropertySerializer(serializers.Serializer):
    """A property of the usage that is asked about, by reference or id."""

    id = StrictCharField(max_length=256, **OPTIONAL)
    reference = StrictCharField(max_length=256, **OPTIONAL)
    value = StrictCharField(max_length=1000, allow_blank=True)

    def to_internal_value(self, data: Any) -> tuple[str, str]:
        found = super().to_internal_value(data)
        name = found.get("reference") or found.get("id")
        if name is None:
            raise serializers.ValidationError({"reference": ["value required"]}, code="MISSING_FIELD")
        return name, found["value"]


class PropertiesField(serializers.ListField):
    """Properties, each once, as ``{name: value}``."""

    child = CalculatePropertySerializer()

    def to_internal_value(self, data: Any) -> Any:
        pairs: list[tuple[str, str]] = super().to_internal_value(data)
        found = dict(pairs)
        if len(found) != len(pairs):
            raise serializers.ValidationError("name each property once", code="INVALID_FIELD")
        return found


class UnderSerializer(ConfigMeterValueSerializer):
    """A number or an amount under some property values; ``count`` says of how many events."""

    meter_properties = PropertiesField(max_length=MAX_PROPERTIES, **OPTIONAL)

    def to_internal_value(self, data: Any) -> Under:
        found = super().to_internal_value(data)
        return Under(_measured(found), found.get("meter_properties") or {})


class CalculateEventSerializer(UnderSerializer):
    """One event: its meter value, or the event as it would be sent, with that one value."""

    def to_internal_value(self, data: Any) -> Under:
        if not isinstance(data, dict) or "meter_values" not in data:
            return super().to_internal_value(data)
        values = data["meter_values"]
        if not isinstance(values, list) or len(values) != 1 or not isinstance(values[0], dict):
            raise serializers.ValidationError({"meter_values": ["give one"]}, code="INVALID_FIELD")
        properties = {"meter_properties": data.get("meter_properties")}
        try:
            return super().to_internal_value({**values[0], **properties})
        except serializers.ValidationError as error:
            if "meter_properties" in error.detail:
                raise
            raise serializers.ValidationError({"meter_values": {"0": error.detail}}) from None
