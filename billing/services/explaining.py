"""From a line of an invoice down to the events it counts.

A line is rated again as it was billed (a final invoice as of its cutoff), which tells the usage keys it
was made from; metering then finds the events under these keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from billing.calc.charge import Charge
from billing.models import Invoice
from billing.selectors import invoices as selectors
from billing.selectors.claims import Claims
from billing.selectors.usage import MeteredRows
from billing.services import drafting
from kit.errors import NotFound
from kit.period import parse_instant
from metering import aggregation
from metering.services import behind
from metering.services.behind import Behind, One
from metering.services.usage import Question


@dataclass(frozen=True, slots=True)
class Explained:
    """A usage line with the events behind it. ``quantity`` is counted from these events, one by one.

    ``total`` is the plain sum of their numbers.
    """

    platform: Platform
    charge: Charge
    behind: Behind
    calculation: str
    events: int
    quantity: Decimal
    total: Decimal

    def page(self, *, offset: int, limit: int) -> list[One]:
        """Some of the events, newest first."""
        return behind.page(platform=self.platform, behind=self.behind, offset=offset, limit=limit)

    def days(self, *, zone: str) -> dict[date, tuple[int, Decimal]]:
        """Day -> (units counted, sum of the numbers)."""
        return behind.days(platform=self.platform, behind=self.behind, zone=zone)


def line(*, platform: Platform, invoice: Invoice, data: Mapping[str, Any]) -> Explained:
    """Explain a line of the invoice's content (``data``, as ``freezing.content`` gives it).

    Raises NotFound for a line that counts no events, or whose prices cannot be read any more.
    """
    billed = _billed(platform, invoice, data)
    cutoff = invoice.usage_cutoff
    [draft] = drafting.contents(platform=platform, invoices=[billed], cutoff=cutoff)
    charge = next((each.charge for each in draft.complete.lines if _is(each.charge, data)), None)
    usage = charge.item.usage if charge is not None else None
    if charge is None or not isinstance(usage, MeteredRows) or not charge.is_usage:
        raise NotFound("There are no events behind this line.")
    found = _behind(platform, billed, charge, usage, cutoff)
    together = behind.together(platform=platform, behind=found)
    measure = usage.measure
    quantity = aggregation.quantity(
        together.state,
        calculation_type=measure.calculation_type,
        of_value=measure.meter_value_id is not None,
    )
    total = together.state.sum
    return Explained(platform, charge, found, measure.calculation_type, together.events, quantity, total)


def _billed(platform: Platform, invoice: Invoice, data: Mapping[str, Any]) -> Invoice:
    """The invoice whose period the line bills: its own, or an earlier one's for late usage."""
    late = data.get("late_usage")
    if not late:
        return invoice
    earlier = selectors.rows(platform).filter(public_id=late["invoice_id"]).first()
    if earlier is None:
        raise NotFound("The invoice whose late usage this is does not exist any more.")
    return earlier


def _is(charge: Charge, data: Mapping[str, Any]) -> bool:
    return (
        charge.is_usage
        and charge.item.pricing_item_id == data["pricing_item_id"]
        and charge.rule.config_id == data["pricing_item_config_id"]
        and charge.span.start == parse_instant(data["start_at"])
        and charge.values == _values(data)
    )


def _values(data: Mapping[str, Any]) -> tuple[str | None, ...] | None:
    """The property values of a split line."""
    split = (data.get("details") or {}).get("split_pricing")
    return None if not split else tuple(each["value"] for each in split["meter_properties"])


def _behind(
    platform: Platform, invoice: Invoice, charge: Charge, usage: MeteredRows, cutoff: datetime | None
) -> Behind:
    measure, subscription_id = usage.measure, invoice.subscription_id or 0
    won = Claims(platform, {invoice.customer_id}).of(
        customer_id=invoice.customer_id,
        subscription_id=subscription_id,
        meter_id=measure.meter_id,
        span=charge.span,
    )
    question = Question(
        customer_id=invoice.customer_id,
        meter_id=measure.meter_id,
        span=charge.span,
        meter_value_id=measure.meter_value_id,
        meter_property_id=measure.meter_property_id,
    )
    return Behind(question, tuple(usage.rows[each] for each in charge.positions), won, cutoff)
