"""Monthly recurring revenue: what the fixed, recurring fees in force come to in a month, without tax added.

One-off fees and usage are left out. A year counts a twelfth to the month, a week 52 twelfths, a day 365.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models.functions import Coalesce

from accounts.models import Platform
from billing.calc.inputs import ChargeModel
from billing.models import PricingPlanSchedule, ScheduleType, SubscriptionStatus
from billing.selectors import prices
from billing.selectors.item_terms import ItemTerms
from billing.selectors.prices import Terms
from catalog.rating.rate import rate
from catalog.rating.types import PricingType
from catalog.rating.usage import Usage
from kit.money import EXACT, round_half_up
from kit.period import Period, PeriodType

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
class _Term:
    subscription: int
    prices: Terms
    currency: str
    start: datetime
    end: datetime | None
    a_year: Decimal


def by_instant(platform: Platform, instants: Sequence[datetime]) -> list[dict[str, dict[int, Decimal]]]:
    """For each instant: currency -> subscription pk -> its recurring revenue a month. One query."""
    terms = _terms(platform)
    book = prices.of_terms(platform, {term.prices for term in terms})
    fees = {each: _fees(items) for each, items in book.items()}
    return [_at(terms, fees, instant) for instant in instants]


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
        .annotate(
            ended=Coalesce("subscription__cancelled_at", "subscription__cancel_at"),
            unit=Coalesce("billing_period_type", "subscription__billing_period_type"),
            count=Coalesce("billing_period_value", "subscription__billing_period_value"),
        )
        .values_list(
            "subscription_id",
            "pricing_plan_version_id",
            "pricing_currency",
            "start_at",
            "end_at",
            "ended",
            "unit",
            "count",
        )
    )
    return [
        _Term(
            pk,
            Terms(version, priced, Period(PeriodType(unit), count)),
            priced,
            start,
            _first(end, ended),
            EXACT.divide(A_YEAR[unit], Decimal(count)),
        )
        for pk, version, priced, start, end, ended, unit, count in rows
    ]


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _at(
    terms: Iterable[_Term], fees: Mapping[Terms, Mapping[str, Decimal]], instant: datetime
) -> dict[str, dict[int, Decimal]]:
    found: dict[str, dict[int, Decimal]] = {}
    for term in terms:
        if term.start <= instant and (term.end is None or instant < term.end):
            fee = fees[term.prices].get(term.currency, ZERO)
            if fee:
                month = EXACT.divide(EXACT.multiply(fee, term.a_year), YEAR)
                found.setdefault(term.currency, {})[term.subscription] = month
    return found


def _fees(items: Iterable[ItemTerms]) -> dict[str, Decimal]:
    """Currency -> the recurring fees of one billing period."""
    found: dict[str, Decimal] = {}
    for item in items:
        for rule in item.rules if item.model is ChargeModel.RECURRING else ():
            if rule.config.pricing_type is PricingType.NONE:
                continue
            rated = rate(rule.config, Usage.of_events((ONE,)))
            if rated.currency is not None:
                found[rated.currency] = EXACT.add(found.get(rated.currency, ZERO), rated.amount)
    return found


def _sum(values: Iterable[Decimal]) -> Decimal:
    result = ZERO
    for value in values:
        result = EXACT.add(result, value)
    return result
