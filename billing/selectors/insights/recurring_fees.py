"""The fees that recur at an instant: of items that are billed every period, and of seats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.calc import schedule_terms, seats
from billing.calc.inputs import ChargeModel
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.selectors.insights import recurring_terms
from billing.selectors.insights.recurring_terms import Term
from billing.selectors.item_terms import ItemTerms, RuleTerms
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.types import PricingType
from catalog.rating.usage import Usage

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount per billing period of the subscription, or so many times a year by its own."""

    currency: str
    amount: Decimal
    a_year: Decimal | None
    item: ItemTerms
    rule: RuleTerms


class Fees:
    """The recurring fees at one instant; schedules that share their prices share them."""

    def __init__(self) -> None:
        self._known: dict[int, list[Fee]] = {}

    def of(self, items: Items, instant: datetime) -> list[Fee]:
        # The terms hold the items as long as this is asked, so that their identity stays their own.
        if id(items) not in self._known:
            self._known[id(items)] = list(_of_items(agreed_prices.on(items, instant)))
        return self._known[id(items)]


def _of_items(items: Iterable[ItemTerms]) -> Iterator[Fee]:
    for item in items:
        for rule in item.rules if item.model is ChargeModel.RECURRING else ():
            if not rule.on_demand:
                yield from _of_rule(item, rule, rate(rule.config, Usage.agreed(ONE)))


def of_seats(term: Term, instant: datetime) -> Iterator[Fee]:
    """What the seats of the schedule cost: they are its own, so nothing of it is shared."""
    for item in agreed_prices.on(term.items, instant):
        for rule in item.rules if item.model is ChargeModel.PER_SEAT else ():
            counts = schedule_terms.seats(term.seats, ids=rule.ids, start=term.start)
            number = seats.number_at(counts, instant, schedule_terms.default_seats(rule.body))
            money = schedule_terms.seats_currency(rule.config, term.currency)
            yield from _of_rule(item, rule, seats.rated(rule.config, number, money))


def _of_rule(item: ItemTerms, rule: RuleTerms, rated: Rated) -> Iterator[Fee]:
    if rule.config.pricing_type is PricingType.NONE or rated.currency is None:
        return
    own = schedule_terms.pricing_period(rule.body)
    a_year = recurring_terms.times_a_year(own.type.value, own.value) if own else None
    yield Fee(rated.currency, rated.amount, a_year, item, rule)
