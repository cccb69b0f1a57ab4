"""What the dialogs about one subscription share."""

from __future__ import annotations

from functools import cached_property

from billing.models import Customer, PricingPlanSubscription
from billing.selectors import subscriptions as selectors
from desk.components.facts import Fact
from desk.screens.customers.form import find
from desk.screens.customers.subscription_rows import SubscriptionRow
from desk.screens.forms import FormScreen
from kit.errors import NotFound

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
