"""The form of a customer: an organization or an individual, country first."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms

from billing.api.fields import TAX_ID_TYPES
from billing.models import Customer, CustomerType
from billing.services.customers.customers import NAME_PARTS
from billing.services.customers.tax_ids import GENERIC
from desk.components.badges import word
from desk.forms.base import DeskForm, ReferenceField
from desk.forms.places import ADDRESS_PARTS, AddressFields, address_of, zone_field

LANGUAGES = ("en", "nl", "de", "fr", "es", "it", "pt", "pl", "sv", "da", "fi", "nb", "cs")
LOCALES = [(code, str(Locale(code).get_display_name("en"))) for code in LANGUAGES]
KINDS = [(GENERIC, "VAT or general"), *((kind, word(kind)) for kind in TAX_ID_TYPES if kind != GENERIC)]


class CustomerForm(AddressFields, DeskForm):
    """Fields of the other type are left aside when it is sent, and kept while it is filled in."""

    type = forms.ChoiceField(
        help_text="A company, or a person. It decides which names and tax IDs are asked for.",
        choices=[("ORGANIZATION", "Organization"), ("INDIVIDUAL", "Individual")],
        widget=forms.RadioSelect,
    )
    legal_name = forms.CharField(help_text="As registered. It is printed on invoices.", max_length=500)
    first_name = forms.CharField(
        help_text="Leave it empty if invoices should show the last name only.", max_length=200, required=False
    )
    infix = forms.CharField(
        help_text="What stands between the names, such as van der.", max_length=50, required=False
    )
    last_name = forms.CharField(help_text="Printed on invoices.", max_length=200)
    reference = ReferenceField(follows="legal_name", required=False)
    email = forms.CharField(
        label="Billing email", max_length=320, required=False, help_text="Where invoices go."
    )
    tax_id = forms.CharField(help_text="Such as a VAT number.", label="Tax ID", max_length=64, required=False)
    tax_id_type = forms.ChoiceField(
        help_text="As the country calls it.", label="Kind of tax ID", choices=KINDS, required=False
    )
    registration_number = forms.CharField(
        help_text="In the register of companies.", max_length=64, required=False
    )
    tax_exempt = forms.BooleanField(
        help_text="No tax is charged on its invoices.", label="Exempt from tax", required=False
    )
    tax_exempt_note = forms.CharField(
        label="Why it is exempt", max_length=1000, required=False, help_text="Printed on its invoices."
    )
    locale = forms.ChoiceField(
        help_text="A language of its own, where it differs from the platform's.",
        label="Language",
        required=False,
        choices=[("", "The platform's"), *LOCALES],
    )
    timezone = zone_field(
        help_text="A zone of its own, where it differs from the billing entity's.",
        label="Time zone",
        required=False,
        empty="The billing entity's",
    )
    field_order = ("type", "legal_name", "first_name", "infix", "last_name", "reference", "email")
    api_names = {
        **{f"organization.registered_address.{part}": part for part in ADDRESS_PARTS},
        **{f"individual.residential_address.{part}": part for part in ADDRESS_PARTS},
        **{f"individual.name.{part}": part for part in NAME_PARTS},
        "organization.legal_name": "legal_name",
        "organization.tax_id": "tax_id",
        "organization.tax_ids": "tax_id",
        "organization.registration_number": "registration_number",
        "organization.tax_exempt_note": "tax_exempt_note",
        "individual.name": "last_name",
    }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        # The other type's name stands in the form all the same, and is not asked for.
        self.errors.pop(
            "last_name" if values.get("type") == CustomerType.ORGANIZATION else "legal_name", None
        )
        return values

    def typed(self) -> dict[str, Any]:
        """What is in the fields now, valid or not."""
        return {name: self[name].value() for name in self.fields}

    def body(self, *, further: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The API's request; ``further`` tax IDs are kept behind the one of the form."""
        values = self.typed()
        organization = values["type"] == CustomerType.ORGANIZATION
        party = _organization(values, further or []) if organization else _individual(values)
        return {
            "type": values["type"],
            "reference": values["reference"] or None,
            "email": values["email"] or None,
            "locale": values["locale"] or None,
            "timezone": values["timezone"] or None,
            "organization" if organization else "individual": party,
        }


def _organization(values: dict[str, Any], further: list[dict[str, Any]]) -> dict[str, Any]:
    kind = values["tax_id_type"] or GENERIC
    ids = [{"id": values["tax_id"], "type": kind}] if values["tax_id"] else []
    return {
        "legal_name": values["legal_name"],
        "tax_ids": [*ids, *further],
        "registration_number": values["registration_number"] or None,
        "tax_exempt": bool(values["tax_exempt"]),
        "tax_exempt_note": values["tax_exempt_note"] or None,
        "registered_address": address_of(values),
    }


def _individual(values: dict[str, Any]) -> dict[str, Any]:
    name = {part: values[part] for part in NAME_PARTS if values[part]}
    return {"name": name, "residential_address": address_of(values)}


def values_of(customer: Customer) -> dict[str, Any]:
    """What the form starts from for a customer that exists."""
    organization = customer.organization or {}
    ids: list[dict[str, Any]] = organization.get("tax_ids") or []
    first = ids[0] if ids else {}
    return {
        "type": customer.type,
        "reference": customer.reference,
        "email": customer.email,
        "locale": customer.locale,
        "timezone": customer.timezone,
        "legal_name": organization.get("legal_name"),
        "registration_number": organization.get("registration_number"),
        "tax_exempt": organization.get("tax_exempt"),
        "tax_exempt_note": organization.get("tax_exempt_note"),
        "tax_id": first.get("id"),
        "tax_id_type": first.get("type") or GENERIC,
        **((customer.individual or {}).get("name") or {}),
        **customer.address,
    }
