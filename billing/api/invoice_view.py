"""How an invoice looks to the outside: its header from the row, its tree from the content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.models import Invoice, InvoiceStatus, PaymentStatus
from billing.services.invoices import freezing
from billing.services.invoices.drafting import Draft
from kit.errors import TallydeskError
from kit.money import EXACT, fixed
from kit.period import format_instant

Json = dict[str, Any]
ZERO = Decimal(0)
CONTENT = (
    "tax_categories",
    "tax_summary",
    "used_exchange_rates",
    "meter_values",
    "coupons",
    "promotion_codes",
    "unpriced_usage",
    "rounding",
)
"""What the header takes from the content as it is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An invoice with the content it shows; ``error`` is what keeps a draft from being drawn up."""

    invoice: Invoice
    content: Mapping[str, Any] | None
    error: TallydeskError | None = None

    @classmethod
    def final(cls, invoice: Invoice) -> Shown:
        """What was frozen."""
        return cls(invoice, invoice.content)

    @classmethod
    def draft(cls, draft: Draft) -> Shown:
        """What it comes to now."""
        content = freezing.content(draft) if draft.content is not None else None
        return cls(draft.invoice, content, draft.error)


def header(shown: Shown) -> Json:
    """Everything but the tree, as plain data; totals as stored where there is no content."""
    invoice = shown.invoice
    return {
        "object_type": invoice.object_type,
        "id": invoice.public_id,
        "platform_id": invoice.platform.public_id,
        "invoice_number": invoice.invoice_number,
        "purchase_order_number": invoice.purchase_order_number,
        **_parties(invoice),
        "status": invoice.status,
        "on_hold": invoice.on_hold,
        "paid": invoice.paid,
        "type": invoice.type,
        **_dates(invoice),
        "billing_currency": invoice.currency,
        **_amounts(shown),
        "timezone": invoice.billing_entity.timezone,
        "billing_period": _period(invoice, shown.content),
        **_of_content(shown.content),
        "validation_result": _validation(shown),
        "to_be_reprocessed": False,
        "billing_type": "DEFAULT",
        "payment_status": invoice.payment_status or PaymentStatus.UNPAID,
        "payment_acceptor_ids": [],
        "parties": invoice.parties,
    }


def tree(shown: Shown, *, depth: int) -> list[Json] | None:
    """The periods: none (0), with their groups (1), or down to lines and sub lines (2)."""
    if shown.content is None or depth == 0:
        return None
    periods: list[Json] = shown.content["periods"]
    return periods if depth > 1 else [_without_lines(period) for period in periods]


def render(invoice: Invoice) -> Json:
    """The header alone, for the outbox and the audit trail: documents are fetched, not sent about."""
    content = invoice.content if invoice.status != InvoiceStatus.DRAFT else None
    shown = header(Shown(invoice, content))
    shown.pop("parties")
    percentage = shown["sales_tax_percentage"]
    return shown | {"sales_tax_percentage": None if percentage is None else str(percentage)}


def _parties(invoice: Invoice) -> Json:
    subscription = invoice.subscription
    return {
        "customer_id": invoice.customer.public_id,
        "customer_reference": invoice.customer.reference,
        "sales_tax_percentage": subscription.sales_tax_percentage if subscription else None,
        "billing_entity_id": invoice.billing_entity.public_id,
        "pricing_plan_subscription_ids": [subscription.public_id] if subscription else [],
    }


def _dates(invoice: Invoice) -> Json:
    return {
        "created_at": format_instant(invoice.created_at),
        "updated_at": format_instant(invoice.updated_at),
        "invoice_date": format_instant(invoice.invoice_date),
        "due_date": format_instant(invoice.due_date) if invoice.due_date else None,
        "billing_period_date": format_instant(invoice.period_start),
        "start_at": format_instant(invoice.period_start),
        "end_at": format_instant(invoice.period_end),
        "finalize_at": format_instant(invoice.finalize_at),
        "updated_to_final_at": format_instant(invoice.finalized_at) if invoice.finalized_at else None,
    }


def _amounts(shown: Shown) -> Json:
    """What it comes to now, what is paid of it and what is open."""
    invoice, summary = shown.invoice, shown.content["tax_summary"] if shown.content else None
    net = Decimal(summary["base_amount"]["quantity"]) if summary else invoice.amount_excluding_tax
    total = Decimal(summary["total_amount"]["quantity"]) if summary else invoice.amount_including_tax
    due = EXACT.subtract(total, invoice.paid_amount) if invoice.status != InvoiceStatus.VOID else ZERO
    return {
        "invoice_amount_excluding_tax": _amount(net, invoice),
        "invoice_amount_including_tax": _amount(total, invoice),
        "open_invoice_amount": _amount(due, invoice),
        "closed_invoice_amount": _amount(ZERO, invoice),
        "paid_invoice_amount": _amount(invoice.paid_amount, invoice),
    }


def _of_content(content: Mapping[str, Any] | None) -> Json:
    """What only a content tells; null, or what an invoice without one is."""
    known = content or {}
    summary = known.get("tax_summary")
    return {
        "pricing_amount_type": known.get("pricing_amount_type", "EXCLUDING_TAX"),
        **{name: known.get(name) for name in CONTENT},
        "notes": summary["notes"] if summary else None,
        "has_usage_based_pricing": _has_usage(content) if content else None,
        "linked_invoices_ids": _linked(content) if content else [],
    }


def _without_lines(period: Json) -> Json:
    return period | {"groups": [group | {"lines": None} for group in period["groups"]]}


def _amount(quantity: Decimal, invoice: Invoice) -> dict[str, str]:
    return {"quantity": fixed(quantity, invoice.currency), "currency": invoice.currency}


def _period(invoice: Invoice, content: Mapping[str, Any] | None) -> Json | None:
    if content is not None:
        return dict(content["billing_period"])
    if invoice.subscription is None:
        return None
    period = invoice.subscription.billing_period
    return {"type": period.type.value, "value": period.value}


def _validation(shown: Shown) -> list[Json]:
    """Why this draft does not become final, if something keeps it."""
    if shown.invoice.status != InvoiceStatus.DRAFT:
        return []
    subscription = shown.invoice.subscription
    details = [shown.error.message] if shown.error else []
    if subscription and subscription.parked_at and subscription.parked_reason not in details:
        details.append(subscription.parked_reason)
    return [{"status": "FAILED", "details": each} for each in details]


def _has_usage(content: Mapping[str, Any]) -> bool:
    return any(line["meter_value"] for line in _lines(content))


def _linked(content: Mapping[str, Any]) -> list[str]:
    """The final invoices whose late usage stands on this one."""
    late = [line.get("late_usage") for line in _lines(content)]
    return list(dict.fromkeys(each["invoice_id"] for each in late if each))


def _lines(content: Mapping[str, Any]) -> list[Json]:
    return [line for period in content["periods"] for group in period["groups"] for line in group["lines"]]
