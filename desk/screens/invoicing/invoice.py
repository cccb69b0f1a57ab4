"""One invoice: how much and by when, where it is in its life, what it is made of, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import AuditEntry, Platform
from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.invoice_view import Shown
from billing.calc.due_date import PaymentTerm
from billing.models import Invoice, InvoiceStatus
from billing.selectors import invoice_states
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting, freezing
from desk import navigation
from desk.components import format
from desk.components.actions import Action
from desk.components.badges import Badge, word
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.components.json_view import pretty
from desk.screens.details import API_OBJECT, DetailScreen, Tab, activity_of
from desk.screens.invoicing import lifecycle, lines, names, timeline
from kit.errors import TallydeskError
from webhooks.models import Delivery
from webhooks.selectors import deliveries

DELIVERIES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Content:
    """What an invoice holds: the tree, or why there is none."""

    tree: Mapping[str, Any] | None
    error: TallydeskError | None = None

    @property
    def total(self) -> Decimal | None:
        """With tax."""
        return Decimal(self.tree["tax_summary"]["total_amount"]["quantity"]) if self.tree else None


def content_of(platform: Platform, invoice: Invoice) -> Content:
    """The frozen tree of a final invoice; a draft's as it is now."""
    if invoice.status != InvoiceStatus.DRAFT:
        return Content(invoice.content)
    [draft] = drafting.contents(platform=platform, invoices=[invoice])
    return Content(freezing.content(draft)) if draft.content is not None else Content(None, draft.error)


