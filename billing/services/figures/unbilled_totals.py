"""What all drafts come to together: the sum of ``unbilled``, kept as ``kept_figures`` tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from accounts.models import Platform
from billing.models import FigureKind
from billing.services.figures import kept_figures, unbilled
from kit.money import plain


@dataclass(frozen=True, slots=True)
class Figure:
    """What the drafts in one currency come to, without tax; ``drawn_at`` is wall time."""

    net: Decimal
    drafts: int
    drawn_at: datetime


def figure(*, platform: Platform, currency: str, clock: Callable[[], datetime]) -> Figure:
    """As it was last drawn up, or drawn up now; ``clock`` tells wall time."""
    kept = kept_figures.figure(
        platform=platform, kind=FigureKind.UNBILLED, draw_up=partial(_drawn_up, platform), clock=clock
    )
    drafts, net = kept.totals.get(currency, (0, "0"))
    return Figure(Decimal(net), drafts, kept.drawn_at)


def _drawn_up(platform: Platform) -> dict[str, tuple[int, str]]:
    """currency -> (drafts, net)."""
    found = unbilled.drafts(platform=platform)
    counts: dict[str, int] = {}
    for each in found:
        counts[each.invoice.currency] = counts.get(each.invoice.currency, 0) + 1
    return {currency: (count, plain(unbilled.total(found, currency))) for currency, count in counts.items()}
