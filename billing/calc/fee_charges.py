"""The fees of a rule: for the period that ran, for those ahead, once, or by the seat."""

from collections.abc import Iterator

from billing.calc import choices, derive, seats
from billing.calc.charge import Charge
from billing.calc.derive import Place
from billing.calc.inputs import ChargeModel
from billing.calc.schedule import BillingPeriod
from catalog.rating.rate import rate
from catalog.rating.usage import Usage


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
    rated = rate(rule.config, Usage.of_events((place.item.quantity,)))
    for period in periods:
        if place.item.model is not ChargeModel.ONE_OFF:
            yield from derive.fee(place, period, rated)
        elif period.is_first:
            yield from derive.whole(place, period.span, rated)


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
