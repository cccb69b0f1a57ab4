"""The four figures of Home, each with its change and the page that explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from billing.selectors.insights import money
from billing.services.figures import recurring_totals, unbilled_totals
from desk import navigation
from desk.components import format
from desk.operators import Operator
from desk.screens.home import todo
from kit import clock as wall_clock
from metering.selectors import insights

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """``look`` colors the note: ``ok``, ``bad`` or empty."""

    label: str
    value: str
    note: str
    url: str
    look: str = ""


def currency_of(operator: Operator) -> str:
    """The currency in which most invoices are, or the platform's own."""
    used = money.currencies(operator.platform)
    return used[0] if used else operator.platform.default_currency or "EUR"


def mrr(operator: Operator) -> Tile:
    """Monthly recurring revenue, against a month ago."""
    currency = currency_of(operator)
    found = recurring_totals.figure(
        platform=operator.platform, currency=currency, at=operator.at, clock=wall_clock.now
    )
    change = _change(found.value - found.before, currency)
    note = f"{change} in 30 days, {since(found.drawn_at, operator)}"
    return Tile("MRR", format.money(found.value, currency), note, _page("insights-mrr"))


def so_far(operator: Operator) -> Tile:
    """What is used and not yet on a final invoice."""
    currency = currency_of(operator)
    found = unbilled_totals.figure(platform=operator.platform, currency=currency, clock=wall_clock.now)
    words = f"{found.drafts:,} draft{'' if found.drafts == 1 else 's'}, without tax"
    note = f"{words}, {since(found.drawn_at, operator)}"
    return Tile("Unbilled so far", format.money(found.net, currency), note, _page("insights-unbilled"))


def since(drawn_at: datetime, operator: Operator) -> str:
    """How old a figure is, in words."""
    return format.ago(drawn_at, wall_clock.now(), operator.zone)


def overdue(operator: Operator) -> Tile:
    """What should have been paid by now."""
    currency = currency_of(operator)
    value, count = money.overdue(operator.platform, currency=currency, at=operator.at)
    late = todo.overdue(operator).count()
    note = f"{late:,} invoice{'' if late == 1 else 's'}" if late else "Nothing is late"
    if late > count:
        note += f", {late - count:,} in other currencies"
    return Tile(
        "Overdue", format.money(value, currency), note, _page("insights-aging"), "bad" if late else ""
    )


def events_today(operator: Operator) -> Tile:
    """Events that happened today, against yesterday until the same hour."""
    midnight = operator.at.astimezone(operator.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    platform = operator.platform
    today = insights.events(platform, start=midnight, end=operator.at)
    before = insights.events(platform, start=midnight - DAY, end=operator.at - DAY)
    note = f"{before:,} yesterday by this time"
    return Tile("Events today", format.number(today), note, _page("insights-usage"))


TILES: dict[str, Callable[[Operator], Tile]] = {
    "mrr": mrr,
    "unbilled": so_far,
    "overdue": overdue,
    "events": events_today,
}


def _change(change: Decimal, currency: str) -> str:
    if not change:
        return "No change"
    sign = "+" if change > 0 else ""
    return f"{sign}{format.money(change, currency)}"


def _page(name: str) -> str:
    return navigation.address(name)
