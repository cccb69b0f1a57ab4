"""Value objects that many resources share: amounts, periods, names, addresses."""

from __future__ import annotations

from rest_framework import serializers

from kit.api.fields import (
    CountryField,
    CurrencyField,
    DecimalField,
    EnumField,
    StrictIntegerField,
    TextField,
)
from kit.period import PeriodType


class AmountSerializer(serializers.Serializer):
    """Money: a decimal string in major units and an ISO 4217 code."""

    quantity = DecimalField()
    currency = CurrencyField()


class PeriodSerializer(serializers.Serializer):
    """A length of time: so many days, weeks, months or years."""

    type = EnumField(choices=[kind.value for kind in PeriodType])
    value = StrictIntegerField(min_value=1, max_value=1000)


class NameSerializer(serializers.Serializer):
    """A person's name."""

    first_name = TextField(max_length=200)
    last_name = TextField(max_length=200)
    infix = TextField(max_length=50)


class AddressSerializer(serializers.Serializer):
    """A postal address; the country drives the tax."""

    line1 = TextField(max_length=200)
    line2 = TextField(max_length=200)
    city = TextField(max_length=200)
    postal_code = TextField(max_length=32)
    state = TextField(max_length=100)
    country = CountryField(required=False, allow_null=True)
