"""Settings > Tax: where a billing entity is registered, and what organizations without a tax id pay."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpResponse

from billing.models import BillingEntity
from billing.services.customers import tax_ids
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.forms.places import country_name
from desk.forms.tax_registration import TaxRegistrationForm, TaxSettingsForm, values_of
from desk.screens.settings.tax import EntityTax
from kit.errors import InvalidField, NotFound

HOLDS = "It holds for drafts too. Final invoices keep the tax that they have."


class Registrations(EntityTax):
    """What the changes of an entity's registrations share."""

    form_class: ClassVar[type[DeskForm]] = TaxRegistrationForm

    @cached_property
    def owner(self) -> BillingEntity:
        return self.entity(self.kwargs["pk"])

    def subject(self) -> BillingEntity:
        return self.owner

    @property
    def entries(self) -> list[dict[str, Any]]:
        return list(self.owner.tax_registrations or [])

    @property
    def entry(self) -> dict[str, Any]:
        """The one in the path."""
        place = self.kwargs["place"]
        if place >= len(self.entries):
            raise NotFound("There is no such registration.")
        found: dict[str, Any] = self.entries[place]
        return found

    def facts(self) -> list[Fact]:
        return [Fact("Billing entity", self.owner.legal_name or self.owner.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", HOLDS)]

    @abstractmethod
    def wanted(self, form: Any) -> dict[str, Any]:
        """The body of the API's PATCH."""

    def calls(self, form: Any) -> list[Call]:
        body = self.wanted(form) if form.is_valid() else {}
        return [Call("PATCH", f"/v1/billing-entities/{self.owner.public_id}", body)]

    def save(self, form: Any) -> str | HttpResponse:
        return self.store(self.owner, self.wanted(form))


class NewRegistration(Registrations):
    """Its country's rate is charged there from now on."""

    title = "Add tax registration"
    description = "A further country whose tax this billing entity charges: customers there pay its rate."
    verb = "Add registration"
    message = "Registration added"

    def wanted(self, form: Any) -> dict[str, Any]:
        return {"tax_registrations": [*self.entries, checked(self, form, {}, self.entries)]}


class EditRegistration(Registrations):
    """What the form does not show of it stays."""

    title = "Edit tax registration"
    verb = "Save registration"
    message = "Registration saved"

    def initial(self) -> dict[str, Any]:
        return values_of(self.entry)

    def wanted(self, form: Any) -> dict[str, Any]:
        place, entries = self.kwargs["place"], self.entries
        others = [each for index, each in enumerate(entries) if index != place]
        entries[place] = checked(self, form, self.entry, others)
        return {"tax_registrations": entries}


class RemoveRegistration(Registrations):
    """Its country counts as any other again."""

    title = "Remove this registration?"
    verb = "Remove registration"
    verb_style = "solid-bad"
    keep = "Keep it"
    message = "Registration removed"
    form_class = DeskForm

    def facts(self) -> list[Fact]:
        country = (self.entry.get("registered_address") or {}).get("country")
        return [*super().facts(), Fact("Country", country_name(country) or "No country")]

    def consequences(self) -> list[tuple[str, str]]:
        says = "Customers there are taxed as in any country without a registration."
        return [("info", f"{says} {HOLDS}")]

    def wanted(self, form: Any) -> dict[str, Any]:
        gone = self.entry
        return {"tax_registrations": [each for each in self.entries if each is not gone]}


class TaxSettings(Registrations):
    """One question of tax law that the entity decides."""

    title = "Tax settings"
    verb = "Save tax settings"
    message = "Tax settings saved"
    form_class = TaxSettingsForm

    def initial(self) -> dict[str, Any]:
        now = (self.owner.tax_settings or {}).get("apply_local_vat_for_missing_tax_id")
        return {"local": "yes" if now else "no"}

    def wanted(self, form: Any) -> dict[str, Any]:
        local = form.cleaned_data["local"] == "yes"
        return {"tax_settings": {"apply_local_vat_for_missing_tax_id": local}}


def checked(
    screen: Registrations, form: Any, before: dict[str, Any], others: list[dict[str, Any]]
) -> dict[str, Any]:
    """The entry of a valid form; refused for a country that is there already, and a tax id that cannot be."""
    entry: dict[str, Any] = form.entry(before)
    country = entry["registered_address"]["country"]
    home = (screen.owner.registered_address or {}).get("country")
    if country == home or any(values_of(each)["country"] == country for each in others):
        name = country_name(country)
        raise InvalidField(f"It is established or registered in {name} already", field="country")
    verdict = tax_ids.check(number=entry.get("tax_id") or "", kind=None, country=country)
    if entry.get("tax_id") and verdict.valid == "NOT_VALID":
        raise InvalidField(f"No tax ID of this country looks so: {verdict.message}", field="tax_id")
    return entry
