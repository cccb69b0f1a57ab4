"""Serializers of what is kept as JSON: validated as any other, then plain JSON, answered as it was kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from kit import money
from kit.api.fields import DecimalField, InstantField
from kit.api.shapes import AmountSerializer, PeriodSerializer
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


class StoredPeriodSerializer(Terms, PeriodSerializer):
    """A length of time that is kept as it was sent."""
