"""Record that money has arrived for an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from accounts.context import Context
from billing.models import Invoice, InvoiceStatus, PaymentStatus
from kit import persistence
from kit.errors import InvalidField, InvalidOperation
from kit.money import EXACT, round_half_up
from webhooks.services import changes

# What an invoice shows of others.
SHOWN = ("platform", "billing_entity", "customer", "subscription")


@transaction.atomic
def invoice(*, ctx: Context, instance: Invoice, amount: Decimal) -> Invoice:
    """Add ``amount`` (major units, in the invoice's currency) to what was received.

    The invoice is paid once nothing is open; ``invoice.paid`` is told of once. Raises
    InvalidOperation unless it is FINAL, InvalidField for an amount that is not money.
    """
    return locked(ctx=ctx, locked=persistence.lock(instance, related=SHOWN), amount=amount)


def locked(*, ctx: Context, locked: Invoice, amount: Decimal) -> Invoice:
    """The same for an invoice whose row the caller has locked and read."""
    if locked.status != InvoiceStatus.FINAL:
        raise InvalidOperation(f"This invoice is {locked.status}: only a FINAL one can be paid", field="paid")
    if amount < 0 or amount != round_half_up(amount, locked.currency):
        raise InvalidField(f"must be an amount of {locked.currency}", field="amount")
    before = changes.snapshot(locked)
    received = EXACT.add(locked.paid_amount, amount)
    was_paid = locked.paid
    status = _status(received, locked.amount_including_tax)
    values = {
        "paid_amount": received,
        "payment_status": status,
        "paid": status in (PaymentStatus.PAID, PaymentStatus.OVERPAID),
        "updated_at": ctx.at,
    }
    persistence.store(locked, persistence.assign(locked, values))
    lifecycle = ("invoice.paid",) if locked.paid and not was_paid else ()
    changes.updated(ctx=ctx, instance=locked, before=before, lifecycle=lifecycle)
    return locked


def of_themselves(invoices: Sequence[Invoice]) -> list[Invoice]:
    """Those that are becoming FINAL and ask for no money: they are paid from the start, and marked so."""
    found = [each for each in invoices if each.amount_including_tax <= each.paid_amount]
    for each in found:
        each.payment_status = _status(each.paid_amount, each.amount_including_tax)
        each.paid = True
    return found


def _status(received: Decimal, total: Decimal) -> PaymentStatus:
    if received > total:
        return PaymentStatus.OVERPAID
    if received == total:
        return PaymentStatus.PAID
    return PaymentStatus.PARTIALLY_PAID if received > 0 else PaymentStatus.UNPAID
