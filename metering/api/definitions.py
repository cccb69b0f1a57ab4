"""Fields and filters that meters, values and properties share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from kit.api.fields import EnumField, ReferenceField, TextField
from kit.api.filters import OneOf
from metering.models import Status

STATUSES = [OneOf("statuses[]", "status", tuple(Status.values))]
ORDERABLE = {"created_at": "created_at", "updated_at": "updated_at", "reference": "reference", "name": "name"}


class DefinitionSerializer(serializers.Serializer):
    """What every definition shows."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    reference = ReferenceField()
    name = TextField(required=True)
    description = TextField()
    status = EnumField(choices=Status.values, required=False, default=Status.DRAFT.value)


def loader(model: Any, serializer: type[serializers.Serializer], rows: Any) -> Any:
    """For ``expand.register``: the objects of these public ids as the API shows them."""

    def load(platform: Any, public_ids: set[str]) -> dict[str, dict[str, Any]]:
        found = rows(platform).filter(public_id__in=public_ids)
        return {row.public_id: dict(serializer(row, context={"platform": platform}).data) for row in found}

    return load
