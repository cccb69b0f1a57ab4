"""The charges of a schedule on one invoice: usage and fees in arrears, fees in advance, one-offs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from billing.calc import derive, fee_charges, on_demand, usage_charges
from billing.calc.allowances import NOTHING, Taken
from billing.calc.carrying import taken
from billing.calc.charge import Charge, Late, Unpriced, is_fee
from billing.calc.commitments import Billed
from billing.calc.currencies import NO_RATES, Rates
from billing.calc.derive import Place
from billing.calc.inputs import ByRule, Compared, LatePeriod, ScheduleInputs
from billing.calc.schedule import Active, BillingPeriod, Cadence, period_at
from billing.calc.usage_charges import route
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.money import EXACT, total

__all__ = [
    "Charge",
    "Late",
    "Unpriced",
    "in_advance",
    "is_fee",
    "of_change",
    "of_late_period",
    "of_schedule",
    "route",
    "unpriced",
]

ZERO = Decimal(0)
Key = tuple[str, str, Active | None]


def in_advance(cadence: Cadence, current: BillingPeriod, active: Active) -> tuple[BillingPeriod, ...]:
    """The periods whose in-advance fees stand on the invoice of `current`.

    The next one, as far as the schedule reaches; the first invoice carries the first fee too.
    """
    own = (current,) if current.is_first else ()
    end = current.span.end
    return (*own, period_at(cadence, end, active=active)) if active.contains(end) else own


def of_schedule(schedule: ScheduleInputs, currency: str, rates: Rates = NO_RATES) -> Iterator[Charge]:
    """All charges, in the order of items and their rules; or those that were asked for."""
    if schedule.demand is not None:
        yield from on_demand.of_schedule(schedule, schedule.demand, currency, rates)
        return
    usage = _usage(schedule, currency, rates)
    for item in schedule.items:
        for rule in item.rules:
            if is_fee(item, rule):
                yield from fee_charges.of_rule(Place(schedule, item, rule, currency, rates))
            else:
                yield from usage.get((item.pricing_item_id, rule.config_id, item.active), ())


def paid_ahead(schedule: ScheduleInputs, currency: str, rates: Rates = NO_RATES) -> list[Charge]:
    """The fees for the period that ran which an earlier invoice has billed: they count for commitments.

    None where the schedule began inside the period: its fee is on this invoice.
    """
    ran = schedule.arrears
    if ran is None or not schedule.adjustments.commitments:
        return []
    if any(each.span.start == ran.span.start for each in schedule.advance):
        return []
    earlier = replace(schedule, arrears=None, advance=(ran,))
    rules = [(item, rule) for item in schedule.items for rule in item.rules]
    return [
        charge
        for item, rule in rules
        if rule.billing_in_advance and is_fee(item, rule)
        for charge in fee_charges.of_rule(Place(earlier, item, rule, currency, rates))
    ]


def counted_besides(
    schedule: ScheduleInputs,
    found: Sequence[Charge],
    currency: str,
    rates: Rates = NO_RATES,
    committed: Iterable[Billed] = (),
) -> list[Charge]:
    """What counts for commitments beside the charges `found`: fees that were billed earlier.

    Where there is neither, a charge of nothing, so that a commitment, or what has been `committed` on final
    invoices, has a place on the invoice and a tax.
    """
    paid = paid_ahead(schedule, currency, rates)
    ran = schedule.arrears if schedule.adjustments.commitments else None
    spans = [ran.span] if ran else [each.span for each in committed]
    if found or paid or not spans:
        return paid
    places = (Place(schedule, item, rule, currency, rates) for item in schedule.items for rule in item.rules)
    rated = ((place, rate(place.rule.config, Usage.of_events(()))) for place in places)
    whole = (charge for place, each in rated for charge in derive.whole(place, spans[0], each))
    first = next(whole, None)
    return [] if first is None else [replace(first, amount=ZERO, rated=first.rated._replace(amount=ZERO))]


def of_late_period(period: LatePeriod, currency: str) -> list[Charge]:
    """All charges of a period rated again: what it comes to now, with fees that are owed no more as nothing.

    Bands, blocks and included volume come out as if all of its usage had been there in time.
    """
    found = list(of_schedule(period.schedule, currency, period.rates))
    return [*found, *_withdrawn(period, {each.place for each in found}, currency)]


def _withdrawn(period: LatePeriod, owed: set[ByRule], currency: str) -> Iterator[Charge]:
    """Fees that were billed for a time in which their schedule, or their item, is not in force after all."""
    if Compared.FEES not in period.compared:
        return
    for item in period.schedule.items:
        for rule in item.rules:
            place = Place(period.schedule, item, rule, currency, period.rates)
            for span in period.fee_spans if is_fee(item, rule) else ():
                key = item.pricing_item_id, rule.config_id, span.start, None
                if key in period.billed and key not in owed:
                    owed.add(key)
                    yield from fee_charges.of_nothing(place, span)


def of_change(period: LatePeriod, charges: Sequence[Charge]) -> Iterator[Charge]:
    """What a period comes to now, less what was billed for it, where these differ.

    `charges` are those of `of_late_period`.
    """
    compared = [each for each in charges if _is_compared(period, each)]
    for charge, billed, units in _shared(period, compared):
        if charge.amount != billed:
            late = Late(period.invoice_id, period.invoice_number, charge.amount, billed, units)
            yield replace(charge, amount=EXACT.subtract(charge.amount, billed), late=late)


def _shared(period: LatePeriod, charges: Sequence[Charge]) -> Iterator[tuple[Charge, Decimal, Taken]]:
    """Each charge with what was billed for it.

    Of several in one place the last has what the others leave; the last of a rule has, too, what was billed
    for values that have no line any more.
    """
    places = [charge.place for charge in charges]
    last = {place: index for index, place in enumerate(places)}
    last_of_rule = {place[:3]: index for index, place in enumerate(places)}
    billed, used = dict(period.billed), dict(period.units)
    gone: dict[tuple[str, str, datetime], list[ByRule]] = {}
    for each in {*billed, *used}.difference(last):
        gone.setdefault(each[:3], []).append(each)
    for index, (charge, place) in enumerate(zip(charges, places, strict=True)):
        amount, units = billed.get(place, ZERO), used.get(place, NOTHING)
        if index != last[place]:
            amount, units = charge.amount, taken(charge.rated)
        billed[place] = EXACT.subtract(billed.get(place, ZERO), amount)
        used[place] = used.get(place, NOTHING).less(units)
        if index == last_of_rule[place[:3]]:
            without = gone.get(place[:3], ())
            amount = total([amount, *(billed[each] for each in without if each in billed)])
            for each in without:
                units = units.plus(used.get(each, NOTHING))
        yield charge, amount, units


def as_billed(period: LatePeriod, charges: Sequence[Charge]) -> list[Charge]:
    """The charges of the period with what has been billed for what is compared; the others as they are."""
    found = []
    compared = [each for each in charges if _is_compared(period, each)]
    amounts = {id(charge): billed for charge, billed, _ in _shared(period, compared)}
    for charge in charges:
        billed = amounts.get(id(charge), ZERO)
        # How many units it was for is not known any more.
        rated = charge.rated._replace(amount=billed, billable=ZERO)
        was = replace(charge, amount=billed, rated=rated)
        found.append(was if _is_compared(period, charge) else charge)
    return found


def _is_compared(period: LatePeriod, charge: Charge) -> bool:
    return (Compared.USAGE if charge.is_usage else Compared.FEES) in period.compared


def unpriced(schedule: ScheduleInputs) -> Iterator[Unpriced]:
    """The usage of the arrears period that matches no rule, key by key."""
    for item in schedule.items if schedule.arrears else ():
        for usage in item.usages:
            keys = usage.keys
            for position in route(item, usage).get(None, ()):
                quantity = usage.over((position,)).quantity
                yield Unpriced(schedule.schedule_id, item.pricing_item_id, keys[position], quantity)


def _usage(schedule: ScheduleInputs, currency: str, rates: Rates) -> dict[Key, list[Charge]]:
    """The usage charges of the period that ran, by pricing item, rule and when the item is on."""
    found: dict[Key, list[Charge]] = {}
    if schedule.arrears is None:
        return found
    priced = list(usage_charges.rated(schedule))
    whole = usage_charges.by_item(priced)
    for each, rated in priced:
        place = Place(schedule, each.item, each.rule, currency, rates)
        for charge in derive.whole(place, usage_charges.span_of(schedule, each), rated):
            key = each.item.pricing_item_id, each.rule.config_id, each.item.active
            line = replace(
                charge,
                positions=each.positions,
                usage=each.usage,
                values=each.portion.values,
                of_item=whole[each.item.pricing_item_id],
                reports=each.reports,
            )
            found.setdefault(key, []).append(line)
    return found
