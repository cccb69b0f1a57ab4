"""Monthly recurring revenue: what the recurring fees and the seats in force come to in a month, without tax.

Less the discounts of their schedule, and at least what it commits to. One-off fees, usage beyond that,
coupons and what is charged on demand are left out. Seats count as many as there are then.
A year counts a twelfth to the month, a week 52 twelfths, a day 365. A price that is quoted for a period of
its own counts by that one, whatever the subscription's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from accounts.models import Platform
from billing.calc import schedule_terms, seats
from billing.calc.inputs import ChargeModel
from billing.models import PricingPlanSchedule, ScheduleType, SubscriptionStatus
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.selectors.insights import adjusted_fees
from billing.selectors.item_terms import ItemTerms, RuleTerms
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.types import PricingType
from catalog.rating.usage import Usage
from kit.money import EXACT, round_half_up

Json = Mapping[str, Any]

ZERO, ONE, YEAR = Decimal(0), Decimal(1), Decimal(12)
A_YEAR = {"DAY": Decimal(365), "WEEK": Decimal(52), "MONTH": YEAR, "YEAR": ONE}
BILLED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Movement:
    """How a month's start got to its end. Losses are positive figures."""

    start: Decimal = ZERO
    new: Decimal = ZERO
    expansion: Decimal = ZERO
    contraction: Decimal = ZERO
    churn: Decimal = ZERO
    end: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Share:
    """What a subscription comes to in a month by the prices of ``plan`` (pk)."""

    plan: int
    amount: Decimal


# currency -> subscription pk -> its share
Shares = Mapping[str, Mapping[int, Share]]


@dataclass(frozen=True, slots=True)
class _Term:
    subscription: int
    plan: int
    items: Items
    currency: str
    start: datetime
    end: datetime | None
    a_year: Decimal
    seats: Sequence[Mapping[str, Any]] = ()
    has_seats: bool = False
    discount: Json | None = None
    commitment: Json | None = None


def by_instant(platform: Platform, instants: Sequence[datetime]) -> list[dict[str, dict[int, Decimal]]]:
    """For each instant: currency -> subscription pk -> its recurring revenue a month. Few queries."""
    return [of_subscriptions(each) for each in shares(platform, instants)]


def shares(platform: Platform, instants: Sequence[datetime]) -> list[Shares]:
    """The same with the plan that each subscription is on then."""
    terms = _terms(platform)
    return [_at(terms, _Fees(), instant) for instant in instants]


def of_subscriptions(found: Shares) -> dict[str, dict[int, Decimal]]:
    """currency -> subscription pk -> amount."""
    return {name: {pk: share.amount for pk, share in mine.items()} for name, mine in found.items()}


def of_plans(found: Shares) -> dict[str, dict[int, Decimal]]:
    """currency -> plan pk -> what its subscriptions come to, to the minor unit."""
    return {currency: _by_plan(mine.values(), currency) for currency, mine in found.items()}


def _by_plan(shares: Iterable[Share], currency: str) -> dict[int, Decimal]:
    several: dict[int, list[Decimal]] = defaultdict(list)
    for share in shares:
        several[share.plan].append(share.amount)
    return {plan: round_half_up(_sum(amounts), currency) for plan, amounts in several.items()}


def total(found: Mapping[str, Mapping[int, Decimal]], currency: str) -> Decimal:
    """What all subscriptions in the currency come to, to the minor unit."""
    return round_half_up(_sum(found.get(currency, {}).values()), currency)


def movement(
    before: Mapping[str, Mapping[int, Decimal]], after: Mapping[str, Mapping[int, Decimal]], currency: str
) -> Movement:
    """What changed between two answers of ``by_instant``, subscription by subscription."""
    old, new = before.get(currency, {}), after.get(currency, {})
    gains = {key: EXACT.subtract(new[key], old[key]) for key in new.keys() & old.keys()}
    parts = {
        "start": _sum(old.values()),
        "new": _sum(new[key] for key in new.keys() - old.keys()),
        "expansion": _sum(gain for gain in gains.values() if gain > 0),
        "contraction": _sum(-gain for gain in gains.values() if gain < 0),
        "churn": _sum(old[key] for key in old.keys() - new.keys()),
        "end": _sum(new.values()),
    }
    return Movement(**{name: round_half_up(value, currency) for name, value in parts.items()})


