"""Fields that name another resource: by id or reference in, as the public id out."""

from __future__ import annotations

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kit import ids


def find(model: type[models.Model], platform: Any, key: str) -> models.Model | None:
    """The platform's row whose public id, or else reference, is ``key`` (case-sensitive)."""
    rows = model._default_manager.filter(platform=platform)
    if ids.looks_like(key, prefix=model.prefix):  # type: ignore[attr-defined]
        found = rows.filter(public_id=key).first()
        if found:
            return found
    if any(field.name == "reference" for field in model._meta.get_fields()):
        return rows.filter(reference=key).first()
    return None


@extend_schema_field({"type": "string", "example": "acme-nl"})
class LinkField(serializers.Field):
    """``x_id`` (or ``x_reference``) pointing at a row of ``model`` on the caller's platform.

    The validated value is the row itself. A row of another platform is as absent as none at all.
    """

    def __init__(self, model: type[models.Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError("must be an id or a reference", code="INVALID_FIELD")
        found = find(self.model, self.context["platform"], data)
        if found is None:
            kind = self.model.object_type  # type: ignore[attr-defined]
            raise serializers.ValidationError(
                f"The requested {kind} could not be found", code="RESOURCES_NOT_FOUND"
            )
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.public_id)


class LinkReferenceField(LinkField):
    """The ``x_reference`` twin of an ``x_id`` field: prints the reference of the row."""

    def to_representation(self, value: Any) -> str:
        return str(value.reference)


class ManyLinksField(serializers.ListField):
    """A list of ids or references of rows of ``model``, resolved together."""

    def __init__(self, model: type[models.Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(child=serializers.CharField(), **kwargs)

    def to_internal_value(self, data: Any) -> list[models.Model]:
        keys = super().to_internal_value(data)
        rows: Any = self.model._default_manager.filter(platform=self.context["platform"])
        by_key = {row.public_id: row for row in rows.filter(public_id__in=keys)}
        missing = [key for key in keys if key not in by_key]
        if missing and hasattr(self.model, "reference"):
            by_key |= {row.reference: row for row in rows.filter(reference__in=missing)}
        for index, key in enumerate(keys):
            if key not in by_key:
                kind = self.model.object_type  # type: ignore[attr-defined]
                raise serializers.ValidationError(
                    {str(index): [f"The requested {kind} could not be found"]}, code="RESOURCES_NOT_FOUND"
                )
        return [by_key[key] for key in keys]

    def to_representation(self, data: Any) -> list[str]:
        rows = data.all() if hasattr(data, "all") else data
        return [str(row.public_id) for row in rows]
