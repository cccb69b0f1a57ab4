"""What still changes once a subscription runs, and its name after it has ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from billing.models import PricingPlanSubscription, SubscriptionStatus
from billing.services.subscriptions import subscriptions
from desk.components.curl import Call
from desk.editors.subscription_draft import open_terms_of
from desk.forms.subscription import NamedForm, OpenTermsForm
from desk.screens.customers.subscription_screen import SUBSCRIPTION, SubscriptionScreen
from desk.shell import Crumb

RUNNING = (
    'Its prices, dates and billing are agreed: "Go on at other prices" changes those. A draft that is open '
    "keeps the PO number and the hold that it began with; when an invoice is due counts for each one that "
    "becomes final from now on."
)
ENDED = "It has ended, so that only its name still changes."


class EditSubscription(SubscriptionScreen):
    """One that is not a draft any more; a draft has its editor."""

    permission = f"{SUBSCRIPTION}.UPDATE"
    title = "Edit subscription"
    verb = "Save subscription"
    message = "Subscription saved"
    has_calls = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.row.status == SubscriptionStatus.DRAFT:
            keys = [self.customer.public_id, self.row.public_id]
            return self.see_other(reverse("desk:subscription-edit", args=keys))
        return super().get(request, *args, **kwargs)

    @property
    def runs(self) -> bool:
        """Whether more than its name may change."""
        return self.row.status == SubscriptionStatus.ACTIVE

    def subject(self) -> PricingPlanSubscription:
        return self.row

    def form(self, data: Any = None) -> NamedForm:
        self.description = RUNNING if self.runs else ENDED
        kind = OpenTermsForm if self.runs else NamedForm
        return kind(data, initial=open_terms_of(self.row))

    def crumbs(self) -> list[Crumb]:
        name = self.customer.name or self.customer.public_id
        customer = reverse("desk:customer-tab", args=[self.customer.public_id, "subscriptions"])
        return [*super().crumbs(), Crumb(name, customer), Crumb(self.shown.name, self.shown.url)]

    def facts(self) -> list[Any]:
        return []

    def fields(self, form: Any) -> dict[str, Any]:
        """What a valid form says, as the API and the service take it."""
        terms: dict[str, Any] = form.open_terms() if self.runs else {"name": form.cleaned_data["name"]}
        return terms

    def save(self, form: Any) -> str:
        subscriptions.update(ctx=self.operator.ctx, instance=self.row, fields=self.fields(form))
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", self.api(), self.fields(form))] if form.is_valid() else []
