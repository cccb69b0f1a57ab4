"""The schedules that recur: how long each is in force, what it agreed to, how often a year it is billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from accounts.models import Platform
from billing.calc.inputs import ChargeModel
from billing.models import PricingPlanSchedule, ScheduleType, SubscriptionStatus
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from kit.money import EXACT

A_YEAR = {"DAY": Decimal(365), "WEEK": Decimal(52), "MONTH": Decimal(12), "YEAR": Decimal(1)}
BILLED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Term:
    subscription: int
    plan: int
    items: Items
    currency: str
    start: datetime
    end: datetime | None
    a_year: Decimal
    seats: Sequence[Mapping[str, Any]] = ()
    has_seats: bool = False
    discount: Mapping[str, Any] | None = None
    commitment: Mapping[str, Any] | None = None


def of_platform(platform: Platform) -> list[Term]:
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
        Term(
            row.subscription_id,
            row.plan,
            agreed[row.pk],
            row.pricing_currency,
            row.start_at,
            _first(row.end_at, row.ended),
            times_a_year(row.unit, row.count),
            row.seats_values,
            any(item.model is ChargeModel.PER_SEAT for item in agreed[row.pk]),
            row.discount,
            row.commitment,
        )
        for row in schedules
    ]


def times_a_year(unit: str, count: int) -> Decimal:
    return EXACT.divide(A_YEAR[unit], Decimal(count))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
