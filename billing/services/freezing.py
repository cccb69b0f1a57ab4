"""From a draft to what a final invoice keeps: content, lines, parties, prices and totals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from billing.calc.charges import Charge
from billing.calc.content import Line
from billing.models import Invoice, InvoiceLine, InvoiceStatus
from billing.selectors import snapshots
from billing.selectors.prices import ItemTerms
from billing.selectors.usage import MeteredRows
from billing.services.drafting import Draft
from kit import ids

LINE_PREFIX = "inli"


def content(draft: Draft) -> dict[str, Any]:
    """The content as the API shows it: lines with ids, groups and lines with what they sell.

    The id of a line is made from what it bills, so it is the same on the draft and when it is final.
    """
    tree = draft.complete.to_dict()
    terms = {item.pricing_item_id: item for item in draft.items}
    lines = iter(draft.complete.lines)
    for period in tree["periods"]:
        period["billing_period"] = tree["billing_period"]
        for group in period["groups"]:
            group["billing_period"] = tree["billing_period"]
            first = terms[group["lines"][0]["pricing_item_id"]]
            group["product_category"] = dict(first.product_category)
            group["products"] = [dict(each) for each in first.products]
            for data in group["lines"]:
                _complete_line(data, next(lines), draft, terms[data["pricing_item_id"]])
    return tree


def _complete_line(data: dict[str, Any], line: Line, draft: Draft, item: ItemTerms) -> None:
    data["id"] = line_id(draft.invoice, line.charge)
    data["product_items"] = [dict(each) for each in item.product_items]
    body = next(rule.body for rule in item.rules if rule.config_id == line.charge.rule.config_id)
    data["conditions"] = body.get("conditions")


def freeze(draft: Draft, *, at: datetime) -> list[InvoiceLine]:
    """Make the draft's invoice final in memory, apart from its number; its lines, unsaved."""
    invoice, totals = draft.invoice, draft.complete.totals
    invoice.content = content(draft)
    invoice.parties = snapshots.parties(invoice)
    invoice.prices = _prices(draft)
    invoice.amount_excluding_tax = totals.excluding_tax
    invoice.tax_amount = totals.tax
    invoice.amount_including_tax = totals.including_tax
    invoice.totals_at = invoice.finalized_at = invoice.usage_cutoff = invoice.updated_at = at
    invoice.status = InvoiceStatus.FINAL
    return list(_lines(draft))


def line_id(invoice: Invoice, charge: Charge) -> str:
    """The public id of the line for this charge on this invoice."""
    late = charge.late.invoice_id if charge.late else ""
    names = (
        invoice.public_id,
        charge.schedule.schedule_id,
        charge.item.pricing_item_id,
        charge.rule.config_id,
        charge.span.start.isoformat(),
        late,
    )
    digest = hashlib.sha256("|".join(names).encode()).digest()
    number = int.from_bytes(digest, "big") >> (256 - ids.TAIL_BITS)
    return ids.encode(LINE_PREFIX, at=invoice.created_at, number=number)


def _prices(draft: Draft) -> dict[str, Any]:
    """The rules the invoice was rated by, as they were written."""
    used = {line.charge.rule.config_id for line in draft.complete.lines}
    return {
        rule.config_id: dict(rule.body)
        for item in draft.items
        for rule in item.rules
        if rule.config_id in used
    }


def _lines(draft: Draft) -> Iterator[InvoiceLine]:
    late = {bill.invoice.public_id: bill.invoice for bill in draft.late}
    for position, line in enumerate(draft.complete.lines, 1):
        charge = line.charge
        row = InvoiceLine(
            platform_id=draft.invoice.platform_id,
            public_id=line_id(draft.invoice, charge),
            invoice=draft.invoice,
            late_of=late[charge.late.invoice_id] if charge.late else None,
            position=position,
            schedule_id=charge.schedule.schedule_id,
            pricing_item_id=charge.item.pricing_item_id,
            config_id=charge.rule.config_id,
            description=charge.item.description[:500],
            start_at=charge.span.start,
            end_at=charge.span.end,
            is_usage=charge.is_usage,
            quantity=charge.rated.usage.quantity,
            amount=charge.amount,
            amount_excluding_tax=line.taxed.excluding_tax,
            tax_amount=line.taxed.tax,
        )
        _remember_usage(row, charge)
        yield row


def _remember_usage(row: InvoiceLine, charge: Charge) -> None:
    usage = charge.item.usage
    if charge.is_usage and isinstance(usage, MeteredRows):
        row.usage_count = usage.count(charge.positions)
        row.usage_quantity = charge.rated.usage.quantity
        row.usage_checksum = usage.checksum(charge.positions)
