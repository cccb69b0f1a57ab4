"""Change an invoice: what PATCH asks for, verb by verb."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import Invoice, InvoiceStatus
from billing.services.invoices import finalize, settle
from kit import persistence
from kit.errors import InvalidOperation
from kit.money import EXACT
from webhooks.services import changes

FINAL = InvoiceStatus.FINAL


@transaction.atomic
def update(*, ctx: Context, instance: Invoice, fields: dict[str, Any]) -> Invoice:
    """Apply ``on_hold``, ``purchase_order_number``, the step that ``status`` asks for, then ``paid``.

    ``paid`` true books what is still open as received: nothing of an invoice that gives money back.

    Raises InvalidOperation for a change that a final invoice does not admit, or a status that is not
    reached by PATCH.
    """
    invoice: Invoice = persistence.lock(instance, related=settle.SHOWN)
    status = fields.get("status", invoice.status)
    if status not in (invoice.status, FINAL):
        raise InvalidOperation(
            f"An invoice is not made {status} here: only FINAL can be asked for", field="status"
        )
    values: dict[str, Any] = {
        name: fields[name] for name in ("on_hold", "purchase_order_number") if name in fields
    }
    differing = {name: value for name, value in values.items() if getattr(invoice, name) != value}
    if differing:
        _change(ctx, invoice, differing)
    if status == FINAL and invoice.status != FINAL:
        invoice = finalize.invoice(ctx=ctx, instance=invoice)
    return _pay(ctx, invoice, fields.get("paid"))


def _pay(ctx: Context, invoice: Invoice, paid: bool | None) -> Invoice:
    if paid is None or paid == invoice.paid:
        return invoice
    if not paid:
        raise InvalidOperation("A payment is not taken back here", field="paid")
    open_amount = EXACT.subtract(invoice.amount_including_tax, invoice.paid_amount)
    return settle.locked(ctx=ctx, locked=invoice, amount=max(open_amount, Decimal(0)))


def _change(ctx: Context, invoice: Invoice, values: dict[str, Any]) -> None:
    if invoice.status != InvoiceStatus.DRAFT:
        raise InvalidOperation(f"This invoice is {invoice.status}: it cannot be changed", field=min(values))
    before = changes.snapshot(invoice)
    if values.get("on_hold") is False:
        grace = timedelta(seconds=invoice.billing_entity.grace_period_seconds)
        # Whoever releases a draft gets the grace period once more to look at it.
        values = values | {"finalize_at": max(invoice.period_end, ctx.at) + grace}
    values = values | {"updated_at": ctx.at}
    persistence.store(invoice, persistence.assign(invoice, values))
    changes.updated(ctx=ctx, instance=invoice, before=before)
