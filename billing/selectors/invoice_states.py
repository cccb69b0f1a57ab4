"""Where an invoice is in its life, in the words of operators: finer than the API's status.

OPEN, IN_GRACE and ON_HOLD are states of a DRAFT; OVERDUE is a FINAL one whose due date has passed unpaid.
Nothing is owed for an invoice that comes to nothing, or gives money back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from billing.models import Invoice, InvoiceStatus, PaymentStatus

OPEN, IN_GRACE, ON_HOLD, OVERDUE = "OPEN", "IN_GRACE", "ON_HOLD", "OVERDUE"
SETTLED = (PaymentStatus.PAID, PaymentStatus.OVERPAID)
NOW = Coalesce("platform__test_now", Now())


def state(invoice: Invoice, at: datetime) -> str:
    """DRAFT while its period runs, IN_GRACE after, ON_HOLD whenever it is held; else the status."""
    if invoice.status != InvoiceStatus.DRAFT:
        return invoice.status
    if invoice.on_hold:
        return ON_HOLD
    return IN_GRACE if invoice.period_end <= at else InvoiceStatus.DRAFT.value


def payment(invoice: Invoice, at: datetime) -> str | None:
    """The payment status of a final invoice, OVERDUE where money is late; None before it is final."""
    if invoice.status != InvoiceStatus.FINAL:
        return None
    late = invoice.due_date is not None and invoice.due_date < at
    owed = invoice.payment_status not in SETTLED and invoice.amount_including_tax > invoice.paid_amount
    return OVERDUE if late and owed else invoice.payment_status


def in_states(rows: QuerySet[Invoice], states: Iterable[str]) -> QuerySet[Invoice]:
    """The invoices in any of the states (a status of the API, or one of those above)."""
    wanted = Q(pk__in=[])
    for each in states:
        wanted |= _CONDITIONS.get(each, Q(status=each))
    return rows.filter(wanted)


def with_payment(rows: QuerySet[Invoice], payments: Iterable[str]) -> QuerySet[Invoice]:
    """The final invoices with any of these payment statuses, OVERDUE among them."""
    wanted = Q(pk__in=[])
    for each in payments:
        wanted |= _OVERDUE if each == OVERDUE else Q(payment_status=each)
    return rows.filter(wanted, status=InvoiceStatus.FINAL)


_DRAFT = Q(status=InvoiceStatus.DRAFT)
OWED = ~Q(payment_status__in=SETTLED) & Q(amount_including_tax__gt=F("paid_amount"))
_OVERDUE = Q(due_date__lt=NOW) & OWED
_CONDITIONS = {
    OPEN: _DRAFT & Q(period_end__gt=NOW),
    IN_GRACE: _DRAFT & Q(period_end__lte=NOW, on_hold=False),
    ON_HOLD: _DRAFT & Q(on_hold=True),
}
