"""What the invoice numbers of a billing entity look like: the contract's DocumentNumberConfiguration."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.calc.numbering import PrefixPart
from kit.api.fields import EnumField, StrictCharField, StrictIntegerField, fail
from kit.errors import InvalidField

MONTHS = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER".split()
LARGEST = 2**31 - 1


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "type": {"type": "string", "enum": ["YEAR"]},
            "month": {"type": "string", "enum": MONTHS},
        },
        "required": ["month"],
        "example": {"type": "YEAR", "month": "JANUARY"},
    }
)
class ResetPeriodField(serializers.Field):
    """In which month the count starts again each year; null for never. Kept as the month's number."""

    def to_internal_value(self, data: Any) -> int:
        if (
            not isinstance(data, dict)
            or data.get("type", "YEAR") != "YEAR"
            or data.get("month") not in MONTHS
        ):
            raise fail(InvalidField('must be such as {"type": "YEAR", "month": "JANUARY"}, or null'))
        return MONTHS.index(data["month"]) + 1

    def to_representation(self, value: int) -> dict[str, str]:
        return {"type": "YEAR", "month": MONTHS[value - 1]}


class NumberConfigurationSerializer(serializers.Serializer):
    """``dynamic_prefix`` are parts of the invoice date; the count follows. What is left out stays."""

    prefix = StrictCharField(source="invoice_number_prefix", max_length=32, required=False, allow_blank=True)
    dynamic_prefix = serializers.ListField(
        source="invoice_number_parts",
        child=EnumField(choices=[each.value for each in PrefixPart]),
        max_length=len(PrefixPart),
        required=False,
    )
    separator = StrictCharField(
        source="invoice_number_separator", max_length=4, required=False, allow_blank=True
    )
    increment_by = StrictIntegerField(
        source="invoice_number_increment", min_value=1, max_value=1_000_000, required=False
    )
    first_number = StrictIntegerField(
        source="invoice_number_first", min_value=0, max_value=LARGEST, required=False
    )
    minimum_number_of_digits = StrictIntegerField(
        source="invoice_number_minimum_digits", min_value=1, max_value=20, required=False
    )
    reset_period = ResetPeriodField(source="invoice_number_reset_month", required=False, allow_null=True)
