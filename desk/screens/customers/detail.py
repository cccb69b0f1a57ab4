"""One customer: what runs, what it comes to so far, what was invoiced, who they are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from billing.models import Customer, CustomerStatus, Invoice, InvoiceStatus, SubscriptionStatus
from billing.selectors import invoices, parties, subscriptions
from billing.services.invoices import drafting
from desk.components.actions import Action
from desk.components.addresses import to
from desk.components.badges import word
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.places import address_lines, country_name
from desk.screens.customers.invoice_rows import InvoiceRow
from desk.screens.customers.invoice_rows import rows_of as invoice_rows
from desk.screens.customers.subscription_rows import SubscriptionRow, rows_of
from desk.screens.customers.usage import usage_of
from desk.screens.details import DetailScreen, Tab
from desk.screens.settings.billing_entities import tax_id_badge

CLOSED = (CustomerStatus.ARCHIVED, CustomerStatus.CLOSED)
RECENT = 50
RUNNING_DRAFTS = 5


class CustomerDetail(DetailScreen):
    """Tabs: overview, subscriptions, usage, invoices, details, activity, API object."""

    permission = "CUSTOMER.VIEW"
    menu = "customers"
    model = Customer
    route = "customer"
    regions = (*DetailScreen.regions, "so-far-now")

    def rows(self) -> QuerySet[Any]:
        return parties.customers(self.operator.platform)

    def name(self) -> str:
        return str(self.row.name or self.row.reference or self.row.public_id)

    @cached_property
    def subscriptions(self) -> list[SubscriptionRow]:
        """Newest first, each with its schedules and its draft."""
        rows = subscriptions.subscriptions(self.operator.platform).filter(customer=self.row)
        return rows_of(rows.order_by("-pk"), at=self.operator.at)

    @property
    def is_subscribed(self) -> bool:
        return any(each.row.status == SubscriptionStatus.ACTIVE for each in self.subscriptions)

    def facts(self) -> list[Fact]:
        row = self.row
        starts = [each.next_invoice for each in self.subscriptions if each.next_invoice]
        return [
            Fact("Type", word(row.type)),
            Fact("Country", country_name(row.address.get("country")) or "None"),
            Fact("Billing email", row.email or "None"),
            Fact("Active subscriptions", self._running()),
            Fact("Next invoice", min(starts).html if starts else "None"),
        ]

    def _running(self) -> str:
        running = [each for each in self.subscriptions if each.row.status == SubscriptionStatus.ACTIVE]
        return running[0].name if len(running) == 1 else str(len(running) or "None")

    def tabs(self) -> list[Tab]:
        return [
            Tab("overview", "Overview", "desk/customers/overview.html"),
            Tab(
                "subscriptions", "Subscriptions", "desk/customers/subscriptions.html", len(self.subscriptions)
            ),
            Tab("usage", "Usage", "desk/customers/usage.html"),
            Tab("invoices", "Invoices", "desk/customers/invoices.html"),
            Tab("details", "Details", "desk/customers/details.html"),
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        match tab.name:
            case "overview":
                return self._overview()
            case "subscriptions":
                return {"subscriptions": self.subscriptions, "new_subscription": self._new_subscription()}
            case "usage":
                return {"usage": usage_of(self.operator, self.row, self.request.GET)}
            case "invoices":
                return {"invoices": self._invoices(RECENT)}
            case "details":
                return self._details()
        return {}

    def get(self, request: HttpRequest, pk: str, tab: str = "") -> HttpResponseBase:
        """The page; or what runs now, which is drawn up after the page is shown."""
        if self.htmx_target != "so-far-now":
            return super().get(request, pk, tab)
        self.row = self.find(pk)
        drafts = self._in_progress()
        return self.render("desk/customers/so_far.html", drafts=drafts, at=self.operator.at)

    def _overview(self) -> dict[str, Any]:
        return {
            "invoices": self._invoices(5),
            "contacts": parties.contacts(self.operator.platform).filter(customer=self.row).order_by("pk"),
            "next_subscription": self._new_subscription() if not self.is_subscribed else None,
        }

    def _in_progress(self) -> list[drafting.Draft]:
        """What runs now, as it would be invoiced at this moment."""
        rows = invoices.rows(self.operator.platform).filter(customer=self.row, status=InvoiceStatus.DRAFT)
        running = list(rows.order_by("-period_end", "-pk")[:RUNNING_DRAFTS])
        return drafting.contents(platform=self.operator.platform, invoices=running) if running else []

    def _invoices(self, most: int) -> list[InvoiceRow]:
        rows = Invoice.objects.filter(platform=self.operator.platform, customer=self.row)
        return invoice_rows(rows, most=most, at=self.operator.at)

    def _details(self) -> dict[str, Any]:
        organization = self.row.organization or {}
        country = self.row.address.get("country")
        ids = organization.get("tax_ids") or []
        return {
            "address": address_lines(self.row.address),
            "tax_ids": [(each, tax_id_badge(each["id"], country, each.get("type"))) for each in ids],
            "contacts": parties.contacts(self.operator.platform).filter(customer=self.row).order_by("pk"),
            "add_contact": Action(
                "Add contact",
                reverse("desk:contact-new", args=[self.row.public_id]),
                "CONTACT.CREATE",
                opens="dialog",
            ).for_(self.operator),
            "may_change": self.row.status not in CLOSED,
            "contact_actions": [("Edit", "desk:contact-edit"), ("Remove", "desk:contact-remove")],
        }

    def _new_subscription(self, style: str = "primary") -> Action | None:
        url = to("subscription-new", self.row.public_id)
        usable = self.row.status in (CustomerStatus.DRAFT, CustomerStatus.ACTIVE)
        if not url or not usable:
            return None
        return Action("New subscription", url, "PRICING_PLAN_SUBSCRIPTION.CREATE", style).for_(self.operator)

    def actions(self) -> list[Action]:
        if self.row.status in CLOSED:
            return []
        pk, status = self.row.public_id, self.row.status
        found = [Action("Edit", reverse("desk:customer-edit", args=[pk]), "CUSTOMER.UPDATE", key="e")]
        subscribe = self._new_subscription("" if self.is_subscribed or status != "ACTIVE" else "primary")
        found += [subscribe] if subscribe else []
        if status == CustomerStatus.DRAFT:
            found.append(self.move("activate", "Activate customer", "primary"))
        return found

    def more(self) -> list[Action]:
        status = self.row.status
        found = []
        if status == CustomerStatus.ACTIVE:
            found.append(self.move("deprecate", "Deprecate"))
        if status not in CLOSED:
            found.append(self.move("archive", "Archive"))
        if status == CustomerStatus.DRAFT:
            found.append(self.move("delete", "Delete", "bad", "CUSTOMER.DELETE"))
        if status != CustomerStatus.CLOSED:
            found.append(self.move("forget", "Forget customer", "bad"))
        return found

    def move(self, verb: str, label: str, style: str = "", permission: str = "CUSTOMER.UPDATE") -> Action:
        """A dialog that says what the step means, then takes it."""
        url = reverse("desk:customer-move", args=[self.row.public_id, verb])
        return Action(label, url, permission, style, opens="dialog")

    def call(self) -> Call | None:
        return Call("GET", f"/v1/customers/{self.kwargs['pk']}")
