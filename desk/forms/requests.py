"""A form's values as the API understands them: the same serializers, so the same rules and errors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.models import Platform
from kit.api.errors import first_error


def understood(
    serializer: type[serializers.Serializer[Any]], body: dict[str, Any], *, platform: Platform
) -> dict[str, Any]:
    """What a service is handed for ``body``. Raises the API's error for the first fault, with its path."""
    parsed = serializer(data=body, context={"platform": platform})
    return _valid(parsed)


def changed(
    serializer: type[serializers.Serializer[Any]], body: dict[str, Any], *, platform: Platform, row: Any
) -> dict[str, Any]:
    """The same for a change of ``row``: what is left out stays as it is."""
    parsed = serializer(row, data=body, partial=True, context={"platform": platform})
    return _valid(parsed)


def _valid(parsed: serializers.Serializer[Any]) -> dict[str, Any]:
    try:
        parsed.is_valid(raise_exception=True)
    except ValidationError as error:
        raise first_error(error.detail) from None
    values: dict[str, Any] = parsed.validated_data
    return values
