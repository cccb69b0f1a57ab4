"""Settings > Subscriptions: what a new subscription starts from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from billing.selectors import parties
from desk.components.actions import Action
from desk.components.facts import Fact
from desk.editors.subscription_words import PERIODS, TERMS
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen
from desk.screens.settings.overview import Card, SettingsPage
from desk.services import subscription_defaults

TIMES = [
    ("EXACT", "Exact: from the day it starts"),
    ("CALENDAR", "Calendar: whole months and years, the first part prorated"),
]


class SubscriptionTerms(SettingsPage):
    """The editor's proposals, and who issues."""

    title = "Subscriptions"
    permission = "PLATFORM.VIEW"
    description = "Applies to new subscriptions only."

    def cards(self) -> list[Card]:
        platform = self.operator.platform
        row, entity = subscription_defaults.of(platform), parties.default_billing_entity(platform)
        facts = [
            Fact("Billing time", dict(TIMES).get(row.billing_time, row.billing_time)),
            Fact("Billing period", dict(PERIODS).get(row.period, row.period)),
            Fact("Currency", f"{platform.default_currency}, the main currency", reverse("desk:organization")),
            Fact("Payment due", dict(TERMS).get(row.term, row.term)),
        ]
        note = (
            "The subscription editor starts from these; each can be changed there. A request by API says its "
            "own terms."
        )
        issuer = Fact("Default billing entity", "None yet", reverse("desk:billing-entities"))
        if entity is not None:
            name = entity.legal_name or entity.reference
            issuer = Fact(
                "Default billing entity", name, reverse("desk:billing-entity", args=[entity.public_id])
            )
        who = "Issues where neither the subscription, nor the customer's country, nor the currency decides."
        return [Card("Terms to start from", facts, note), Card("Who issues", [issuer], who)]

    def actions(self) -> list[Action]:
        url = reverse("desk:settings-subscriptions-edit")
        return [Action("Edit terms", url, "PLATFORM.UPDATE", "primary", "dialog", key="e")]


class TermsForm(DeskForm):
    """The terms in the editor's words."""

    billing_time = forms.ChoiceField(
        help_text="The day on which billing periods of new subscriptions begin.",
        choices=TIMES,
        widget=forms.RadioSelect,
    )
    period = forms.ChoiceField(help_text="How often it is invoiced.", label="Billing period", choices=PERIODS)
    term = forms.ChoiceField(
        help_text="Counted from the invoice date.", label="Payment due", choices=TERMS, required=False
    )
    rows = (("period", "term"),)


class EditTerms(FormScreen):
    """Subscriptions that exist keep their terms."""

    title = "What a new subscription starts from"
    description = "Subscriptions that exist keep their terms."
    verb = "Save terms"
    message = "Terms saved"
    menu = "settings-subscriptions"
    permission = "PLATFORM.UPDATE"
    form_class = TermsForm

    def initial(self) -> dict[str, Any]:
        return dict(subscription_defaults.values(subscription_defaults.of(self.operator.platform)))

    def cancel_url(self) -> str:
        return reverse("desk:settings-subscriptions")

    def save(self, form: Any) -> str:
        subscription_defaults.change(ctx=self.operator.ctx, fields=form.cleaned_data)
        return self.cancel_url()
