"""The fees of a rule: for the period that ran, for those ahead, once, or by the seat."""

from collections.abc import Iterator
from dataclasses import replace

from billing.calc import choices, derive, seats
from billing.calc.charge import Charge
from billing.calc.derive import Place
from billing.calc.inputs import ChargeModel
from billing.calc.proration import Share
from billing.calc.schedule import BillingPeriod
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.period import Span


def of_rule(place: Place) -> Iterator[Charge]:
    """Every fee of the rule on this invoice, in order of time within arrears and advance.

    None of a rule that is charged on demand (`on_demand`).
    """
    if place.rule.on_demand:
        return
    schedule, rule = place.schedule, place.rule
    ran = choices.arrears(schedule, place.item)
    arrears = (ran,) if ran else ()
    periods = choices.advance(schedule, place.item) if rule.billing_in_advance else arrears
    if place.item.model is ChargeModel.PER_SEAT:
        yield from _seats(place, periods, arrears)
        return
    rated = rate(rule.config, Usage.agreed(place.item.quantity))
    for period in periods:
        if place.item.model is not ChargeModel.ONE_OFF:
            yield from derive.fee(place, period, rated)
        elif period.is_first and not place.item.charged_before:
            yield from derive.whole(place, period.span, rated)


def of_nothing(place: Place, span: Span) -> Iterator[Charge]:
    """The fee of the rule for none of the days of `span`, for which it was billed: an amount of 0."""
    days = max(1, (span.end - span.start).days)
    none = BillingPeriod(0, span, span, Share(0, days), is_first=False)
    # Without its row of periods a price that is quoted for another one is prorated like any other.
    bare = replace(place, schedule=replace(place.schedule, cadence=None))
    if place.item.model is ChargeModel.PER_SEAT:
        yield from _seats(bare, (none,), ())
    else:
        yield from derive.fee(bare, none, rate(place.rule.config, Usage.agreed(place.item.quantity)))


def _seats(
    place: Place, periods: tuple[BillingPeriod, ...], arrears: tuple[BillingPeriod, ...]
) -> Iterator[Charge]:
    """The seats at the start of each period, and what changed in the one that ran."""
    rule, cadence = place.rule, place.schedule.cadence
    for period in periods:
        first = seats.at_start(rule.seats, period, default=rule.default_seats)
        yield from derive.seats(place, period, seats.price(rule.config, first, rule.seats_currency))
    if cadence is None:
        return
    for period in arrears:
        for change in seats.within(rule.seats, period, cadence.zone, default=rule.default_seats):
            yield from derive.seats(place, period, seats.price(rule.config, change, rule.seats_currency))
