"""Value objects of billing's API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from rest_framework import exceptions, serializers
from rest_framework.fields import empty

from kit.api.fields import EnumField, StrictBooleanField, TextField, reserved
from kit.api.shapes import AddressSerializer

TAX_ID_TYPES = tuple("GENERIC_TAX_ID AU_GST CA_GST_HST CA_PST CA_PST_BC CA_PST_MB CA_PST_SK CA_QST".split())


class OptionalTextField(TextField):
    """Text that is stored as empty and shown as null when there is none."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) if value else None


class EmailTextField(OptionalTextField):
    """An email address, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=320, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        try:
            if value:
                validate_email(value)
        except ValidationError:
            raise serializers.ValidationError("must be an email address", code="INVALID_FIELD") from None
        return value


class WholeFields(serializers.Serializer):
    """An entry of a list. A list is replaced whole, so its entries are whole too, in a PATCH as well.

    (There DRF takes every field, down to the last, for optional and leaves defaults out.)
    """

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        absent = [field for field in self._writable_fields if field.field_name not in values]
        lacking = [str(field.field_name) for field in absent if field.required]
        if lacking:
            message = exceptions.ErrorDetail("value required, but not set", code="required")
            raise serializers.ValidationError({name: [message] for name in lacking})
        defaults = {f.field_name: f.default for f in absent if f.default is not empty}
        return {**defaults, **values}


class PlainFields(serializers.Serializer):
    """A nested object that is stored as it was sent, without the fields that were left out."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        plain: dict[str, Any] = _plain(super().to_internal_value(data))
        return plain


class TaxIdSerializer(WholeFields, PlainFields):
    """A tax id of a kind."""

    id = TextField(required=True, max_length=64)
    type = EnumField(choices=TAX_ID_TYPES, required=False, allow_null=True)
    display_name = TextField(max_length=200)
    vars().update(reserved("tax_id_validation_result"))


class TaxRegistrationSerializer(PlainFields):
    """A further country where a party is registered for tax."""

    id = TextField(max_length=64)
    description = TextField()
    tax_id = TextField(max_length=64)
    tax_ids = TaxIdSerializer(many=True, required=False, allow_null=True)
    registration_number = TextField(max_length=64)
    registered_address = AddressSerializer(required=False, allow_null=True)


class NotificationChannelSerializer(serializers.Serializer):
    """A way of being told."""

    type = EnumField(choices=["EMAIL"])
    enabled = StrictBooleanField(default=True)


class NotificationPreferenceSerializer(WholeFields, PlainFields):
    """Which ways of being told are on, for one kind of message."""

    type = EnumField(choices=["INVOICE"])
    channels = NotificationChannelSerializer(many=True, required=False, allow_null=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
