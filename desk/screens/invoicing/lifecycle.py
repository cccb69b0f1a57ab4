"""Where an invoice is between draft and paid, with the dates of each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from django.utils import timezone

from billing.models import Invoice, InvoiceStatus, Occasion
from billing.selectors import invoice_states
from desk.components import format
from desk.screens.invoicing import names

ENDS = {InvoiceStatus.VOID: "Void", InvoiceStatus.ARCHIVED: "Archived"}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the strip. ``look`` is ``done``, ``now``, ``bad`` or empty for what is to come."""

    name: str
    note: str
    look: str = ""


def steps(invoice: Invoice, at: datetime) -> list[Step]:
    """Draft, grace period, final, paid."""
    reached = _reached(invoice, at)
    rows = [
        ("Draft", _when(_opened(invoice))),
        ("On hold" if invoice.on_hold and reached < 2 else "Grace period", _when(invoice.period_end)),
        ("Final", _final(invoice, at)),
        (_end(invoice), _paid(invoice, at)),
    ]
    return [Step(name, note, _look(number, reached, invoice, at)) for number, (name, note) in enumerate(rows)]


def _reached(invoice: Invoice, at: datetime) -> int:
    if invoice.status != InvoiceStatus.DRAFT:
        return 3 if invoice.paid or invoice.status in ENDS else 2
    passed = [invoice.period_start <= at, invoice.period_end <= at]
    return max(0, len(list(takewhile(bool, passed))) - 1)


def _look(number: int, reached: int, invoice: Invoice, at: datetime) -> str:
    if number == 3 and invoice_states.payment(invoice, at) == invoice_states.OVERDUE:
        return "bad"
    if number == reached:
        return "now"
    return "done" if number < reached else ""


def _opened(invoice: Invoice) -> datetime:
    return invoice.period_start if invoice.occasion == Occasion.PERIOD else invoice.created_at


def _final(invoice: Invoice, at: datetime) -> str:
    if invoice.finalized_at:
        return _when(invoice.finalized_at)
    if invoice.status != InvoiceStatus.DRAFT:
        return ""
    if invoice.on_hold:
        return "After release"
    return f"{_when(invoice.finalize_at)}, {names.final_in(invoice, at).removeprefix('Final ')}"


def _end(invoice: Invoice) -> str:
    return ENDS.get(InvoiceStatus(invoice.status), "Paid")


def _paid(invoice: Invoice, at: datetime) -> str:
    if invoice.status != InvoiceStatus.FINAL:
        return ""
    if invoice.paid:
        return "In full"
    zone = timezone.get_current_timezone()
    if not invoice.due_date:
        return "Due at once"
    late = "Was due" if invoice.due_date < at else "Due"
    return f"{late} {format.day(invoice.due_date, zone)}"


def _when(value: datetime) -> str:
    """``1 Aug, 00:00``; the year stands in the facts below."""
    zone = timezone.get_current_timezone()
    return f"{format.day(value, zone).rsplit(' ', 1)[0]}, {format.clock_time(value, zone)}"