class InvoicePage(DetailScreen):
    """The invoice at one of its tabs."""

    model = Invoice
    route = "invoice"
    menu = "invoices"
    permission = "INVOICE.VIEW"
    template = "desk/invoicing/invoice.html"
    regions = ("tab", "header", "summary")

    def rows(self) -> QuerySet[Any]:
        return selectors.rows(self.operator.platform)

    def name(self) -> str:
        return names.title(self.row)

    def call(self) -> Call:
        return Call("GET", f"/v1/invoices/{self.kwargs['pk']}")

    @property
    def at(self) -> datetime:
        return self.operator.at

    @cached_property
    def held(self) -> Content:
        """The content, computed once for the page."""
        return content_of(self.operator.platform, self.row)

    @cached_property
    def sent(self) -> list[Delivery]:
        """The newest deliveries about this invoice."""
        if not self.operator.can("WEBHOOK.VIEW"):
            return []
        found = deliveries.of_resource(self.operator.platform, self.row.public_id)
        return list(found[:DELIVERIES_SHOWN])

    @cached_property
    def entries(self) -> list[AuditEntry]:
        return activity_of(self.row)

    def badges(self) -> list[Badge]:
        found = [Badge(invoice_states.state(self.row, self.at))]
        payment = invoice_states.payment(self.row, self.at)
        return [*found, Badge(payment)] if payment else found

    def facts(self) -> list[Fact]:
        row = self.row
        zone = self.operator.zone
        subscription = row.subscription
        return [
            Fact("Customer", names.customer(row), _link("customer", row.customer.public_id)),
            Fact(
                "Subscription",
                _plan(row),
                _link("subscription", subscription.public_id) if subscription else "",
            ),
            Fact("Billing period", names.period(row)),
            Fact("Invoice date", format.day(row.invoice_date, zone)),
            Fact("Terms", terms(subscription.payment_term if subscription else None)),
            Fact(
                "Billing entity",
                row.billing_entity.legal_name or row.billing_entity.reference,
                _link("billing-entity", row.billing_entity.public_id),
            ),
        ]

    def actions(self) -> list[Action]:
        row = self.row
        pdf = Action(
            "Download PDF" if row.invoice_number else "Preview PDF",
            self._to("pdf-file"),
            "INVOICE.PDF.DOWNLOAD",
            icon="dl",
        )
        if row.status != InvoiceStatus.DRAFT:
            return [Action(pdf.label, f"{pdf.url}?download=1", pdf.permission, "primary", icon="dl")]
        finalize = Action("Finalize now", self._to("finalize"), "INVOICE.UPDATE", "primary", "dialog")
        if row.on_hold:
            release = Action("Release hold", self._to("release"), "INVOICE.UPDATE", "primary", "dialog")
            return [pdf, Action(finalize.label, finalize.url, finalize.permission, "", "dialog"), release]
        return [
            pdf,
            Action("Put on hold", self._to("hold"), "INVOICE.UPDATE", posts=True, copies=True),
            finalize,
        ]

    def more(self) -> list[Action]:
        row = self.row
        if row.status == InvoiceStatus.FINAL and not row.paid:
            return [Action("Record as paid", self._to("paid"), "INVOICE.UPDATE", opens="dialog")]
        return []

    def tabs(self) -> list[Tab]:
        found = [
            Tab("overview", "Overview", "desk/invoicing/overview.html"),
            Tab("pdf", "PDF", "desk/invoicing/pdf.html"),
        ]
        if self.operator.can("WEBHOOK.VIEW"):
            found.append(Tab("webhooks", "Webhooks", "desk/invoicing/sent.html", len(self.sent)))
        return found

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        common = {"hero": self._hero(), "held": self.held, "state": invoice_states.state(self.row, self.at)}
        if tab.name == "overview":
            return common | self._overview()
        if tab is API_OBJECT:
            shown = Shown(self.row, self.held.tree, self.held.error)
            return common | {"json": pretty(dict(InvoiceSerializer(shown).data))}
        if tab.name == "webhooks":
            may = self.operator.can("WEBHOOK_EVENT_RESEND")
            return common | {"deliveries": self.sent, "may_resend": may}
        return common | {"pdf_url": self._to("pdf-file")}

    def _overview(self) -> dict[str, Any]:
        held = self.held.tree
        return {
            "groups": lines.groups(held, self.row.period_end) if held else [],
            "summary": held is not None,
            "subtotal": _money(held["tax_summary"]["base_amount"]) if held else "",
            "total": _money(held["tax_summary"]["total_amount"]) if held else "",
            "taxes": [_tax(each) for each in held["tax_categories"]] if held else [],
            "moments": timeline.moments(self.row, self.entries, self.sent, self.at),
            "unpriced": held.get("unpriced_usage") if held else None,
            "pdf_url": self._to("pdf-file"),
        }

    def _hero(self) -> dict[str, Any]:
        row = self.row
        total = self.held.total
        shown = row.amount_including_tax if total is None else total
        is_final = row.status == InvoiceStatus.FINAL
        due = shown - row.paid_amount
        return {
            "label": self._due_words(),
            "amount": format.money(due if is_final and not row.paid else shown, row.currency),
            "currency": format.code(row.currency),
            "paid": format.money(row.paid_amount, row.currency) if is_final else "",
            "due": format.money(due, row.currency) if is_final else "",
            "steps": lifecycle.steps(row, self.at),
        }

    def _due_words(self) -> str:
        row = self.row
        if row.status == InvoiceStatus.DRAFT:
            return "Total so far" if row.period_end > self.at else "Total, still a draft"
        if row.status != InvoiceStatus.FINAL:
            return "Total"
        if row.paid:
            return "Overpaid" if row.amount_including_tax < row.paid_amount else "Paid in full"
        return (
            f"Amount due, by {format.day(row.due_date, self.operator.zone)}" if row.due_date else "Amount due"
        )

    def _to(self, verb: str) -> str:
        return reverse(f"desk:invoice-{verb}", args=[self.row.public_id])


def terms(term: PaymentTerm | None) -> str:
    """``Net 30 days``, or that it is due at once."""
    if term is None or term.period is None:
        return "Due at once" if term is None else word(term.type.value)
    unit = term.period.type.value.lower()
    return f"Net {term.period.value} {unit}{'' if term.period.value == 1 else 's'}"


def _plan(row: Invoice) -> str:
    """The plan and version in force at the start of the period."""
    if row.subscription is None:
        return "None"
    schedules = [each for each in row.subscription.schedules.all() if each.start_at <= row.period_start]
    if not schedules:
        return row.subscription.name or row.subscription.public_id
    version = schedules[-1].pricing_plan_version
    return f"{version.pricing_plan.name} v{version.version}"


def _tax(category: Mapping[str, Any]) -> tuple[str, str]:
    label = f"{category['name']} {format.number(Decimal(category['percentage']))}%"
    return label, _money(category["tax_amount"])


def _money(amount: Mapping[str, str]) -> str:
    return format.money(Decimal(amount["quantity"]), amount["currency"])


def _link(name: str, key: str) -> str:
    """Where a record's page is, or nothing while there is none."""
    return navigation.address(name, key)
