"""The usage that the price of a schedule is made from: what is asked of metering, and what counts of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from billing.calc.allowances import Persistence, usage_span
from billing.calc.charge import Charge
from billing.calc.timeline import Part
from billing.calc.together import Together
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.claims import Claims
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.usage import MeteredRows, Wanted
from catalog.rating.measured import MeteredUsage
from kit.period import Span


def on_in(part: Part, item: ItemTerms) -> Span | None:
    """The part of the period that ran in which the item is on; None where it is off, or nothing ran."""
    if part.arrears is None or item.active is None:
        return part.arrears.span if part.arrears else None
    end = part.arrears.span.end if item.active.end is None else item.active.end
    return part.arrears.span.intersect(Span(item.active.start, end)) if item.active.start < end else None


def span_of(item: ItemTerms, counted: Counted, part: Part, schedule: PricingPlanSchedule) -> Span | None:
    """The period that ran, while the item is on; with a calculation that persists all of the time so far."""
    span = on_in(part, item)
    if span is None:
        return None
    kept = Persistence.SCHEDULE if counted.persists else Persistence.NONE
    start = schedule.start_at if item.active is None else item.active.start
    return usage_span(span, persistence=kept, schedule_start=start)


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
    span = span_of(item, counted, part, schedule)
    assert span is not None
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


def meters(items: Sequence[ItemTerms], part: Part, schedule: PricingPlanSchedule) -> Mapping[int, list[Span]]:
    """meter pk -> when these items count on it."""
    found: dict[int, list[Span]] = {}
    for item in items:
        for each in item.measured:
            span = span_of(item, each, part, schedule)
            if span is not None:
                found.setdefault(each.measure.meter_id, []).append(span)
    return found
