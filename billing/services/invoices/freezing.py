"""From a draft to what a final invoice keeps: content, lines, parties, prices and totals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from billing.calc.adjusting import Adjustment
from billing.calc.allowances import NOTHING
from billing.calc.carrying import taken
from billing.calc.charges import Charge
from billing.calc.content import AdjustmentLine, Line
from billing.calc.totals import ZERO
from billing.models import Invoice, InvoiceLine, InvoiceStatus
from billing.selectors import snapshots
from billing.selectors.item_terms import ItemTerms
from billing.selectors.usage import checksum
from billing.services.invoices.drafting import Draft
from billing.services.usage import counting
from kit import ids

LINE_PREFIX = "inli"


def content(draft: Draft) -> dict[str, Any]:
    """The content as the API shows it: lines with ids, groups and lines with what they sell.

    The id of a line is made from what it bills, so it is the same on the draft and when it is final.
    """
    tree = draft.complete.to_dict()
    terms = {item.pricing_item_id: item for item in draft.items}
    lines = iter(draft.complete.everything)
    for period in tree["periods"]:
        period["billing_period"] = tree["billing_period"]
        for group in period["groups"]:
            group["billing_period"] = tree["billing_period"]
            first = terms[group["lines"][0]["pricing_item_id"]]
            group["product_category"] = dict(first.product_category)
            group["products"] = [dict(each) for each in first.products]
            for data in group["lines"]:
                _complete_line(data, next(lines), draft, terms[data["pricing_item_id"]])
    measured = [terms[line.charge.item.pricing_item_id].meter_value for line in draft.complete.lines]
    values = {each["id"]: dict(each) for each in measured if each is not None}
    return tree | {"meter_values": list(values.values())}


def _complete_line(data: dict[str, Any], line: Line | AdjustmentLine, draft: Draft, item: ItemTerms) -> None:
    data["id"] = line_id(draft.invoice, line)
    if isinstance(line, AdjustmentLine):
        data |= {"product_items": [], "conditions": None}
        return
    data["product_items"] = [dict(each) for each in item.product_items]
    body = next(rule.body for rule in item.rules if rule.config_id == line.charge.rule.config_id)
    data["conditions"] = body.get("conditions")
    for sub in data["sub_lines"]:
        if sub["type"] is not None:
            sub["usage_based_conversion"] = {"conditions": body.get("conditions")}


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


def line_id(invoice: Invoice, line: Line | AdjustmentLine) -> str:
    """The public id of this line on this invoice."""
    if isinstance(line, AdjustmentLine):
        own = _adjustment_names(line.adjustment)
    else:
        own = _charge_names(line.charge)
    digest = hashlib.sha256("|".join([invoice.public_id, *own]).encode()).digest()
    number = int.from_bytes(digest, "big") >> (256 - ids.TAIL_BITS)
    return ids.encode(LINE_PREFIX, at=invoice.created_at, number=number)


def _charge_names(charge: Charge) -> list[str]:
    late = charge.late.invoice_id if charge.late else ""
    place = [charge.schedule.schedule_id, charge.item.pricing_item_id, charge.rule.config_id]
    names = [*place, charge.span.start.isoformat(), late]
    if charge.seats is not None:
        names.append(charge.seats.change.at.isoformat())
    return names if charge.values is None else [*names, *(repr(value) for value in charge.values)]


def _adjustment_names(line: Adjustment) -> list[str]:
    beside, late = line.beside, line.late.invoice_id if line.late else ""
    tax = f"{beside.item.tax.category.value} {beside.item.tax.percentage}"
    place = [beside.schedule.schedule_id, beside.item.pricing_id, beside.span.start.isoformat()]
    return [*place, beside.span.end.isoformat(), late, tax, line.type.value, line.name]


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
    for position, line in enumerate(draft.complete.everything, 1):
        if isinstance(line, AdjustmentLine):
            row, source = _adjustment_row(line.adjustment), line.adjustment.late
        else:
            row, source = _charge_row(line.charge), line.charge.late
        row.platform_id, row.invoice = draft.invoice.platform_id, draft.invoice
        row.public_id, row.position = line_id(draft.invoice, line), position
        row.late_of = late[source.invoice_id] if source else None
        row.amount_excluding_tax, row.tax_amount = line.taxed.excluding_tax, line.taxed.tax
        yield row


def _charge_row(charge: Charge) -> InvoiceLine:
    row = InvoiceLine(
        schedule_id=charge.schedule.schedule_id,
        pricing_item_id=charge.item.pricing_item_id,
        config_id=charge.rule.config_id,
        description=charge.item.description[:500],
        start_at=charge.span.start,
        end_at=charge.span.end,
        is_usage=charge.is_usage,
        quantity=charge.quantity,
        amount=charge.amount,
        split_values=None if charge.values is None else list(charge.values),
    )
    _remember_usage(row, charge)
    _remember_taken(row, charge)
    return row


def _adjustment_row(line: Adjustment) -> InvoiceLine:
    return InvoiceLine(
        type=line.type.value,
        schedule_id=line.beside.schedule.schedule_id,
        pricing_item_id=line.beside.item.pricing_item_id,
        term=line.name[:100],
        description=line.description[:500],
        coupon_id=line.coupon.coupon_id if line.coupon else "",
        start_at=line.beside.span.start,
        end_at=line.beside.span.end,
        is_usage=False,
        quantity=ZERO,
        amount=line.amount,
    )


def _remember_usage(row: InvoiceLine, charge: Charge) -> None:
    metered = list(counting.behind(charge))
    if metered:
        row.usage_count = sum(rows.count(positions) for rows, positions in metered)
        row.usage_quantity = charge.rated.usage.quantity
        row.usage_checksum = checksum(metered)


def _remember_taken(row: InvoiceLine, charge: Charge) -> None:
    """What the period took of what goes on; of a period billed again the difference."""
    if charge.is_usage:
        units = taken(charge.rated).less(charge.late.taken if charge.late else NOTHING)
        row.included_taken, row.bundle_change = units
