"""Change the table of tax rates: add a rate of one's own, take one out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from billing.models import BillingEntity
from billing.selectors import parties
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DayField, DeskForm, ExactDecimalField
from desk.forms.places import country_field, country_name
from desk.screens.settings.tax import MOST, EntityTax
from kit.errors import NotFound
from kit.money import plain


class TaxRateForm(DeskForm):
    """A standard rate of a country, from a day on."""

    billing_entity = forms.ChoiceField(help_text="Whose invoices carry it.")
    country = country_field(help_text="Where the tax is due.")
    tax_name = forms.CharField(label="Name", max_length=64, initial="VAT", help_text="As invoices print it.")
    percentage = ExactDecimalField(help_text="Such as 21.", label="Rate in percent")
    valid_from = DayField(help_text="The first day it holds.", label="From")
    valid_to = DayField(help_text="Leave it empty for no end.", label="Last day", required=False)
    source = forms.CharField(max_length=500, help_text="Who says so, such as the law or the tax office.")
    rows = (("country", "tax_name"), ("valid_from", "valid_to"))
    api_names = {"tax_rates": "percentage"}

    def rate(self) -> dict[str, Any]:
        """One of the API's ``tax_rates``."""
        data = self.cleaned_data
        last = data["valid_to"]
        return {
            "country": data["country"],
            "tax_name": data["tax_name"],
            "percentage": plain(data["percentage"]),
            "valid_from": data["valid_from"].isoformat(),
            "valid_to": last.isoformat() if last else None,
            "source": data["source"],
        }

    def field_of(self, path: str) -> str | None:
        """``tax_rates.3.valid_to`` is this form's ``valid_to``."""
        return super().field_of(path.rpartition(".")[2] if path.startswith("tax_rates.") else path)


class NewTaxRate(EntityTax):
    """Goes before the shipped rates of its days."""

    title = "Add tax rate"
    description = "It goes before the shipped rates of its days, on drafts too."
    verb = "Add tax rate"
    message = "Tax rate added"
    form_class = TaxRateForm

    def form(self, data: Any = None) -> DeskForm:
        form = super().form(data)
        rows = parties.active_billing_entities(self.operator.platform)[:MOST]
        choices = [(row.public_id, row.legal_name or row.reference) for row in rows]
        form.fields["billing_entity"].choices = choices  # type: ignore[attr-defined]
        return form

    def initial(self) -> dict[str, Any]:
        return {"valid_from": self.operator.at.astimezone(self.operator.zone).date(), "tax_name": "VAT"}

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        entity = self.entity(form.cleaned_data["billing_entity"])
        body = {"tax_rates": [*entity.tax_rates, form.rate()]}
        return [Call("PATCH", f"/v1/billing-entities/{entity.public_id}", body)]

    def save(self, form: Any) -> str:
        entity = self.entity(form.cleaned_data["billing_entity"])
        return self.store(entity, {"tax_rates": [*entity.tax_rates, form.rate()]})


class RemoveTaxRate(EntityTax):
    """The shipped rates hold again."""

    title = "Remove this tax rate?"
    verb = "Remove tax rate"
    verb_style = "solid-bad"
    keep = "Keep it"
    message = "Tax rate removed"
    form_class = DeskForm

    @cached_property
    def owner(self) -> BillingEntity:
        return self.entity(self.kwargs["pk"])

    def subject(self) -> BillingEntity:
        return self.owner

    @property
    def rates(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """(the one that goes, those that stay)."""
        place = self.kwargs["place"]
        if place >= len(self.owner.tax_rates):
            raise NotFound("There is no such tax rate.")
        rest = [row for index, row in enumerate(self.owner.tax_rates) if index != place]
        return self.owner.tax_rates[place], rest

    def facts(self) -> list[Fact]:
        row, _ = self.rates
        return [Fact(country_name(row["country"]), f"{row['percentage']}%"), Fact("From", row["valid_from"])]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", "Drafts of its days take the shipped rate again. Final invoices keep theirs.")]

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/billing-entities/{self.owner.public_id}", {"tax_rates": self.rates[1]})]

    def save(self, form: Any) -> str:
        return self.store(self.owner, {"tax_rates": self.rates[1]})
