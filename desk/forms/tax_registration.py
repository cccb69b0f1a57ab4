"""A further country in which a billing entity is registered for tax."""

from __future__ import annotations

from typing import Any

from django import forms

from desk.forms.base import DeskForm
from desk.forms.places import country_field


class TaxRegistrationForm(DeskForm):
    """What the API's entry has besides is kept: further ids, the rest of the address."""

    country = country_field(help_text="Where the tax is charged.")
    tax_id = forms.CharField(
        label="Tax ID",
        max_length=64,
        required=False,
        help_text="Such as a VAT number, DE123456789. Its form is checked.",
    )
    registration_number = forms.CharField(
        help_text="As the tax office gave it.", max_length=64, required=False
    )
    description = forms.CharField(max_length=1000, required=False, help_text="For yourself.")
    rows = (("tax_id", "registration_number"),)

    def field_of(self, path: str) -> str | None:
        """``tax_registrations.1.registered_address.country`` is this form's ``country``."""
        return super().field_of(path.rpartition(".")[2] if path.startswith("tax_registrations.") else path)

    def entry(self, before: dict[str, Any]) -> dict[str, Any]:
        """One of the API's ``tax_registrations``, made of the one it takes the place of."""
        data = self.cleaned_data
        return {
            **before,
            "registered_address": {**(before.get("registered_address") or {}), "country": data["country"]},
            **{
                name: data[name] or None
                for name in ("tax_id", "registration_number", "description")
                if data[name] or name in before
            },
        }


def values_of(entry: dict[str, Any]) -> dict[str, Any]:
    """What the form starts from."""
    names = ("tax_id", "registration_number", "description")
    return {
        "country": (entry.get("registered_address") or {}).get("country"),
        **{name: entry.get(name) for name in names},
    }


class TaxSettingsForm(DeskForm):
    """What an organization without a tax id pays."""

    local = forms.ChoiceField(
        help_text="Which tax their invoices carry while the tax ID is missing.",
        label="EU organizations without a tax ID",
        widget=forms.RadioSelect,
        choices=[
            ("no", "Reverse charge, with a note that the tax ID is missing"),
            ("yes", "Pay the local rate"),
        ],
    )
