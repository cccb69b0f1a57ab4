"""What is chosen for a part of a schedule, an add-on or one of several: the periods it is billed for.

It is billed as a schedule of its own would be: usage in the part of the period in which it is on; a fee in
arrears for that part; a fee in advance for the periods that begin while it is on and, where it is turned on
inside a period, for the rest of that one on the invoice of the period.
"""

from dataclasses import replace

from billing.calc.inputs import PricedItem, ScheduleInputs
from billing.calc.proration import share_of
from billing.calc.schedule import Active, BillingPeriod
from kit.period import Span


def arrears(schedule: ScheduleInputs, item: PricedItem) -> BillingPeriod | None:
    """The part of the schedule's period in which the item is on; None where it is off."""
    if schedule.arrears is None or item.active is None:
        return schedule.arrears
    return _within(schedule, schedule.arrears, item.active)


def advance(schedule: ScheduleInputs, item: PricedItem) -> tuple[BillingPeriod, ...]:
    """The periods whose fees in advance are due on this invoice."""
    active = item.active
    if active is None:
        return schedule.advance
    ahead = [_within(schedule, each, active) for each in schedule.advance if active.contains(each.span.start)]
    own = arrears(schedule, item)
    turned_on = (
        own is not None and schedule.arrears is not None and own.span.start > schedule.arrears.span.start
    )
    return tuple(each for each in ([own] if turned_on else []) + ahead if each is not None)


def _within(schedule: ScheduleInputs, period: BillingPeriod, active: Active) -> BillingPeriod | None:
    start = max(period.span.start, active.start)
    end = period.span.end if active.end is None else min(period.span.end, active.end)
    if start >= end:
        return None
    span = Span(start, end)
    if span == period.span:
        return replace(period, is_first=start == active.start)
    assert schedule.cadence is not None
    share = share_of(span, period.whole, schedule.cadence.zone)
    return replace(period, span=span, share=share, is_first=start == active.start)
