"""The dated tax rates of a billing entity, an extension."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.api.fields import WholeFields
from kit.api.fields import CountryField, DecimalField, StrictCharField, fail
from kit.errors import InvalidField
from kit.money import plain

HUNDRED = Decimal(100)


@extend_schema_field({"type": "string", "format": "date", "example": "2026-07-01"})
class DayField(StrictCharField):
    """A calendar day, ``2026-07-01``; kept as it is written."""

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise fail(InvalidField("must be a day such as 2026-07-01")) from None


class PercentField(DecimalField):
    """A percentage from 0 to 100, kept as a decimal string."""

    def to_internal_value(self, data: Any) -> str:
        value: Decimal = super().to_internal_value(data)
        if not 0 <= value <= HUNDRED:
            raise fail(InvalidField("must be a percentage from 0 to 100"))
        return plain(value)

    def to_representation(self, value: Any) -> str:
        return str(value)


class TaxRateSerializer(WholeFields):
    """The standard rate of a country between two days, both included; ``valid_to`` null leaves it open."""

    country = CountryField()
    tax_name = StrictCharField(max_length=64, required=False, default="VAT")
    percentage = PercentField()
    valid_from = DayField()
    valid_to = DayField(required=False, allow_null=True, default=None)
    source = StrictCharField(max_length=500, required=False, default="", allow_blank=True)  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last = attrs["valid_to"]
        if last is not None and last < attrs["valid_from"]:
            message = "must not be before valid_from"
            raise serializers.ValidationError({"valid_to": message}, code="INVALID_FIELD")
        return dict(attrs)
