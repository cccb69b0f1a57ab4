"""The invoices of one customer or subscription, newest first, as their small table shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from billing.models import Invoice, InvoiceStatus
from billing.selectors import invoice_states
from desk.components.addresses import to
from desk.components.columns import Amount
from kit.money import Money


class InvoiceRow(NamedTuple):
    """``amount`` stands on the decimal point of the table, whatever the currencies; empty while unknown."""

    invoice: Invoice
    url: str
    state: str
    amount: SafeString | str


def rows_of(rows: QuerySet[Any], *, most: int, at: datetime) -> list[InvoiceRow]:
    """The newest of ``rows``, with their addresses and states."""
    found = list(rows.select_related("billing_entity", "subscription").order_by("-period_end", "-pk")[:most])
    amount = Amount(name="amount", label="Amount", of=_amount).over(found)
    return [
        InvoiceRow(each, to("invoice", each.public_id), invoice_states.state(each, at), amount.html(each))
        for each in found
    ]


def _amount(invoice: Invoice) -> Money | None:
    known = invoice.totals_at or invoice.status == InvoiceStatus.FINAL
    return Money(invoice.amount_including_tax, invoice.currency) if known else None
