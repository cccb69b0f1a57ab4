"""Invoicing > Invoices: every draft and final invoice, with what it comes to now."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.context import Context
from billing.models import Invoice, InvoiceStatus, InvoiceType
from billing.selectors import invoice_states
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting, finalize
from billing.services.invoices import invoices as service
from desk import palette
from desk.components.badges import word
from desk.components.curl import Call, per_row
from desk.components.empty import Empty
from desk.operators import Operator
from desk.palette import Hit, Kind
from desk.screens.invoicing import names
from desk.screens.lists import ListScreen
from desk.tables import Amount, Bulk, Choice, Column, Contains, Days, Filter, Phrase, Status, Table
from kit import clock
from kit.money import Money

HEAVY = ("content", "parties", "prices")
STATES = [
    ("DRAFT", "Draft"),
    ("OPEN", "Draft, period open"),
    ("IN_GRACE", "Grace period"),
    ("ON_HOLD", "On hold"),
    ("FINAL", "Final"),
    ("VOID", "Void"),
    ("ARCHIVED", "Archived"),
]
PAYMENTS = [(name, word(name)) for name in ("UNPAID", "OVERDUE", "PARTIALLY_PAID", "PAID", "OVERPAID")]


def hold(*, ctx: Context, instance: Invoice) -> Invoice:
    """Keep the draft from becoming final by itself."""
    return service.update(ctx=ctx, instance=instance, fields={"on_hold": True})


def release(*, ctx: Context, instance: Invoice) -> Invoice:
    """Let the draft go on; its grace period starts again."""
    return service.update(ctx=ctx, instance=instance, fields={"on_hold": False})


def make_final(*, ctx: Context, instance: Invoice) -> Invoice:
    """Make the draft final now."""
    return finalize.invoice(ctx=ctx, instance=instance)


def no_draft(row: Invoice) -> str:
    """Why a bulk action on drafts leaves a row alone."""
    return "" if row.status == InvoiceStatus.DRAFT else f"already {word(row.status).lower()}"


def not_to_hold(row: Invoice) -> str:
    return no_draft(row) or ("already on hold" if row.on_hold else "")


def not_to_release(row: Invoice) -> str:
    return no_draft(row) or ("" if row.on_hold else "not on hold")


def _at(invoice: Invoice) -> Any:
    return invoice.platform.test_now or clock.now()


class Invoices(ListScreen):
    """All invoices, newest period first."""

    permission = "INVOICE.VIEW"
    late = ("total",)
    empty = Empty(
        "Invoices appear when a subscription is active",
        "The current period's draft is created straight away, and shows what has been used so far.",
        call=Call("GET", "/v1/invoices"),
    )
    table = Table(
        key="invoices",
        one="invoice",
        many="invoices",
        default="-period",
        columns=[
            Column(name="number", label="Number", of=names.short, sort="invoice_number"),
            Column(name="customer", label="Customer", of=names.customer, sort="customer__name"),
            Phrase(
                name="period",
                label="Period",
                of=names.period,
                sort="period_start",
                exports=[("Period start", "period_start"), ("Period end", "period_end")],
            ),
            Status(name="status", of=lambda row: invoice_states.state(row, _at(row))),
            Amount(name="total", label="Total", of="shown_total", sort="amount_including_tax"),
            Amount(name="due", label="Amount due", of="shown_due"),
            Status(name="payment", label="Payment", of=lambda row: invoice_states.payment(row, _at(row))),
            Phrase(
                name="due_date",
                label="Due",
                of=lambda row: names.due(row, _at(row)),
                sort="due_date",
                exports=[("Due date", "due_date"), ("Final at", "finalize_at")],
            ),
            Column(name="entity", label="Billing entity", of="billing_entity.legal_name", optional=True),
        ],
        filters=[
            Choice(
                name="status",
                label="Status",
                path="status",
                choices=STATES,
                narrow=invoice_states.in_states,
            ),
            Choice(name="payment", label="Payment", choices=PAYMENTS, narrow=invoice_states.with_payment),
            Choice(
                name="type",
                label="Type",
                path="type",
                choices=[(each.value, word(each.value)) for each in InvoiceType],
            ),
            Contains(name="customer", label="Customer", path="customer__name"),
            Contains(name="entity", label="Billing entity", path="billing_entity__legal_name"),
            Filter(name="currency", label="Currency", path="currency", hint="Such as EUR"),
            Filter(name="customer_id", label="Customer ID", path="customer__public_id"),
            Days(name="period", label="Period starts", path="period_start"),
            Days(name="due", label="Due", path="due_date"),
        ],
        search=(
            "invoice_number",
            "public_id",
            "customer__name",
            "customer__reference",
            "customer__public_id",
        ),
        bulk=[
            Bulk(
                name="finalize",
                label="Finalize",
                permission="INVOICE.UPDATE",
                run=make_final,
                calls=per_row("PATCH", "/v1/invoices", body={"status": "FINAL"}),
                refuses=no_draft,
                money=lambda row: row.shown_total,
                says="Each draft gets its number and is locked. This cannot be undone.",
            ),
            Bulk(
                name="hold",
                label="Put on hold",
                permission="INVOICE.UPDATE",
                run=hold,
                calls=per_row("PATCH", "/v1/invoices", body={"on_hold": True}),
                refuses=not_to_hold,
                says="Held drafts keep taking usage and do not become final by themselves.",
            ),
            Bulk(
                name="release",
                label="Release hold",
                permission="INVOICE.UPDATE",
                run=release,
                calls=per_row("PATCH", "/v1/invoices", body={"on_hold": False}),
                refuses=not_to_release,
                says="Each draft becomes final by itself after another grace period.",
            ),
        ],
        presets=[
            ("Drafts", "status=DRAFT"),
            ("Grace period", "status=IN_GRACE"),
            ("On hold", "status=ON_HOLD"),
            ("Final, unpaid", "payment=UNPAID"),
            ("Overdue", "payment=OVERDUE"),
            ("Paid", "payment=PAID"),
        ],
    )

    def rows(self) -> QuerySet[Any]:
        return selectors.rows(self.operator.platform).defer(*HEAVY)

    def row_name(self, row: Any) -> str:
        return f"{names.title(row)}, {names.customer(row)}"

    def href(self, row: Any) -> str:
        return reverse("desk:invoice", args=[row.public_id])

    def call(self) -> Call:
        return Call("GET", "/v1/invoices")

    def pending(self, row: Any) -> bool:
        return bool(row.status == InvoiceStatus.DRAFT)

    def painted(self, rows: list[Any]) -> list[Any]:
        """Each row with what is stored; the totals of drafts follow."""
        return _with_totals(rows, {})

    def decorated(self, rows: list[Any]) -> list[Any]:
        """Each row with its total; drafts as they are now, a fixed number of queries for all of them."""
        drafts = [row for row in rows if row.status == InvoiceStatus.DRAFT]
        found = drafting.contents(platform=self.operator.platform, invoices=drafts) if drafts else []
        now = {each.invoice.pk: each.content.totals.including_tax for each in found if each.content}
        return _with_totals(rows, now)


def _with_totals(rows: list[Any], now: Mapping[int, Decimal]) -> list[Any]:
    for row in rows:
        row.shown_total = Money(now.get(row.pk, row.amount_including_tax), row.currency)
        row.shown_due = _open(row)
    return rows


def _open(row: Invoice) -> Money | None:
    if row.status != InvoiceStatus.FINAL:
        return None
    return Money(max(row.amount_including_tax - row.paid_amount, Decimal(0)), row.currency)


def _found(operator: Operator, text: str) -> list[Hit]:
    rows = Invoice.objects.filter(platform=operator.platform).select_related("customer").defer(*HEAVY)
    like = rows.filter(invoice_number__icontains=text) | rows.filter(public_id=text)
    return [
        Hit(names.title(row), reverse("desk:invoice", args=[row.public_id]), names.customer(row), "doc")
        for row in like.order_by("invoice_number", "pk")[: palette.PER_KIND]
    ]


palette.register(Kind("Invoices", "doc", "INVOICE.VIEW", _found))