def _terms(platform: Platform) -> list[_Term]:
    rows = (
        PricingPlanSchedule.objects.filter(
            platform=platform, subscription__status__in=BILLED, subscription__activated_at__isnull=False
        )
        .exclude(type=ScheduleType.TRIAL)
        .select_related("subscription")
        .annotate(
            plan=F("pricing_plan_version__pricing_plan_id"),
            ended=Coalesce("subscription__cancelled_at", "subscription__cancel_at"),
            unit=Coalesce("billing_period_type", "subscription__billing_period_type"),
            count=Coalesce("billing_period_value", "subscription__billing_period_value"),
        )
    )
    schedules: list[Any] = list(rows)
    agreed = agreed_prices.of_schedules(platform, schedules)
    return [
        _Term(
            row.subscription_id,
            row.plan,
            agreed[row.pk],
            row.pricing_currency,
            row.start_at,
            _first(row.end_at, row.ended),
            _times_a_year(row.unit, row.count),
            row.seats_values,
            any(item.model is ChargeModel.PER_SEAT for item in agreed[row.pk]),
            row.discount,
            row.commitment,
        )
        for row in schedules
    ]


def _times_a_year(unit: str, count: int) -> Decimal:
    return EXACT.divide(A_YEAR[unit], Decimal(count))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


@dataclass(frozen=True, slots=True)
class _Fee:
    """An amount per billing period of the subscription, or so many times a year by its own."""

    currency: str
    amount: Decimal
    a_year: Decimal | None
    item: ItemTerms
    rule: RuleTerms


class _Fees:
    """The recurring fees at one instant; schedules that share their prices share them."""

    def __init__(self) -> None:
        self._known: dict[int, list[_Fee]] = {}

    def of(self, items: Items, instant: datetime) -> list[_Fee]:
        # The terms hold the items as long as this is asked, so that their identity stays their own.
        if id(items) not in self._known:
            self._known[id(items)] = list(_fees(agreed_prices.on(items, instant)))
        return self._known[id(items)]


def _at(terms: Iterable[_Term], fees: _Fees, instant: datetime) -> Shares:
    found: dict[str, dict[int, Share]] = {}
    for term in terms:
        if term.start <= instant and (term.end is None or instant < term.end):
            of_seats = _seats(term, instant) if term.has_seats else ()
            due = [*fees.of(term.items, instant), *of_seats]
            mine = [fee for fee in due if fee.currency == term.currency]
            if term.discount or term.commitment:
                a_year = _adjusted(term, mine, instant)
            else:
                a_year = _sum(EXACT.multiply(fee.amount, fee.a_year or term.a_year) for fee in mine)
            if a_year:
                share = Share(term.plan, EXACT.divide(a_year, YEAR))
                found.setdefault(term.currency, {})[term.subscription] = share
    return found


def _adjusted(term: _Term, fees: Sequence[_Fee], instant: datetime) -> Decimal:
    """A year of it, with the discounts and commitments that are in force at the instant, period by period."""
    return EXACT.multiply(
        adjusted_fees.net(
            [(fee.item, fee.rule, _a_period(fee, term)) for fee in fees],
            agreed_prices.on(term.items, instant),
            start=term.start,
            discount=term.discount,
            commitment=term.commitment,
            currency=term.currency,
            at=instant,
        ),
        term.a_year,
    )


def _a_period(fee: _Fee, term: _Term) -> Decimal:
    """The fee for a billing period of the subscription."""
    if fee.a_year is None:
        return fee.amount
    return EXACT.divide(EXACT.multiply(fee.amount, fee.a_year), term.a_year)


def _fees(items: Iterable[ItemTerms]) -> Iterator[_Fee]:
    for item in items:
        for rule in item.rules if item.model is ChargeModel.RECURRING else ():
            if not rule.on_demand:
                yield from _fee(item, rule, rate(rule.config, Usage.of_events((ONE,))))


def _seats(term: _Term, instant: datetime) -> Iterator[_Fee]:
    """What the seats of the schedule cost: they are its own, so nothing of it is shared."""
    for item in agreed_prices.on(term.items, instant):
        for rule in item.rules if item.model is ChargeModel.PER_SEAT else ():
            counts = schedule_terms.seats(term.seats, ids=rule.ids, start=term.start)
            number = seats.number_at(counts, instant, schedule_terms.default_seats(rule.body))
            money = schedule_terms.seats_currency(rule.config, term.currency)
            yield from _fee(item, rule, seats.rated(rule.config, number, money))


def _fee(item: ItemTerms, rule: RuleTerms, rated: Rated) -> Iterator[_Fee]:
    if rule.config.pricing_type is PricingType.NONE or rated.currency is None:
        return
    own = schedule_terms.pricing_period(rule.body)
    a_year = _times_a_year(own.type.value, own.value) if own else None
    yield _Fee(rated.currency, rated.amount, a_year, item, rule)


def _sum(values: Iterable[Decimal]) -> Decimal:
    result = ZERO
    for value in values:
        result = EXACT.add(result, value)
    return result
