"""Conditions on meter properties, in the contract's shape: a list, and nested expressions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.rating.comparisons import Comparator
from kit.api.fields import EnumField, StrictCharField, TextField, expanded

MAX_CONDITIONS = 50
MAX_VALUES = 1000
MAX_EXPRESSION_DEPTH = 8


class PropertyConditionSerializer(serializers.Serializer):
    """One comparison on a meter property, named by id or reference."""

    id = TextField(max_length=256)
    reference = TextField(max_length=256)
    value = TextField()
    values = serializers.ListField(
        child=StrictCharField(max_length=1000, allow_blank=True),
        required=False,
        allow_null=True,
        max_length=MAX_VALUES,
    )
    comparator = EnumField(choices=[each.value for each in Comparator])
    vars().update(expanded("meter_property"))


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "operator": {"type": "string", "enum": ["AND", "OR", "XOR"]},
            "operands": {"type": "array", "items": {"type": "object"}},
        },
        "example": None,
    }
)
class ExpressionField(serializers.Field):
    """``{operator, operands: [{meter_property} | {expression}]}``, kept as given but for unknown fields."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return self._expression(data, 1)

    def to_representation(self, value: Any) -> Any:
        return value

    def _expression(self, data: Any, depth: int) -> dict[str, Any]:
        if depth > MAX_EXPRESSION_DEPTH:
            raise serializers.ValidationError(f"is nested deeper than {MAX_EXPRESSION_DEPTH}")
        shell = ExpressionShell(data=data)
        shell.is_valid(raise_exception=True)
        found = shell.validated_data
        operands = [self._operand(operand, depth) for operand in found["operands"]]
        return {"operator": found["operator"], "operands": operands}

    def _operand(self, data: dict[str, Any], depth: int) -> dict[str, Any]:
        if data.get("expression") is not None:
            return {"expression": self._expression(data["expression"], depth + 1)}
        condition = PropertyConditionSerializer(data=data.get("meter_property"))
        condition.is_valid(raise_exception=True)
        return {"meter_property": dict(condition.validated_data)}


class ExpressionShell(serializers.Serializer):
    """An expression without what is nested in it."""

    operator = EnumField(choices=["AND", "OR", "XOR"])
    operands = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MAX_CONDITIONS)


class MeterConditionsSerializer(serializers.Serializer):
    """Comparisons that must all hold, or an expression of them."""

    name = TextField()
    meter_properties = PropertyConditionSerializer(many=True, required=False, allow_null=True)
    expression = ExpressionField(required=False, allow_null=True)
