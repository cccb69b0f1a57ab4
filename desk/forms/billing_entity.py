"""The form of a billing entity: who it is, where, and whom it issues for."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from billing.models import BillingEntity
from desk.forms.base import DeskForm, ReferenceField
from desk.forms.places import ADDRESS_PARTS, AddressFields, address_of, zone_field

SEPARATORS = re.compile(r"[\s,;]+")


class BillingEntityForm(AddressFields, DeskForm):
    """Country first within the address; the time zone cuts days and months."""

    legal_name = forms.CharField(max_length=500, help_text="As registered. It is printed on invoices.")
    reference = ReferenceField(follows="legal_name")
    tax_id = forms.CharField(
        label="Tax ID",
        max_length=64,
        required=False,
        help_text="Such as a VAT number, NL123456789B01. Its form is checked.",
    )
    registration_number = forms.CharField(
        max_length=64, required=False, help_text="In the register of companies."
    )
    email = forms.CharField(help_text="Printed on invoices.", label="Email", max_length=320, required=False)
    timezone = zone_field(
        label="Time zone",
        help_text="Its midnight begins days and months. Fixed while subscriptions are active.",
    )
    countries = forms.CharField(
        label="Issues for customers in",
        required=False,
        help_text="Country codes, such as NL, BE. New subscriptions of customers there use this entity.",
    )
    currencies = forms.CharField(
        label="Issues for currencies",
        required=False,
        help_text="Currency codes, such as EUR. Asked when no country decides.",
    )
    field_order = (
        "legal_name reference country line1 line2 postal_code city state tax_id registration_number "
        "email timezone countries currencies"
    ).split()
    rows = (("postal_code", "city"), ("tax_id", "registration_number"), ("countries", "currencies"))
    api_names = {
        **{f"registered_address.{part}": part for part in ADDRESS_PARTS},
        "registered_address": "country",
        "default_customer_country_selector": "countries",
        "default_billing_currency_selector": "currencies",
    }

    def body(self) -> dict[str, Any]:
        """The API's request."""
        values = {name: self[name].value() for name in self.fields}
        return {
            "legal_name": values.get("legal_name"),
            "reference": values.get("reference"),
            "registered_address": address_of(values),
            "tax_id": values.get("tax_id") or None,
            "registration_number": values.get("registration_number") or None,
            "email": values.get("email") or None,
            "timezone": values.get("timezone"),
            "default_customer_country_selector": codes(values.get("countries")),
            "default_billing_currency_selector": codes(values.get("currencies")),
        }


def values_of(entity: BillingEntity) -> dict[str, Any]:
    """What the form starts from for an entity that exists."""
    return {
        "legal_name": entity.legal_name,
        "reference": entity.reference,
        **(entity.registered_address or {}),
        "tax_id": entity.tax_id,
        "registration_number": entity.registration_number,
        "email": entity.email,
        "timezone": entity.timezone,
        "countries": ", ".join(entity.default_customer_country_selector),
        "currencies": ", ".join(entity.default_billing_currency_selector),
    }


def codes(text: str | None) -> list[str]:
    """``NL, BE`` as a list."""
    return [code.upper() for code in SEPARATORS.split(text or "") if code]
