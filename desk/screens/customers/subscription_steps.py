"""The steps of a subscription: activate, cancel, keep, void, archive, copy, delete."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from billing.services.subscriptions import activate, archive, cancel, copy, subscriptions, void
from billing.services.subscriptions.cancel import CancelType
from desk.components.curl import Call
from desk.forms.base import DeskForm
from desk.screens.customers.activation import activation
from desk.screens.customers.subscription_cancel import CancelSubscription
from desk.screens.customers.subscription_screen import SUBSCRIPTION, SubscriptionScreen
from kit.errors import InvalidField


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
