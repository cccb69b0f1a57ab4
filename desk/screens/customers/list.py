"""Customers: who uses what is metered and owes the invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from billing.models import Customer, CustomerStatus, Invoice, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import invoice_states, parties, subscriptions
from billing.services.customers import customers
from desk.components.actions import Action
from desk.components.badges import word
from desk.components.curl import Call, per_row
from desk.components.empty import Empty
from desk.forms.places import countries, country_name
from desk.screens.customers import list_amounts
from desk.screens.lists import ListScreen
from desk.tables import Amounts, Bulk, Choice, Column, Filter, Moment, Status, Table, statuses, unless
from kit.money import Money, plain

COUNTRY_PATHS = ("organization__registered_address__country", "individual__residential_address__country")
SHOWN_SUBSCRIPTIONS = 2
NOTHING: list[Money] = []


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


def _overdue(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    if len(values) != 1:
        return rows
    theirs = Invoice.objects.filter(platform=OuterRef("platform"), customer=OuterRef("pk"))
    late = Exists(invoice_states.with_payment(theirs, [invoice_states.OVERDUE]))
    return rows.filter(late if values[0] == "YES" else ~late)


def _in_each(of: str, words: Callable[[Money], str]) -> Callable[[Any], str]:
    """A customer's amounts, one in each currency, as an export writes them."""
    return lambda customer: " ".join(words(each) for each in getattr(customer, of))


def _amounts(name: str, label: str) -> Amounts:
    exports = [
        (label, _in_each(name, lambda each: plain(each.quantity))),
        (f"{label} currency", _in_each(name, lambda each: each.currency)),
    ]
    return Amounts(name=name, label=label, of=name, exports=exports)


def _subscriptions(customer: Any) -> str:
    names = customer.plan_names
    rest = f" and {len(names) - SHOWN_SUBSCRIPTIONS} more" if len(names) > SHOWN_SUBSCRIPTIONS else ""
    return ", ".join(names[:SHOWN_SUBSCRIPTIONS]) + rest


class Customers(ListScreen):
    """Every customer, newest first."""

    permission = "CUSTOMER.VIEW"
    title = "Customers"
    template = "desk/customers/list.html"
    late = ("so_far",)
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
            _amounts("so_far", "This period so far"),
            _amounts("overdue", "Overdue"),
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
            Choice(
                name="overdue",
                label="Overdue",
                choices=[("YES", "Yes"), ("NO", "No")],
                narrow=_overdue,
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

    def pending(self, row: Any) -> bool:
        return bool(row.so_far)

    def painted(self, rows: list[Any]) -> list[Any]:
        """Each with the currencies of what runs, which is drawn up after the page is shown: three queries."""
        running = list_amounts.currencies(self.operator, rows)
        return self._named(rows, {key: [Money(Decimal(0), code) for code in running[key]] for key in running})

    def decorated(self, rows: list[Any]) -> list[Any]:
        """The same with what it comes to now: a fixed number of queries for all of them."""
        return self._named(rows, list_amounts.so_far(self.operator, rows))

    def _named(self, rows: list[Any], so_far: Mapping[int, list[Money]]) -> list[Any]:
        """Each with the plans of its active subscriptions and what it owes too late: two queries."""
        active = subscriptions.subscriptions(self.operator.platform).prefetch_related(None)
        found = active.filter(customer__in=rows, status=SubscriptionStatus.ACTIVE).order_by("pk")
        names: dict[int, list[str]] = defaultdict(list)
        for customer, name, plan in found.values_list("customer_id", "name", "pricing_plan_name"):
            names[customer].append(name or plan or "Subscription")
        owed = list_amounts.overdue(self.operator, rows)
        for row in rows:
            row.plan_names, row.overdue = names[row.pk], owed.get(row.pk, NOTHING)
            row.so_far = so_far.get(row.pk, NOTHING)
        return rows

    def href(self, row: Customer) -> str:
        return reverse("desk:customer", args=[row.public_id])

    def actions(self) -> list[Action]:
        url = reverse("desk:customer-new")
        return [Action("New customer", url, "CUSTOMER.CREATE", "primary", key="n")]

    def call(self) -> Call:
        return Call("GET", "/v1/customers")
