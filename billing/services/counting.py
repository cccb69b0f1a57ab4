"""The usage that the price of a schedule is made from: what is asked of metering, and what counts of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from billing.calc.allowances import Persistence, usage_span
from billing.calc.charge import Charge
from billing.calc.inputs import MeteredUsage
from billing.calc.timeline import Part
from billing.calc.together import Together
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.claims import Claims
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.usage import MeteredRows, Wanted
from kit.period import Span


def span_of(counted: Counted, part: Part, schedule: PricingPlanSchedule) -> Span:
    """The period that ran; with a calculation that persists all of the schedule so far."""
    assert part.arrears is not None
    kept = Persistence.SCHEDULE if counted.persists else Persistence.NONE
    return usage_span(part.arrears.span, persistence=kept, schedule_start=schedule.start_at)


def wanted(
    invoice: Invoice,
    item: ItemTerms,
    counted: Counted,
    *,
    part: Part,
    schedule: PricingPlanSchedule,
    claims: Claims,
) -> Wanted:
    """What is asked for one product item. Amounts count in the currency of the price."""
    assert invoice.subscription_id is not None
    span = span_of(counted, part, schedule)
    won = claims.of(
        customer_id=invoice.customer_id,
        subscription_id=invoice.subscription_id,
        meter_id=counted.measure.meter_id,
        span=span,
    )
    currency = (item.currency or invoice.currency) if counted.is_amount else None
    measure = replace(counted.measure, currency=currency)
    return Wanted(invoice.customer_id, invoice.subscription_id, measure, span, won)


def together(found: Sequence[tuple[Counted, MeteredRows]]) -> MeteredUsage | None:
    """One usage of what several product items counted; None for none."""
    parts = tuple(_only(counted, rows) for counted, rows in found)
    if len(parts) < 2:
        return parts[0] if parts else None
    return Together(parts)


def behind(charge: Charge) -> Iterator[tuple[MeteredRows, Sequence[int]]]:
    """The metered rows that the charge counts, with the positions of its keys, calculation by calculation.

    None for a fee, and for usage that is assumed.
    """
    if charge.is_usage and charge.item.usage is not None:
        yield from _apart(charge.item.usage, charge.positions)


def _apart(usage: MeteredUsage, positions: Sequence[int]) -> Iterator[tuple[MeteredRows, Sequence[int]]]:
    if isinstance(usage, MeteredRows):
        yield usage, positions
    elif isinstance(usage, Together):
        for part, own in usage.apart(positions):
            yield from _apart(part, own)


def _only(counted: Counted, found: MeteredRows) -> MeteredRows:
    """The keys that count for the item."""
    if not counted.configs and not counted.taken:
        return found
    return replace(found, rows=tuple(row for row in found.rows if counted.takes(row.properties)))


def meters(items: Sequence[ItemTerms]) -> Mapping[int, list[Counted]]:
    """meter pk -> what these items count on it."""
    found: dict[int, list[Counted]] = {}
    for item in items:
        for each in item.measured:
            found.setdefault(each.measure.meter_id, []).append(each)
    return found
