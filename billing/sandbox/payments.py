"""Customers pay, each after the days that it takes; who never pays is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from accounts.context import Context
from billing.models import Invoice, InvoiceStatus
from billing.services.invoices import invoices


def arrive(ctx: Context, pays_after: Mapping[str, int]) -> None:
    """Book what has come in by ``ctx.at``; ``pays_after``: customer reference -> days from its invoice."""
    open_ones = Invoice.objects.filter(platform=ctx.platform, status=InvoiceStatus.FINAL, paid=False)
    rows = open_ones.filter(customer__reference__in=pays_after).order_by("pk")
    due = [
        key
        for key, reference, dated in rows.values_list("pk", "customer__reference", "invoice_date")
        if dated + timedelta(days=pays_after[reference or ""]) <= ctx.at
    ]
    for invoice in (
        open_ones.filter(pk__in=due).defer("content", "parties", "prices").order_by("pk") if due else ()
    ):
        invoices.update(ctx=ctx, instance=invoice, fields={"paid": True})
