"""The usage that the price of a schedule is made from: what is asked of metering, and what counts of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from billing.calc.charge import Charge
from billing.calc.inputs import Usages
from billing.calc.schedule import Active, Cadence, periods
from billing.calc.timeline import Part
from billing.calc.together import InPieces, Together
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.claims import Claims
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.usage import Measure, MeteredRows, Wanted
from catalog.rating.rules.measured import MeteredUsage
from kit.period import Span


def on_in(part: Part, item: ItemTerms) -> Span | None:
    """The part of the period that ran in which the item is on; None where it is off, or nothing ran."""
    if part.arrears is None or item.active is None:
        return part.arrears.span if part.arrears else None
    end = part.arrears.span.end if item.active.end is None else item.active.end
    return part.arrears.span.intersect(Span(item.active.start, end)) if item.active.start < end else None


class Stretch(NamedTuple):
    """What is billed in one pricing period: its usage counts since ``start``, and is billed in ``span``.

    ``began`` is when the pricing period did; for a calculation that persists ``start`` is earlier.
    """

    start: datetime
    span: Span
    began: datetime

    @property
    def own(self) -> Span:
        """The usage that the line counts: all of it where nothing of the pricing period was billed before."""
        return self.span if self.began < self.span.start else Span(self.start, self.span.end)

    @property
    def so_far(self) -> Span:
        """What counts with all that came before."""
        return Span(self.start, self.span.end)

    @property
    def before(self) -> Span | None:
        """What counts of the usage that came before."""
        return Span(self.start, self.span.start) if self.began < self.span.start else None


def stretches(
    item: ItemTerms, part: Part, schedule: PricingPlanSchedule, *, persists: bool = False
) -> list[Stretch]:
    """The pricing periods of the item's usage in the period that ran; none where it is off.

    One, the period itself, where the price of usage is for the billed period. They are counted from the
    anchor of the billing periods and begin no earlier than the schedule does.
    """
    span = on_in(part, item)
    if span is None:
        return []
    first = schedule.start_at if item.active is None else item.active.start
    return [
        Stretch(min(first, began) if persists else began, own, began)
        for began, own in _pricing_periods(item, part, span, first)
    ]


def _pricing_periods(
    item: ItemTerms, part: Part, span: Span, first: datetime
) -> Iterator[tuple[datetime, Span]]:
    grid, period = part.cadence, item.usage_period
    if grid is None or period in (None, grid.period):
        yield span.start, span
        return
    own = Cadence(grid.anchor, period, grid.zone, grid.billing_time)
    for each in periods(own, start=span.start, end=span.end, active=Active(min(first, span.start))):
        billed = span.intersect(each.span)
        if billed is not None:
            yield each.span.start, billed


def has_own_period(item: ItemTerms, part: Part) -> bool:
    """Whether the price of usage is for another period than the billed one."""
    return part.cadence is not None and item.usage_period not in (None, part.cadence.period)


def spans(item: ItemTerms, counted: Counted, part: Part, schedule: PricingPlanSchedule) -> Iterator[Span]:
    """All the usage that the item's lines are made from, each piece once."""
    for each in stretches(item, part, schedule, persists=counted.persists):
        yield each.own
        if each.before is not None:
            yield each.before


def wanted(invoice: Invoice, item: ItemTerms, counted: Counted, span: Span, claims: Claims) -> Wanted:
    """What is asked for one product item."""
    assert invoice.subscription_id is not None
    won = claims.of(
        customer_id=invoice.customer_id,
        subscription_id=invoice.subscription_id,
        meter_id=counted.measure.meter_id,
        span=span,
    )
    measure = measure_of(invoice, item, counted)
    return Wanted(invoice.customer_id, invoice.subscription_id, measure, span, won)


def measure_of(invoice: Invoice, item: ItemTerms, counted: Counted) -> Measure:
    """What is counted; amounts in the currency of the price."""
    currency = (item.currency or invoice.currency) if counted.is_amount else None
    return replace(counted.measure, currency=currency)


def so_far(before: Usages, own: Usages) -> Usages:
    """The usage of a pricing period up to now: what came before and what came since, as one."""
    deciding = None
    if before.deciding is not None and own.deciding is not None:
        deciding = _joined(before.deciding, own.deciding)
    return Usages(_joined(before.billed, own.billed), deciding, own.siblings)


def _joined(before: MeteredUsage, own: MeteredUsage) -> MeteredUsage:
    """Two pieces of one usage as one; its keys are those of the first, then those of the second."""
    if isinstance(before, MeteredRows) and isinstance(own, MeteredRows):
        return own.after(before)
    assert isinstance(before, Together) and isinstance(own, Together)
    return InPieces(before, own)


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
    if charge.is_usage and charge.usage is not None:
        yield from _apart(charge.usage, charge.positions)


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
            found.setdefault(each.measure.meter_id, []).extend(spans(item, each, part, schedule))
    return {meter: several for meter, several in found.items() if several}
