"""Customers > Subscriptions: every subscription of the platform."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from billing.models import SubscriptionStatus
from billing.selectors import subscriptions
from desk.components.actions import Action
from desk.components.badges import word
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.screens.customers.subscription_migration import MigrateToVersion, named, refuses
from desk.screens.customers.subscription_rows import SubscriptionRow, period_words
from desk.screens.lists import ListScreen
from desk.tables import Bulk, Choice, Column, Contains, Custom, Day, Days, Moment, Table


def _shown(row: Any) -> SubscriptionRow:
    shown: SubscriptionRow = row.shown
    return shown


def _next_invoice(row: Any) -> datetime | None:
    shown = _shown(row).next_invoice
    return shown.at if shown else None


class Subscriptions(ListScreen):
    """Newest first; a row leads to the subscription at its customer."""

    permission = "PRICING_PLAN_SUBSCRIPTION.VIEW"
    title = "Subscriptions"
    menu = "customers"
    template = "desk/customers/list.html"
    empty = Empty(
        "Subscriptions are made at a customer",
        "Open a customer and choose New subscription: it puts the customer on a version of a plan.",
        Action("Open customers", "../", "CUSTOMER.VIEW", "primary"),
        call=Call("GET", "/v1/pricing-plan-subscriptions"),
    )
    table = Table(
        key="subscriptions",
        one="subscription",
        many="subscriptions",
        default="-created",
        columns=[
            Column(
                name="customer",
                label="Customer",
                of=lambda row: row.customer.name or row.customer.reference,
                more="reference",
                sort="customer__name",
            ),
            Column(
                name="plan",
                label="Plan and version",
                of=lambda row: _shown(row).plan,
                sort="pricing_plan_name",
            ),
            Custom(
                name="status",
                label="Status",
                of="status",
                sort="status",
                template="desk/customers/subscription_status.html",
            ),
            Day(name="start", label="Start", of="start_at", sort="start_at"),
            Column(name="phase", label="Current phase", of=lambda row: _shown(row).phase),
            Column(
                name="next",
                label="Next invoice",
                of=lambda row: _shown(row).next_invoice and _shown(row).next_invoice.html,  # type: ignore[union-attr]
                exports=[("Next invoice", _next_invoice)],
            ),
            Column(
                name="period",
                label="Billed",
                of=lambda row: period_words(row.billing_period),
                optional=True,
            ),
            Column(name="currency", label="Currency", of="billing_currency", optional=True),
            Column(name="entity", label="Billing entity", of="billing_entity.legal_name", optional=True),
            Moment(name="created", label="Created", of="created_at", sort="created_at", optional=True),
        ],
        filters=[
            Choice(
                name="status",
                label="Status",
                path="status",
                choices=[(value, word(value)) for value in SubscriptionStatus.values],
            ),
            Contains(name="plan", label="Plan", path="pricing_plan_name"),
            Days(name="start", label="Start", path="start_at"),
        ],
        search=("customer__name", "customer__reference", "reference", "public_id", "name"),
        bulk=[
            Bulk(
                name="migrate",
                label="Migrate to version",
                permission="PRICING_PLAN_SCHEDULE.CREATE",
                question=MigrateToVersion(),
                refuses=refuses,
                says="First you see what it means for each: nothing changes before you apply it.",
            )
        ],
    )

    def rows(self) -> QuerySet[Any]:
        return subscriptions.subscriptions(self.operator.platform)

    def decorated(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.shown = SubscriptionRow(row, self.operator.at)
        return rows

    def row_name(self, row: Any) -> str:
        return named(SubscriptionRow(row, self.operator.at))

    def href(self, row: Any) -> str:
        return SubscriptionRow(row, self.operator.at).url

    def call(self) -> Call:
        return Call("GET", "/v1/pricing-plan-subscriptions")
