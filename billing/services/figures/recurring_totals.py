"""Monthly recurring revenue, its change and each plan's part: ``recurring``, as ``kept_figures`` keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from accounts.models import Platform
from billing.models import FigureKind
from billing.selectors.insights import recurring
from billing.services.figures import kept_figures
from billing.services.figures.kept_figures import Kept
from kit.money import Money, plain

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figure:
    """Recurring revenue a month in one currency, and thirty days before; ``drawn_at`` is wall time."""

    value: Decimal
    before: Decimal
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class OfPlans:
    """``amounts``: plan pk -> what its subscriptions come to in a month, an amount in each currency."""

    amounts: dict[int, list[Money]]
    drawn_at: datetime


def figure(*, platform: Platform, currency: str, at: datetime, clock: Callable[[], datetime]) -> Figure:
    """As it was last drawn up, or drawn up now for ``at``; ``clock`` tells wall time."""
    kept = _kept(platform, at, clock)
    value, before, *_ = kept.totals.get(currency, ("0", "0"))
    return Figure(Decimal(value), Decimal(before), kept.drawn_at)


def of_plans(*, platform: Platform, at: datetime, clock: Callable[[], datetime]) -> OfPlans:
    """The same figure plan by plan, drawn up together with it."""
    kept = _kept(platform, at, clock)
    amounts: dict[int, list[Money]] = {}
    for currency, (_, _, *plans) in sorted(kept.totals.items()):  # what an older release kept has no plans
        for plan, amount in plans[0].items() if plans else ():
            amounts.setdefault(int(plan), []).append(Money(Decimal(amount), currency))
    return OfPlans(amounts, kept.drawn_at)


def _kept(platform: Platform, at: datetime, clock: Callable[[], datetime]) -> Kept:
    return kept_figures.figure(
        platform=platform, kind=FigureKind.RECURRING, draw_up=partial(_drawn_up, platform, at), clock=clock
    )


def _drawn_up(platform: Platform, at: datetime) -> dict[str, tuple[str, str, dict[str, str]]]:
    """currency -> (now, thirty days before, plan pk -> its part of it now)."""
    earlier, latest = recurring.shares(platform, [at - MONTH, at])
    before, now = recurring.of_subscriptions(earlier), recurring.of_subscriptions(latest)
    plans = recurring.of_plans(latest)
    return {
        currency: (
            plain(recurring.total(now, currency)),
            plain(recurring.total(before, currency)),
            {str(plan): plain(amount) for plan, amount in plans.get(currency, {}).items()},
        )
        for currency in before.keys() | now.keys()
    }
