"""Serializer fields with the contract's shapes. Their errors name the field and write nothing."""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from typing import Any, Never

from babel import Locale
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from kit import money, period
from kit.errors import TallydeskError

REFERENCE = re.compile(r"\S{1,256}")
# CLDR's territories that ISO 3166-1 does not assign to a country.
NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
COUNTRIES = (
    frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))
    - NOT_COUNTRIES
)
TIME_ZONES = zoneinfo.available_timezones()


def fail(error: TallydeskError) -> serializers.ValidationError:
    """An error of ours as a validation error, so that the serializer adds the path."""
    return serializers.ValidationError(error.message, code=error.code)


class StrictCharField(serializers.CharField):
    """Text given as text: numbers, booleans and objects are refused rather than turned into strings."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("must be text", code="INVALID_FIELD")
        value: str = super().to_internal_value(data)
        return value


class TextField(StrictCharField):
    """Free text, nullable and optional unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1000)
        if not kwargs.get("required") and not kwargs.get("read_only"):
            kwargs.setdefault("required", False)
            kwargs.setdefault("allow_null", True)
            kwargs.setdefault("allow_blank", True)
        super().__init__(**kwargs)


@extend_schema_field(
    {"type": "string", "pattern": r"^\S+$", "minLength": 1, "maxLength": 256, "example": "acme-nl"}
)
class ReferenceField(StrictCharField):
    """The integrator's own key: 1 to 256 characters without white space."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not REFERENCE.fullmatch(value):
            raise serializers.ValidationError(
                "must be 1 to 256 characters without white space", code="INVALID_FIELD"
            )
        return value


class EnumField(serializers.ChoiceField):
    """One of a fixed set of words."""

    default_error_messages = {"invalid_choice": 'must be one of {choices}, not "{input}"'}

    def fail(self, key: str, **kwargs: Any) -> Never:
        super().fail(key, choices=", ".join(map(str, self.choices)), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """true or false, not "yes" or 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("must be true or false", code="INVALID_FIELD")
        return data


class StrictIntegerField(serializers.IntegerField):
    """A whole number, not text and not true."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("must be a whole number", code="INVALID_FIELD")
        value: int = super().to_internal_value(data)
        return value


@extend_schema_field({"type": "string", "format": "decimal", "example": "42.5"})
class DecimalField(serializers.Field):
    """An exact decimal, printed as a plain string; input may be a string or a JSON number."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return money.parse_decimal(data, field="")
        except TallydeskError as error:
            raise fail(error) from None

    def to_representation(self, value: Any) -> str:
        return money.plain(value)


class CurrencyField(StrictCharField):
    """An ISO 4217 alphabetic code."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return money.parse_currency(data, field="")
        except TallydeskError as error:
            raise fail(error) from None


class CountryField(StrictCharField):
    """An ISO 3166-1 alpha-2 code."""

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value not in COUNTRIES:
            raise serializers.ValidationError(
                "must be an ISO 3166-1 alpha-2 country code such as NL", code="INVALID_FIELD"
            )
        return value


class TimeZoneField(StrictCharField):
    """An IANA time zone name."""

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value not in TIME_ZONES:
            raise serializers.ValidationError(
                "must be an IANA time zone such as Europe/Amsterdam", code="INVALID_FIELD"
            )
        return value


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field):
    """An ISO 8601 instant with an offset; kept to the microsecond, printed in UTC."""

    def to_internal_value(self, data: Any) -> datetime:
        try:
            return period.parse_instant(data, field="")
        except TallydeskError as error:
            raise fail(error) from None

    def to_representation(self, value: datetime) -> str:
        return period.format_instant(value)


@extend_schema_field({"type": ["object", "array", "string"], "description": "Reserved: always null."})
class ReservedField(serializers.Field):
    """A field of the contract whose feature does not exist yet: accepted, ignored, answered as null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, source="*", **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return True, {}

    def get_attribute(self, instance: Any) -> None:
        return None

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return {}

    def to_representation(self, value: Any) -> None:
        return None


def reserved(*names: str) -> dict[str, serializers.Field]:
    """Declare several reserved fields at once: ``vars().update(reserved("a", "b"))`` in a class body."""
    return {name: ReservedField() for name in names}


@extend_schema_field(
    {"type": ["object", "array"], "description": "Filled by `expand[]` with what the id names."}
)
class ExpandedField(ReservedField):
    """The object beside an id field: null unless ``expand[]`` asks for it, ignored on input."""


def expanded(*names: str) -> dict[str, serializers.Field]:
    """Declare the twins of id fields: ``vars().update(expanded("customer"))`` in a class body."""
    return {name: ExpandedField() for name in names}


class UnsupportedField(ReservedField):
    """A field of the contract that would change what is billed, were it not for a missing feature.

    Nothing may be ignored in silence there: empty values pass, anything else is refused.
    """

    message = "not supported yet"

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is not empty and not is_blank(data):
            raise serializers.ValidationError(self.message, code="INVALID_FIELD")
        return True, {}


class OnlyField(ReservedField):
    """A field of which so far one value exists: that one (or none) is accepted, and always answered."""

    def __init__(self, only: Any, **kwargs: Any) -> None:
        self.only = only
        super().__init__(**kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is not empty and data is not None and data != self.only:
            raise serializers.ValidationError(f"only {self.only} is supported yet", code="INVALID_FIELD")
        return True, {}

    def get_attribute(self, instance: Any) -> Any:
        return self.only

    def to_representation(self, value: Any) -> Any:
        return value


def unsupported(*names: str) -> dict[str, serializers.Field]:
    """Declare several unsupported fields at once, as ``reserved`` does."""
    return {name: UnsupportedField() for name in names}


def is_blank(data: Any) -> bool:
    """Whether a value says nothing: null, false, empty text, or a list or object of only such."""
    if isinstance(data, dict):
        return all(is_blank(value) for value in data.values())
    if isinstance(data, list):
        return all(is_blank(value) for value in data)
    return data is None or data is False or data == ""
