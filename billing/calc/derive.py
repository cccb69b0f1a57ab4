"""From a rated amount to a charge: proration or the quoted period, markup, exchange, sign, rounding."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.calc import item_period, markup
from billing.calc.charge import Charge
from billing.calc.currencies import Exchange, Rates
from billing.calc.inputs import ItemType, PricedItem, PricedRule, ScheduleInputs
from billing.calc.item_period import Quoted
from billing.calc.markup import Added
from billing.calc.schedule import BillingPeriod
from billing.calc.seats import RatedChange
from catalog.rating.rated import Rated
from kit.errors import InvalidOperation
from kit.money import EXACT, round_half_up
from kit.period import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a charge belongs: the schedule, the item and the rule, and the currency of the invoice."""

    schedule: ScheduleInputs
    item: PricedItem
    rule: PricedRule
    currency: str
    rates: Rates


def whole(place: Place, span: Span, rated: Rated) -> Iterator[Charge]:
    """A charge that is never prorated: usage, or a one-off. None where the price makes no line."""
    if rated.has_line:
        yield _charge(place, span, rated, rated.amount, None)


def fee(place: Place, period: BillingPeriod, rated: Rated) -> Iterator[Charge]:
    """A fee for a period, or for the part of it that is billed."""
    if rated.has_line:
        yield _charge(place, period.span, rated, rated.amount, period)


def seats(place: Place, period: BillingPeriod, change: RatedChange) -> Iterator[Charge]:
    """A fee for seats that are there, come or go, from then to the end of the period."""
    if change.after.has_line:
        rest = Span(change.change.at, period.span.end)
        part = replace(period, span=rest, share=change.change.share)
        yield replace(_charge(place, period.span, change.after, change.full, part), seats=change)


def _charge(place: Place, span: Span, rated: Rated, full: Decimal, part: BillingPeriod | None) -> Charge:
    """`full` is what a whole period costs; `part` the time that is billed, None for what has none."""
    quoted = None if part is None else _quoted(place, part)
    share = None if part is None or quoted is not None else part.share
    prorated = quoted.of(full) if quoted is not None else full if share is None else share.of(full)
    markups = _markups(place, span, prorated)
    way = _way(place, rated)
    total = way.of(markups[-1].total if markups else prorated)
    unrounded = EXACT.minus(total) if place.item.type is ItemType.DEDUCTION else total
    return Charge(
        schedule=place.schedule,
        item=place.item,
        rule=place.rule,
        span=span,
        rated=rated,
        share=share,
        unrounded=unrounded,
        amount=round_half_up(unrounded, place.currency),
        quoted=quoted,
        markups=markups,
        exchange=way if way.used else None,
    )


def _quoted(place: Place, part: BillingPeriod) -> Quoted | None:
    """The price's own period, where it has one that is not the billed one."""
    wanted, cadence = place.rule.pricing_period, place.schedule.cadence
    if wanted is None or cadence is None or wanted == cadence.period:
        return None
    return item_period.quoted(wanted, cadence, part)


def _markups(place: Place, span: Span, amount: Decimal) -> tuple[Added, ...]:
    some = place.schedule.adjustments.markups
    return tuple(markup.add(amount, some, ids=place.rule.ids, start=span.start))


def _way(place: Place, rated: Rated) -> Exchange:
    try:
        return place.rates.way(rated.currency or place.currency, place.currency)
    except InvalidOperation as error:
        name = place.item.pricing_item_id
        raise InvalidOperation(error.message, field=error.field, resource_id=name) from error
