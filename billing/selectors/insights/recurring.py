"""Monthly recurring revenue: what the recurring fees and the seats in force come to in a month, without tax.

Less the discounts of their schedule, and at least what it commits to. One-off fees, usage beyond that,
coupons and what is charged on demand are left out. Seats count as many as there are then.
A year counts a twelfth to the month, a week 52 twelfths, a day 365. A price that is quoted for a period of
its own counts by that one, whatever the subscription's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import Platform
from billing.selectors import agreed_prices
from billing.selectors.insights import adjusted_fees, recurring_fees, recurring_terms
from billing.selectors.insights.recurring_fees import Fee, Fees
from billing.selectors.insights.recurring_terms import Term
from kit import money
from kit.money import EXACT, round_half_up

ZERO, YEAR = Decimal(0), Decimal(12)


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


def by_instant(platform: Platform, instants: Sequence[datetime]) -> list[dict[str, dict[int, Decimal]]]:
    """For each instant: currency -> subscription pk -> its recurring revenue a month. Few queries."""
    return [of_subscriptions(each) for each in shares(platform, instants)]


def shares(platform: Platform, instants: Sequence[datetime]) -> list[Shares]:
    """The same with the plan that each subscription is on then."""
    terms = recurring_terms.of_platform(platform)
    return [_at(terms, Fees(), instant) for instant in instants]


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
    return {plan: round_half_up(money.total(amounts), currency) for plan, amounts in several.items()}


def total(found: Mapping[str, Mapping[int, Decimal]], currency: str) -> Decimal:
    """What all subscriptions in the currency come to, to the minor unit."""
    return round_half_up(money.total(found.get(currency, {}).values()), currency)


def movement(
    before: Mapping[str, Mapping[int, Decimal]], after: Mapping[str, Mapping[int, Decimal]], currency: str
) -> Movement:
    """What changed between two answers of ``by_instant``, subscription by subscription."""
    old, new = before.get(currency, {}), after.get(currency, {})
    gains = {key: EXACT.subtract(new[key], old[key]) for key in new.keys() & old.keys()}
    parts = {
        "start": money.total(old.values()),
        "new": money.total(new[key] for key in new.keys() - old.keys()),
        "expansion": money.total(gain for gain in gains.values() if gain > 0),
        "contraction": money.total(-gain for gain in gains.values() if gain < 0),
        "churn": money.total(old[key] for key in old.keys() - new.keys()),
        "end": money.total(new.values()),
    }
    return Movement(**{name: round_half_up(value, currency) for name, value in parts.items()})


def _at(terms: Iterable[Term], fees: Fees, instant: datetime) -> Shares:
    found: dict[str, dict[int, Share]] = {}
    for term in terms:
        if term.start <= instant and (term.end is None or instant < term.end):
            of_seats = recurring_fees.of_seats(term, instant) if term.has_seats else ()
            due = [*fees.of(term.items, instant), *of_seats]
            mine = [fee for fee in due if fee.currency == term.currency]
            if term.discount or term.commitment:
                a_year = _adjusted(term, mine, instant)
            else:
                a_year = money.total(EXACT.multiply(fee.amount, fee.a_year or term.a_year) for fee in mine)
            if a_year:
                share = Share(term.plan, EXACT.divide(a_year, YEAR))
                found.setdefault(term.currency, {})[term.subscription] = share
    return found


def _adjusted(term: Term, fees: Sequence[Fee], instant: datetime) -> Decimal:
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


def _a_period(fee: Fee, term: Term) -> Decimal:
    """The fee for a billing period of the subscription."""
    if fee.a_year is None:
        return fee.amount
    return EXACT.divide(EXACT.multiply(fee.amount, fee.a_year), term.a_year)
