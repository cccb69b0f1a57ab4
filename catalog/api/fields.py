"""Fields that several resources of the catalog share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Status, TaxCategory
from kit import ids
from kit.api.fields import EnumField, StrictIntegerField, TextField
from kit.api.links import find

LARGEST = 2**31 - 1


def status_field() -> EnumField:
    """``status``: DRAFT at creation unless given; a change must be a step of the core flow."""
    return EnumField(choices=Status.values, required=False)


def tax_category_field() -> EnumField:
    """``tax_category``: null leaves the word to what stands above."""
    return EnumField(choices=TaxCategory.values, required=False, allow_null=True)


def display_order_field() -> StrictIntegerField:
    """``display_order``: lowest first; null comes last."""
    return StrictIntegerField(required=False, allow_null=True, min_value=-LARGEST, max_value=LARGEST)


@extend_schema_field({"type": ["string", "null"], "example": "cust_034tVmWmQXmJ2vBq7dLs"})
class CustomerIdField(TextField):
    """The one customer whom something is made for, by id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="customer_public_id", max_length=32, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not ids.looks_like(value, prefix="cust"):
            raise serializers.ValidationError("must be the id of a customer", code="INVALID_FIELD")
        return value


@extend_schema_field(
    {
        "type": "object",
        "properties": {"id": {"type": "string"}, "reference": {"type": "string"}},
        "example": {"reference": "sso"},
    }
)
class IdentityField(serializers.Field):
    """``{id, reference}`` of a row of ``model``: one of the two in, both out."""

    def __init__(self, model: Any, **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        key = (data.get("id") or data.get("reference")) if isinstance(data, dict) else None
        if not isinstance(key, str):
            raise serializers.ValidationError("must be an object with an id or a reference")
        found = find(self.model, self.context["platform"], key)
        if found is None:
            raise serializers.ValidationError(
                f"The requested {self.model.object_type} could not be found", code="RESOURCES_NOT_FOUND"
            )
        return found

    def to_representation(self, value: Any) -> dict[str, str]:
        return {"id": value.public_id, "reference": value.reference}
