"""The verdicts on tax ids, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from billing.services.customers import tax_ids
from kit.api.fields import InstantField


class TaxIdValidationSerializer(serializers.Serializer):
    """What can be said of a tax id."""

    id = serializers.CharField()
    validation_date = InstantField()
    source = serializers.CharField()  # type: ignore[assignment]
    valid = serializers.ChoiceField(choices=["VALID", "NOT_VALID", "UNKNOWN"])
    message = serializers.CharField(allow_null=True)


class TaxIdValidationListSerializer(serializers.Serializer):
    """The verdicts, in the order of the ids."""

    data = TaxIdValidationSerializer(many=True)  # type: ignore[assignment]


def checked(customer: dict[str, Any], *, at: datetime) -> list[dict[str, Any]]:
    """A verdict per tax id of the (partial) customer that was sent."""
    organization = tax_ids.aligned(customer.get("organization") or {})
    country = (organization.get("registered_address") or {}).get("country")
    verdicts = [
        tax_ids.check(number=each["id"], kind=each.get("type"), country=country)
        for each in organization.get("tax_ids") or []
    ]
    return [
        {
            "id": verdict.id,
            "validation_date": InstantField().to_representation(at),
            "source": tax_ids.SOURCE,
            "valid": verdict.valid,
            "message": verdict.message,
        }
        for verdict in verdicts
    ]
