"""Customers: who uses what is metered and owes the invoices."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from billing.models import Customer, CustomerStatus, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import parties, subscriptions
from billing.selectors.insights import money
from billing.services.customers import customers
from desk.components.actions import Action
from desk.components.badges import word
from desk.components.curl import Call, per_row
from desk.components.empty import Empty
from desk.forms.places import countries, country_name
from desk.screens.lists import ListScreen
from desk.tables import Amounts, Bulk, Choice, Column, Filter, Moment, Status, Table, statuses, unless
from kit.money import Money, plain

COUNTRY_PATHS = ("organization__registered_address__country", "individual__residential_address__country")
SHOWN_SUBSCRIPTIONS = 2


class Country(Filter):
    """Customers in a country, by its code or its English name."""

    def apply(self, rows: QuerySet[Any], query: Any) -> QuerySet[Any]:
        values = self.values(query)
        if not values:
            return rows
        asked = values[0].strip().casefold()
        named = [code for code, name in countries() if asked in (code.casefold(), name.casefold())]
        wanted = Q(pk__in=[])
        for path in COUNTRY_PATHS:
            wanted |= Q(**{f"{path}__in": named})
        return rows.filter(wanted)


def _without_subscription(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    if len(values) != 1:
        return rows
    running = PricingPlanSubscription.objects.filter(
        customer=OuterRef("pk"), status=SubscriptionStatus.ACTIVE
    )
    return rows.filter(Exists(running) if values[0] == "YES" else ~Exists(running))


def _subscriptions(customer: Any) -> str:
    names = customer.plan_names
    rest = f" and {len(names) - SHOWN_SUBSCRIPTIONS} more" if len(names) > SHOWN_SUBSCRIPTIONS else ""
    return ", ".join(names[:SHOWN_SUBSCRIPTIONS]) + rest


class Customers(ListScreen):
    """Every customer, newest first."""

    permission = "CUSTOMER.VIEW"
    title = "Customers"
    template = "desk/customers/list.html"
    table = Table(
        key="customers",
        one="customer",
        many="customers",
        default="-created",
        columns=[
            Column(
                name="name",
                label="Name",
                of=lambda row: row.name or row.reference or row.public_id,
                more=lambda row: row.reference if row.name else "",
                sort="name",
                exports=[("Name", "name"), ("Reference", "reference")],
            ),
            Column(name="type", label="Type", of=lambda row: word(row.type), sort="type"),
            Column(name="country", label="Country", of=lambda row: country_name(row.address.get("country"))),
            Column(name="email", label="Email", of="email", sort="email", optional=True),
            Column(name="subscriptions", label="Subscriptions", of=_subscriptions),
            Amounts(
                name="overdue",
                label="Overdue",
                of="overdue",
                exports=[
                    ("Overdue", lambda row: " ".join(plain(each.quantity) for each in row.overdue)),
                    ("Overdue currency", lambda row: " ".join(each.currency for each in row.overdue)),
                ],
            ),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
            Status(name="status", of="status", sort="status"),
        ],
        filters=[
            statuses(CustomerStatus.values),
            Choice(
                name="type",
                label="Type",
                path="type",
                choices=[("ORGANIZATION", "Organization"), ("INDIVIDUAL", "Individual")],
            ),
            Country(name="country", label="Country", hint="Such as NL or Netherlands"),
            Choice(
                name="subscribed",
                label="Active subscription",
                choices=[("YES", "Yes"), ("NO", "No")],
                narrow=_without_subscription,
            ),
        ],
        search=("name", "reference", "public_id", "email"),
        bulk=[
            Bulk(
                name="activate",
                label="Activate",
                permission="CUSTOMER.UPDATE",
                run=customers.activate,
                calls=per_row("POST", "/v1/customers", verb="activate"),
                refuses=unless(CustomerStatus.DRAFT),
                says="Active customers may subscribe, and what they use is billed.",
            )
        ],
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        """Step 5 of the tutorial."""
        return Empty(
            "Add a customer",
            "A customer uses what you meter and owes the invoices. Its country decides the tax.",
            Action("New customer", reverse("desk:customer-new"), "CUSTOMER.CREATE", "primary"),
            call=Call(
                "POST",
                "/v1/customers",
                {
                    "reference": "brightwater",
                    "type": "ORGANIZATION",
                    "status": "ACTIVE",
                    "organization": {
                        "legal_name": "Brightwater Labs B.V.",
                        "registered_address": {"country": "NL"},
                    },
                },
            ),
        )

    def rows(self) -> QuerySet[Any]:
        return parties.customers(self.operator.platform)

    def decorated(self, rows: list[Any]) -> list[Any]:
        """Each with the plans of its active subscriptions and what it owes too late: two queries."""
        active = subscriptions.subscriptions(self.operator.platform).prefetch_related(None)
        found = active.filter(customer__in=rows, status=SubscriptionStatus.ACTIVE).order_by("pk")
        names: dict[int, list[str]] = defaultdict(list)
        for customer, name, plan in found.values_list("customer_id", "name", "pricing_plan_name"):
            names[customer].append(name or plan or "Subscription")
        owed = self._overdue(rows)
        for row in rows:
            row.plan_names, row.overdue = names[row.pk], owed[row.pk]
        return rows

    def _overdue(self, rows: list[Any]) -> dict[int, list[Money]]:
        """Customer's pk -> what is past its due date in each currency, for who may see invoices."""
        found: dict[int, list[Money]] = defaultdict(list)
        if self.operator.can("INVOICE.VIEW"):
            for customer, currency, owed in money.overdue_of(
                self.operator.platform, rows, at=self.operator.at
            ):
                found[customer].append(Money(owed, currency))
        return found

    def href(self, row: Customer) -> str:
        return reverse("desk:customer", args=[row.public_id])

    def actions(self) -> list[Action]:
        url = reverse("desk:customer-new")
        return [Action("New customer", url, "CUSTOMER.CREATE", "primary", key="n")]

    def call(self) -> Call:
        return Call("GET", "/v1/customers")
