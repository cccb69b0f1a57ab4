"""Cancel a subscription: now, at a day, at the end of its period or of its initial term."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from billing.calc import schedule
from billing.selectors import timelines
from billing.services.subscriptions import cancel
from billing.services.subscriptions.cancel import CancelType
from desk.components import format
from desk.components.curl import Call
from desk.editors.subscription_phases import NO_TIME
from desk.forms.base import DayField, DeskForm
from desk.screens.customers.subscription_screen import SUBSCRIPTION, SubscriptionScreen
from kit.errors import InvalidField
from kit.period import format_instant


class CancelForm(DeskForm):
    """When it ends."""

    when = forms.ChoiceField(
        help_text="From then on nothing more is billed.", label="When", widget=forms.RadioSelect
    )
    cancel_at = DayField(label="Date", required=False, help_text="Only where it ends at a date.")
    api_names = {"type": "when"}


class CancelSubscription(SubscriptionScreen):
    """Now, at the end of the period, or at a date."""

    permission = f"{SUBSCRIPTION}.CANCEL"
    title = "Cancel this subscription?"
    verb = "Cancel subscription"
    verb_style = "solid-bad"
    keep = "Keep subscription"
    form_class = CancelForm
    has_calls = True

    def form(self, data: Any = None) -> DeskForm:
        form = super().form(data)
        form.fields["when"].choices = self.choices()  # type: ignore[attr-defined]
        return form

    def choices(self) -> list[tuple[str, str]]:
        period = timelines.timeline(self.row).period_at(self.operator.at)
        zone = self.row.billing_entity.zone
        end = f", {format.last(period.span.end, zone)}" if period else ""
        return [
            (CancelType.NEXT_BILLING_PERIOD, f"At the end of the period{end}"),
            (CancelType.NOW, "Now"),
            (CancelType.DATE, "At a date"),
        ]

    def initial(self) -> dict[str, Any]:
        return {"when": CancelType.NEXT_BILLING_PERIOD}

    def consequences(self) -> list[tuple[str, str]]:
        return [
            ("doc", "Usage up to the end is invoiced; the last invoice closes after the grace period."),
            (
                "undo",
                "What is left of fees that were billed ahead is given back, by the day, on that invoice.",
            ),
            ("undo", "Until the end comes, the cancellation can be taken back."),
        ]

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        at = self.ends_at(form.cleaned_data)
        body = {"type": str(form.cleaned_data["when"])}
        return [Call("POST", self.api("cancel"), body | ({"cancel_at": format_instant(at)} if at else {}))]

    def ends_at(self, values: dict[str, Any]) -> datetime | None:
        """The instant that the form's date names, where one is chosen."""
        if values["when"] != CancelType.DATE or not values["cancel_at"]:
            return None
        return schedule.resolve(values["cancel_at"], NO_TIME, self.row.billing_entity.zone)

    def save(self, form: Any) -> HttpResponse:
        kind, at = form.cleaned_data["when"], self.ends_at(form.cleaned_data)
        if kind == CancelType.DATE and at is None:
            raise InvalidField("Enter the date", field="cancel_at")
        ended = cancel.subscription(ctx=self.operator.ctx, instance=self.row, type=kind, cancel_at=at)
        undo = reverse("desk:subscription-step", args=[self.customer.public_id, self.row.public_id, "keep"])
        said = "Cancellation agreed" if ended.cancel_at else "Subscription cancelled"
        return self.done(self.cancel_url(), said, undo=undo if ended.cancel_at else "")
