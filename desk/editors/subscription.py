"""The subscription editor's form: plan, dates, terms; its phases and what differs from the plan in each."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Platform
from billing.models import BillingEntity, Customer
from billing.selectors import parties
from desk.editors import subscription_targets
from desk.editors.subscription_phases import MOST_PHASES, PhasesForm
from desk.editors.subscription_versions import version_choices, versions_for
from desk.editors.subscription_words import json_period, period_choices
from desk.forms.subscription import OpenTermsForm
from desk.services.phases import Terms


class SubscriptionForm(OpenTermsForm, PhasesForm):
    """A choice that a stored draft has and the lists lack stands among them: saving changes nothing else."""

    version = forms.ChoiceField(
        help_text="Only active versions. It decides the periods and currencies below.",
        label="Plan and version",
    )
    billing_time = forms.ChoiceField(
        help_text="The day on which billing periods begin.",
        choices=[("EXACT", "Exact"), ("CALENDAR", "Calendar")],
    )
    billing_entity = forms.ChoiceField(help_text="Who sends the invoices.", label="Billing entity")
    period = forms.ChoiceField(help_text="How often it is invoiced.", label="Billing period")
    currency = forms.ChoiceField(help_text="Of prices and invoices.", label="Currency")
    field_order = ("version", "name", "reference", "purchase_order_number")
    api_names = {
        **OpenTermsForm.api_names,
        "billing_currency": "currency",
        "pricing_currency": "currency",
        "billing_entity_id": "billing_entity",
        "pricing_plan_version_id": "version",
        "billing_period": "period",
        "start_at": "start",
        "end_at": "end",
        "customer_id": "version",
        "coupon_ids": "coupon",
        "promotion_codes": "coupon",
    }

    def __init__(
        self, *args: Any, platform: Platform, customer: Customer, count: int = 1, **kwargs: Any
    ) -> None:
        self.platform, self.customer, self.count = platform, customer, max(1, min(count, MOST_PHASES))
        self.versions = {row.public_id: row for row in versions_for(platform, customer)}
        super().__init__(*args, **kwargs)
        self.entities = {row.public_id: row for row in parties.active_billing_entities(platform)}
        if issuer := self.initial.get("issuer"):
            self.entities.setdefault(issuer.public_id, issuer)
        versions = version_choices([*self.versions.values()])
        periods = period_choices(self.versions.values(), self.initial.get("periods") or ())
        self._choose("version", versions)
        self._choose("currency", [(code, code) for code in self._currencies(platform)])
        self._choose("billing_entity", [(key, _issuer(row)) for key, row in self.entities.items()])
        self._choose("period", periods)
        self.ask_phases(versions, periods)
        self.offer_changes(self.chosen)
        sold = [item for items in self.agreed.values() for item in items]
        self.ask_adjustments(self.count)
        self.offer_targets(sold)
        self._choose("commitment_on", subscription_targets.committed(sold))

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _currencies(self, platform: Platform) -> list[str]:
        found = {self.initial.get("currency") or platform.default_currency: None}
        found[platform.default_currency] = None
        for version in self.versions.values():
            codes = [version.default_pricing_currency, *version.pricing_currencies]
            found |= {code: None for code in codes if code}
        return [*found]

    @property
    def entity(self) -> BillingEntity | None:
        """The chosen entity."""
        return self.entities.get(str(self["billing_entity"].value() or ""))

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight begins the days."""
        return self.entity.zone if self.entity else ZoneInfo("UTC")

    def terms(self) -> Terms:
        """What a valid form says. Days begin at midnight of the billing entity."""
        values = self.cleaned_data
        fields = {
            **self.open_terms(),
            "billing_time": values["billing_time"],
            "billing_entity": self.entities[values["billing_entity"]],
            "billing_currency": values["currency"],
            "billing_period": json_period(values["period"]),
        }
        return Terms(fields, self.phases_said())


def _issuer(row: BillingEntity) -> str:
    name = row.legal_name or row.reference
    return name if row.status == "ACTIVE" else f"{name}, {row.status.lower()}"
