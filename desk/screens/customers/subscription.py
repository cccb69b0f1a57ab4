"""One subscription: its phases, its invoices, what comes next, and the steps of its life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from billing.models import Customer, Invoice, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import subscription_groups
from billing.selectors import subscriptions as selectors
from desk.components.actions import Action
from desk.components.addresses import to
from desk.components.badges import Badge, word
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.components.ruler import Phase, Ruler
from desk.editors.subscription_differences import changes
from desk.editors.subscription_preview import Rail, rail
from desk.editors.subscription_versions import version_words
from desk.editors.subscription_words import TERMS, term_key
from desk.screens.customers.charge_now import PERMISSION as CHARGE
from desk.screens.customers.charge_now import can_charge
from desk.screens.customers.invoice_rows import rows_of
from desk.screens.customers.subscription_rows import SubscriptionRow, ends, period_words
from desk.screens.details import DetailScreen, Tab
from desk.shell import Crumb
from kit.errors import TallydeskError

SUBSCRIPTION = "PRICING_PLAN_SUBSCRIPTION"
RECENT = 50
FRESH = timedelta(days=1)


class SubscriptionDetail(DetailScreen):
    """At its customer: ``/customers/<customer>/subscriptions/<id>/``."""

    permission = f"{SUBSCRIPTION}.VIEW"
    menu = "customers"
    model = PricingPlanSubscription
    route = "subscription"

    def get(self, request: HttpRequest, pk: str, tab: str = "", customer: str = "") -> HttpResponseBase:
        return super().get(request, pk, tab)

    @property
    def customer(self) -> Customer:
        """As it came with the subscription."""
        customer: Customer = self.row.customer
        return customer

    def rows(self) -> QuerySet[Any]:
        rows = selectors.subscriptions(self.operator.platform)
        return rows.filter(customer__public_id=self.kwargs["customer"])

    @cached_property
    def shown(self) -> SubscriptionRow:
        return SubscriptionRow(self.row, self.operator.at)

    def name(self) -> str:
        return self.shown.name

    def badges(self) -> list[Badge]:
        return self.shown.badges

    def url(self, tab: str = "") -> str:
        keys = [self.customer.public_id, self.row.public_id]
        return reverse("desk:subscription-tab", args=[*keys, tab]) if tab else self.shown.url

    def crumbs(self) -> list[Crumb]:
        customer = self.kwargs["customer"]
        label = self.customer.name or self.customer.public_id if hasattr(self, "row") else "Customer"
        return [
            *super().crumbs(),
            Crumb(label, reverse("desk:customer-tab", args=[customer, "subscriptions"])),
        ]

    def facts(self) -> list[Fact]:
        row, entity = self.row, self.row.billing_entity
        due = dict(TERMS).get(term_key(row.due_date_configuration), "As agreed")
        following = self.shown.next_invoice
        return [
            Fact("Plan", self.shown.plan or "None yet"),
            Fact("Billed", f"{period_words(row.billing_period)}, {word(row.billing_time).lower()}"),
            Fact("Currency", row.billing_currency),
            Fact("Payment due", due),
            *([Fact("PO number", row.purchase_order_number)] if row.purchase_order_number else []),
            Fact(
                "Billing entity",
                entity.legal_name or entity.reference,
                reverse("desk:billing-entity", args=[entity.public_id]),
            ),
            Fact("Next invoice", following.html if following else "None"),
            *([Fact("New invoices", "Begin on hold")] if row.init_invoice_on_hold else []),
            *self._group(),
        ]

    def _group(self) -> list[Fact]:
        """The subscription group whose volumes count together with its own."""
        member = subscription_groups.membership(self.row)
        if member is None:
            return []
        group = member.group
        return [Fact("Group", group.name or group.reference, to("subscription-group", group.public_id))]

    def tabs(self) -> list[Tab]:
        return [
            Tab("schedule", "Schedule", "desk/customers/subscription_schedule.html"),
            Tab("invoices", "Invoices", "desk/customers/subscription_invoices.html"),
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name == "schedule":
            return {
                "ruler": self._ruler(),
                "phases": self.shown.timeline,
                "rail": replace(self._coming(), differing=tuple),
                "changes": changes(self.operator.platform, self.shown.timeline),
                "next_event": to("event-new") if self._is_fresh() else "",
                "ends": ends(self.row),
                "at": self.operator.at,
                "zone": self.row.billing_entity.zone,
            }
        if tab.name == "invoices":
            rows = Invoice.objects.filter(platform=self.operator.platform, subscription=self.row)
            return {"invoices": rows_of(rows, most=RECENT, at=self.operator.at)}
        return {}

    def _is_fresh(self) -> bool:
        """Whether it was activated just now, so that the next step is worth a line."""
        since = self.row.activated_at
        running = self.row.status == SubscriptionStatus.ACTIVE
        return running and since is not None and self.operator.at - since < FRESH

    def _ruler(self) -> Ruler:
        rows = self.shown.timeline
        end = ends(self.row)
        bars = [
            Phase(version_words(row.pricing_plan_version), row.start_at, row.end_at or end) for row in rows
        ]
        return Ruler(bars, self.operator.at, self.row.billing_entity.zone)

    def _coming(self) -> Rail:
        """The invoices of the running period and of the two after it."""
        living = (SubscriptionStatus.DRAFT, SubscriptionStatus.ACTIVE)
        if self.row.status not in living or not self.shown.timeline:
            return Rail(waits="Nothing more will be invoiced")
        start = max(self.operator.at, self.shown.timeline[0].start_at)
        try:
            return rail(
                ctx=self.operator.ctx,
                subscription=self.row,
                start=start,
                ends=False,
                assumed=[],
                opening=False,
            )
        except TallydeskError as error:
            return Rail(waits=error.message)

    def actions(self) -> list[Action]:
        if self.row.status == SubscriptionStatus.DRAFT:
            keys = [self.customer.public_id, self.row.public_id]
            edit = reverse("desk:subscription-edit", args=keys)
            activate = reverse("desk:subscription-activate", args=keys)
            return [
                Action("Edit", edit, f"{SUBSCRIPTION}.UPDATE", key="e"),
                Action(
                    "Activate subscription", activate, f"{SUBSCRIPTION}.STATUS.UPDATE", "primary", "dialog"
                ),
            ]
        if self.row.status != SubscriptionStatus.ACTIVE:
            return []
        found = [replace(self.step("edit", "Edit", f"{SUBSCRIPTION}.UPDATE"), key="e")]
        if can_charge(self.operator, self.shown.current):
            found.append(self.step("charge", "Charge now", CHARGE))
        if self.row.cancel_at:
            found.append(self.step("keep", "Keep subscription", f"{SUBSCRIPTION}.CANCEL"))
        return found

    def more(self) -> list[Action]:
        status = self.row.status
        found = [self.step("copy", "Copy", f"{SUBSCRIPTION}.CREATE")]
        if status in (SubscriptionStatus.CANCELLED, SubscriptionStatus.VOID):
            found.append(self.step("edit", "Rename", f"{SUBSCRIPTION}.UPDATE"))
        if status in (SubscriptionStatus.DRAFT, SubscriptionStatus.ACTIVE) and self.shown.timeline:
            found.append(self.step("go-on", "Go on at other prices", "PRICING_PLAN_SCHEDULE.CREATE"))
        if status == SubscriptionStatus.ACTIVE:
            found.append(self.step("cancel", "Cancel subscription", f"{SUBSCRIPTION}.CANCEL", "bad"))
        if status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED):
            found.append(self.step("void", "Void subscription", f"{SUBSCRIPTION}.STATUS.UPDATE", "bad"))
        if status in (SubscriptionStatus.CANCELLED, SubscriptionStatus.VOID):
            found.append(self.step("archive", "Archive", f"{SUBSCRIPTION}.STATUS.UPDATE"))
        if status == SubscriptionStatus.DRAFT:
            found.append(self.step("delete", "Delete draft", f"{SUBSCRIPTION}.DELETE", "bad"))
        return found

    def step(self, verb: str, label: str, permission: str, style: str = "") -> Action:
        """A dialog that says what the step means, then takes it."""
        url = reverse("desk:subscription-step", args=[self.customer.public_id, self.row.public_id, verb])
        return Action(label, url, permission, style, opens="dialog")

    def call(self) -> Call | None:
        return Call("GET", f"/v1/pricing-plan-subscriptions/{self.kwargs['pk']}")
