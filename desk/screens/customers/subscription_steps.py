"""The steps of a subscription: activate, cancel, keep, void, archive, copy, delete."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from billing.calc import schedule
from billing.models import Customer, PricingPlanSubscription
from billing.selectors import subscriptions as selectors
from billing.selectors import timelines
from billing.services.subscriptions import activate, archive, cancel, copy, subscriptions, void
from billing.services.subscriptions.cancel import CancelType
from desk.components import format
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.subscription_phases import NO_TIME
from desk.forms.base import DayField, DeskForm
from desk.screens.customers.activation import activation
from desk.screens.customers.form import find
from desk.screens.customers.subscription_rows import SubscriptionRow
from desk.screens.forms import FormScreen
from kit.errors import InvalidField, NotFound
from kit.period import format_instant

SUBSCRIPTION = "PRICING_PLAN_SUBSCRIPTION"


class SubscriptionScreen(FormScreen):
    """What the dialogs about one subscription share."""

    menu = "customers"

    @cached_property
    def customer(self) -> Customer:
        return find(self, self.kwargs["customer"])

    @cached_property
    def row(self) -> PricingPlanSubscription:
        rows = selectors.subscriptions(self.operator.platform).filter(customer=self.customer)
        row: PricingPlanSubscription | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such subscription.")
        return row

    @property
    def shown(self) -> SubscriptionRow:
        return SubscriptionRow(self.row, self.operator.at)

    def cancel_url(self) -> str:
        return self.shown.url

    def api(self, verb: str = "") -> str:
        """Where the API has this subscription, and one of its verbs."""
        path = f"/v1/pricing-plan-subscriptions/{self.row.public_id}"
        return f"{path}/{verb}" if verb else path

    def facts(self) -> list[Fact]:
        customer = self.customer.name or self.customer.public_id
        return [Fact("Subscription", self.shown.name), Fact("Customer", customer)]


class ActivateSubscription(SubscriptionScreen):
    """States start, first invoice, what is charged and what is sent; then activates."""

    permission = f"{SUBSCRIPTION}.STATUS.UPDATE"
    template = "desk/customers/activate.html"
    message = "Subscription active"
    has_calls = True

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", self.api(), {"status": "ACTIVE"})]

    def show(self, form: DeskForm, *, status: int = 200, **extra: Any) -> HttpResponse:
        asked = activation(self.operator, self.row)
        shown: dict[str, Any] = {"form": form, "action": self.request.path, "cancel": self.cancel_url()}
        return self.render(status=status, **shown, **asked, **extra)

    def save(self, form: Any) -> str:
        activate.subscription(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


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


class StepScreen(SubscriptionScreen):
    """One sentence, one button."""

    effect: ClassVar[str] = ""
    icon: ClassVar[str] = "info"
    call_of: ClassVar[tuple[str, str, Any]]  # method, the API's verb, body
    has_calls = True

    def calls(self, form: Any) -> list[Call]:
        method, verb, body = self.call_of
        return [Call(method, self.api(verb), body)]

    def consequences(self) -> list[tuple[str, str]]:
        return [(self.icon, self.effect)]


class KeepSubscription(StepScreen):
    """Takes a cancellation back."""

    permission = f"{SUBSCRIPTION}.CANCEL"
    title, verb, message = "Keep this subscription?", "Keep subscription", "Cancellation taken back"
    keep, effect, icon = "Leave it", "The cancellation is taken back and the subscription goes on.", "undo"
    call_of = ("POST", "cancel", {"type": "UNDO"})

    def save(self, form: Any) -> str:
        cancel.subscription(ctx=self.operator.ctx, instance=self.row, type=CancelType.UNDO)
        return self.cancel_url()


class ArchiveSubscription(StepScreen):
    """Out of sight."""

    permission = f"{SUBSCRIPTION}.STATUS.UPDATE"
    title, verb, message = "Archive this subscription?", "Archive subscription", "Subscription archived"
    effect = "It is hidden and can no longer be changed. Its invoices stay."
    call_of = ("POST", "archive", None)

    def save(self, form: Any) -> str:
        archive.subscription(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


class CopySubscription(StepScreen):
    """A draft with the same terms."""

    permission = f"{SUBSCRIPTION}.CREATE"
    title, verb, message = "Copy this subscription?", "Copy subscription", "Copied as a draft"
    effect, icon = "A draft with the same terms and phases is made for the same customer.", "copy"
    call_of = ("POST", "copy", {})

    def save(self, form: Any) -> str:
        made = copy.subscription(ctx=self.operator.ctx, instance=self.row, reference=None)
        return reverse("desk:subscription-edit", args=[self.customer.public_id, made.public_id])


class DeleteSubscription(StepScreen):
    """Only a draft."""

    permission = f"{SUBSCRIPTION}.DELETE"
    title, verb, message = "Delete this draft?", "Delete draft", "Draft deleted"
    verb_style, effect, icon = "solid-bad", "The draft is removed for good. Nothing was billed by it.", "bin"
    call_of = ("DELETE", "", None)

    def save(self, form: Any) -> str:
        subscriptions.delete(ctx=self.operator.ctx, instance=self.row)
        return reverse("desk:customer-tab", args=[self.customer.public_id, "subscriptions"])


class TypedForm(DeskForm):
    """The word, typed."""

    confirmation = forms.CharField(
        help_text="In capitals. A void subscription cannot be made active again.",
        label="Type VOID to confirm",
        strip=True,
    )


class VoidSubscription(StepScreen):
    """A mistake, and its invoices with it."""

    permission = f"{SUBSCRIPTION}.STATUS.UPDATE"
    title, verb, message = "Void this subscription?", "Void subscription", "Subscription void"
    verb_style, form_class, icon = "solid-bad", TypedForm, "warn"
    effect = "The subscription and its invoices become void: nothing of them is owed. This cannot be undone."
    call_of = ("POST", "void", None)

    def save(self, form: Any) -> str:
        if form.cleaned_data["confirmation"] != "VOID":
            raise InvalidField("Type VOID, in capitals", field="confirmation")
        void.subscription(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


STEPS: dict[str, type[SubscriptionScreen]] = {
    "cancel": CancelSubscription,
    "keep": KeepSubscription,
    "archive": ArchiveSubscription,
    "copy": CopySubscription,
    "delete": DeleteSubscription,
    "void": VoidSubscription,
}
