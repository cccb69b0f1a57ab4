"""Monthly recurring revenue and its change: the sum of ``recurring``, kept as ``kept_figures`` tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from accounts.models import Platform
from billing.models import FigureKind
from billing.selectors.insights import recurring
from billing.services import kept_figures
from kit.money import plain

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figure:
    """Recurring revenue a month in one currency, and thirty days before; ``drawn_at`` is wall time."""

    value: Decimal
    before: Decimal
    drawn_at: datetime


def figure(*, platform: Platform, currency: str, at: datetime, clock: Callable[[], datetime]) -> Figure:
    """As it was last drawn up, or drawn up now for ``at``; ``clock`` tells wall time."""
    kept = kept_figures.figure(
        platform=platform, kind=FigureKind.RECURRING, draw_up=partial(_drawn_up, platform, at), clock=clock
    )
    value, before = kept.totals.get(currency, ("0", "0"))
    return Figure(Decimal(value), Decimal(before), kept.drawn_at)


def _drawn_up(platform: Platform, at: datetime) -> dict[str, tuple[str, str]]:
    """currency -> (now, thirty days before)."""
    before, now = recurring.by_instant(platform, [at - MONTH, at])
    return {
        currency: (plain(recurring.total(now, currency)), plain(recurring.total(before, currency)))
        for currency in before.keys() | now.keys()
    }
