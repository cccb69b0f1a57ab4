"""Settings > Tax: rates with their source and dates, registrations, categories."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.api.billing_entities import BillingEntitySerializer
from billing.calc.tax_rates import RateRow
from billing.models import BillingEntity
from billing.selectors import parties, taxes
from billing.services.customers import billing_entities
from desk.components import format
from desk.components.actions import Action
from desk.components.facts import Fact
from desk.components.figures import figure, most_places
from desk.forms.places import country_name
from desk.forms.requests import changed
from desk.screens.forms import FormScreen
from desk.screens.settings.overview import Card, SettingsPage
from kit.errors import NotFound

CATEGORIES = [
    Fact(
        "Standard", "The standard rate of the country, with reverse charge and export where the law has them"
    ),
    Fact("No tax", "Outside the tax: nothing is charged"),
    Fact("Exempt", "Inside the tax, but nothing is charged"),
]
COLUMNS = ("Country", "Tax", "Rate", "From", "Until", "Source")
FIGURES = ("Rate",)
REGISTRATIONS = ("Country", "Tax ID", "Registration number", "Description", "")
MOST = 20


class Tax(SettingsPage):
    """The rates of every entity's country first, then all that are shipped."""

    title = "Tax"
    permission = "BILLING_ENTITY.VIEW"
    description = "An invoice takes the rate of the day on which its period ends. Final invoices keep theirs."

    @cached_property
    def entities(self) -> list[BillingEntity]:
        return list(parties.active_billing_entities(self.operator.platform)[:MOST])

    def cards(self) -> list[Card]:
        own = [card for entity in self.entities for card in (self._entity(entity), self._registered(entity))]
        rows = sorted(taxes.shipped_rates(), key=_order)
        most = most_places(row.percentage for row in rows)
        shipped = [self._shipped(row, most) for row in rows]
        note = "They come with Tallydesk. A rate of the billing entity's own goes before them."
        return [
            *own,
            Card("Categories of product items", CATEGORIES),
            Card("Shipped rates", [], note, COLUMNS, shipped, FIGURES),
        ]

    def _entity(self, entity: BillingEntity) -> Card:
        """Where it is registered, and the rates that it has of its own."""
        seller = taxes.seller(entity)
        facts = [
            Fact("Established in", country_name(seller.country) or "No country yet"),
            Fact(
                "EU organizations without a tax ID",
                "Pay the local rate"
                if seller.apply_local_vat_for_missing_tax_id
                else "Reverse charge, with a note that the tax ID is missing",
            ),
        ]
        own = [RateRow.from_dict({"rate_name": "STANDARD", **row}) for row in entity.tax_rates]
        most = most_places(row.percentage for row in own)
        rates = [[*self._shipped(row, most), self._remove(entity, place)] for place, row in enumerate(own)]
        note = "" if rates else "No rate of its own: the shipped ones hold."
        name, actions = (
            entity.legal_name or entity.reference,
            [self._action("Edit tax settings", "tax-settings", entity)],
        )
        return Card(name, facts, note, (*COLUMNS, ""), rates, FIGURES, actions)

    def _registered(self, entity: BillingEntity) -> Card:
        """The further countries whose tax it charges."""
        rows = [
            [
                country_name((each.get("registered_address") or {}).get("country")) or "No country",
                each.get("tax_id") or "None",
                each.get("registration_number") or "",
                each.get("description") or "",
                format_html(
                    '<span class="row">{}{}</span>',
                    self._action("Edit", "tax-registration-edit", entity, place).__html__(),
                    self._action("Remove", "tax-registration-remove", entity, place).__html__(),
                ),
            ]
            for place, each in enumerate(entity.tax_registrations or [])
        ]
        note = "" if rows else "No other country. Customers there pay as the law of its own country says."
        add = [self._action("Add registration", "tax-registration-new", entity)]
        title = f"Registered elsewhere: {entity.legal_name or entity.reference}"
        return Card(title, [], note, REGISTRATIONS, rows, (), add)

    def _action(self, label: str, name: str, entity: BillingEntity, *place: int) -> Action:
        url = reverse(f"desk:{name}", args=[entity.public_id, *place])
        return Action(label, url, "BILLING_ENTITY.UPDATE", opens="dialog").for_(self.operator)

    def _remove(self, entity: BillingEntity, place: int) -> SafeString:
        return self._action("Remove", "tax-rate-remove", entity, place).__html__()

    def _shipped(self, row: RateRow, most: int) -> list[Any]:
        zone = self.operator.zone
        until = format.day(row.valid_to, zone) if row.valid_to else "No end"
        return [
            country_name(row.country),
            row.tax_name,
            figure(row.percentage, most=most, after="%"),
            format_html('<span class="nowrap">{}</span>', format.day(row.valid_from, zone)),
            format_html('<span class="nowrap">{}</span>', until),
            row.source,
        ]

    def actions(self) -> list[Action]:
        found = []
        if self.entities:
            url = reverse("desk:tax-rate-new")
            found = [Action("Add tax rate", url, "BILLING_ENTITY.UPDATE", "primary", "dialog", key="n")]
        return found


def _order(row: RateRow) -> tuple[str, date]:
    return country_name(row.country), row.valid_from


class EntityTax(FormScreen):
    """What the changes of an entity's rates and registrations share."""

    menu = "tax"
    permission = "BILLING_ENTITY.UPDATE"
    has_calls = True

    def cancel_url(self) -> str:
        return reverse("desk:tax")

    def entity(self, key: str) -> BillingEntity:
        """An active billing entity of this platform."""
        row = parties.active_billing_entities(self.operator.platform).filter(public_id=key).first()
        if row is None:
            raise NotFound("There is no such billing entity.")
        found: BillingEntity = row
        return found

    def store(self, entity: BillingEntity, body: dict[str, Any]) -> str:
        """The entity with these rates or registrations, judged as the API judges them."""
        fields = changed(BillingEntitySerializer, body, platform=self.operator.platform, row=entity)
        billing_entities.update(ctx=self.operator.ctx, instance=entity, fields=fields)
        return self.cancel_url()
