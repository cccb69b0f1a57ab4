"""What stands beside the price in the body of ``POST /v1/pricings/calculate``: a period, seats, volumes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.config_shape import OPTIONAL
from catalog.asked import AskedPeriod
from catalog.rating.types import ZERO, ResetType
from catalog.rating.volume import State
from kit.api.fields import DecimalField, EnumField, InstantField, StrictIntegerField, TimeZoneField
from kit.api.shapes import PeriodSerializer
from kit.api.stored import StoredAmountSerializer, StoredDecimalField, StoredInstantField, Terms
from kit.errors import InvalidField
from kit.period import Period, PeriodType

BILLING_TIMES = ("EXACT", "CALENDAR")


class CalculatePeriodSerializer(PeriodSerializer):
    """A billing period."""

    def to_internal_value(self, data: Any) -> Period:
        found = super().to_internal_value(data)
        try:
            return Period(PeriodType(found["type"]), found["value"])
        except InvalidField as error:
            raise serializers.ValidationError({"value": [error.message]}, code="INVALID_FIELD") from None


class CalculateSpanSerializer(serializers.Serializer):
    """The time that is billed, within one billing period: from ``start_at`` until ``end_at`` (not included).

    Without ``end_at`` it is the rest of the billing period. Billing periods are as long as
    ``billing_period`` says and are counted from ``anchor_at`` (the start of the subscription; by default
    ``start_at``), or with CALENDAR on the calendar of ``time_zone``, which is that of the default billing
    entity unless it is given.
    """

    start_at = InstantField()
    end_at = InstantField(**OPTIONAL)
    anchor_at = InstantField(**OPTIONAL)
    billing_time = EnumField(choices=BILLING_TIMES, **OPTIONAL)
    time_zone = TimeZoneField(max_length=64, **OPTIONAL)

    def to_internal_value(self, data: Any) -> AskedPeriod:
        found = super().to_internal_value(data)
        return AskedPeriod(
            found["start_at"],
            found.get("end_at"),
            found.get("anchor_at"),
            found.get("billing_time") or BILLING_TIMES[0],
            found.get("time_zone"),
        )


class CalculateSeatsSerializer(Terms):
    """So many seats, or an amount that is agreed, from ``start_at`` until ``end_at``: as of a schedule."""

    number = StoredDecimalField(**OPTIONAL)
    amount = StoredAmountSerializer(**OPTIONAL)
    start_at = StoredInstantField(**OPTIONAL)
    end_at = StoredInstantField(**OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs.get("start_at"), attrs.get("end_at")
        if start is not None and end is not None and end <= start:
            raise serializers.ValidationError({"end_at": ["must be later than start_at"]}, "INVALID_FIELD")
        return attrs


class CalculateVolumeSerializer(Terms):
    """What a schedule includes of a rule (by default of the first) in the place of what the plan does."""

    rule = StrictIntegerField(min_value=0, max_value=999, **OPTIONAL)
    number = StoredDecimalField(**OPTIONAL)
    amount = StoredAmountSerializer(**OPTIONAL)
    reset_type = EnumField(choices=[each.value for each in ResetType], **OPTIONAL)


class LeftSerializer(serializers.Serializer):
    """What earlier periods left of an included volume that is not full again, and of bundles."""

    included_volume = DecimalField(**OPTIONAL)
    bundles = DecimalField(**OPTIONAL)

    def to_internal_value(self, data: Any) -> Any:
        return state_of(super().to_internal_value(data))


class LeftOfRuleSerializer(LeftSerializer):
    """The same of one of several rules."""

    rule = StrictIntegerField(min_value=0, max_value=999)

    def to_internal_value(self, data: Any) -> Any:
        found = super(LeftSerializer, self).to_internal_value(data)
        return found["rule"], state_of(found)


def state_of(found: dict[str, Any]) -> State:
    """As rating has it. Raises ValidationError for what is negative."""
    for name in ("included_volume", "bundles"):
        if (found.get(name) or ZERO) < 0:
            raise serializers.ValidationError({name: ["must not be negative"]}, code="INVALID_FIELD")
    return State(found.get("included_volume"), found.get("bundles") or ZERO)
