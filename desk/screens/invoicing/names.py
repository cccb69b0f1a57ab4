"""What an invoice is called and how its dates read: shared by list, detail and Home."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from billing.models import Invoice, InvoiceStatus, Occasion
from desk.components import format


def title(invoice: Invoice) -> str:
    """The number, or ``Draft invoice, 1 to 31 Aug 2026``."""
    return invoice.invoice_number or f"Draft invoice, {period(invoice)}"


def short(invoice: Invoice) -> str:
    """The number, or ``Draft``."""
    return invoice.invoice_number or "Draft"


def period(invoice: Invoice) -> str:
    """The billed days, the last one included."""
    zone = timezone.get_current_timezone()
    if invoice.occasion == Occasion.OPENING:
        return f"start on {format.day(invoice.period_start, zone)}"
    if invoice.occasion == Occasion.SUPPLEMENT:
        return f"after the end, found on {format.day(invoice.period_start, zone)}"
    if invoice.occasion == Occasion.ON_DEMAND:
        return f"charged on {format.day(invoice.period_start, zone)}"
    return format.span(invoice.period_start, invoice.period_end, zone)


def due(invoice: Invoice, at: datetime) -> str:
    """The due date, or when the draft becomes final by itself."""
    zone = timezone.get_current_timezone()
    if invoice.status == InvoiceStatus.DRAFT:
        return "Waits for release" if invoice.on_hold else final_in(invoice, at)
    return format.day(invoice.due_date, zone) if invoice.due_date else "At once"


def final_in(invoice: Invoice, at: datetime) -> str:
    """``Final in 13 h``, or that it is on its way."""
    left = invoice.finalize_at - at
    return f"Final in {format.duration(left)}" if left.total_seconds() > 0 else "Final any moment"


def customer(invoice: Invoice) -> str:
    """The customer's name, or what else tells it apart."""
    named: Any = invoice.customer
    return str(named.name or named.reference or named.public_id)
