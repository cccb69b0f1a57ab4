"""Seats: how many there are when, and what each change costs, prorated by day.

The seats at the start of a period are charged for all of it; each change within it adds or gives back
the difference in price for the days that are left, its own day included. So a price with bands comes
out as if every day had been priced by the seats of that day, and a change that is undone on the same
day costs nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.calc.proration import Share, share_of
from billing.calc.schedule import Active, BillingPeriod
from billing.calc.totals import ZERO
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from kit.money import EXACT
from kit.period import Span


@dataclass(frozen=True, slots=True)
class SeatCount:
    """So many seats, or so much money that is agreed, while `active`.

    Where several are in force the one that started last counts.
    """

    number: Decimal
    active: Active


@dataclass(frozen=True, slots=True)
class SeatChange:
    """From `at` on there are `after` seats instead of `before`, for `share` of the period.

    The seats at the start of the period are a change from none.
    """

    at: datetime
    before: Decimal
    after: Decimal
    share: Share

    @property
    def difference(self) -> Decimal:
        """The seats that come; below zero where some go."""
        return EXACT.subtract(self.after, self.before)


@dataclass(frozen=True, slots=True)
class RatedChange:
    """The price of a change: `full` is `after` less `before` for a whole period, unrounded."""

    change: SeatChange
    before: Rated
    after: Rated
    full: Decimal

    @property
    def amount(self) -> Decimal:
        """Its share of the period."""
        return self.change.share.of(self.full)


def at_start(counts: Sequence[SeatCount], period: BillingPeriod, *, default: Decimal = ZERO) -> SeatChange:
    """The seats with which a period begins; a fee in advance is for these."""
    start = period.span.start
    return SeatChange(start, ZERO, number_at(counts, start, default), period.share)


def within(
    counts: Sequence[SeatCount], period: BillingPeriod, zone: ZoneInfo, *, default: Decimal = ZERO
) -> Iterator[SeatChange]:
    """The changes after the start of the period, in order of time; those that change nothing are left out."""
    span, before = period.span, at_start(counts, period, default=default).after
    for at in _instants(counts, span):
        after = number_at(counts, at, default)
        if after != before:
            yield SeatChange(at, before, after, share_of(Span(at, span.end), period.whole, zone))
        before = after


def price(config: Config, change: SeatChange, currency: str | None = None) -> RatedChange:
    """Rate both sides of a change by the rule; a change to fewer seats is negative.

    ``currency`` is that of seats that are money.
    """
    before, after = (rated(config, number, currency) for number in (change.before, change.after))
    # A change from none is a fee: a FIXED price is due for it, and is not taken back for no seats.
    less = before.amount if change.before else ZERO
    return RatedChange(change, before, after, EXACT.subtract(after.amount, less))


def rated(config: Config, number: Decimal, currency: str | None = None) -> Rated:
    """What so many seats, or so much money, cost in a whole period."""
    return rate(config, Usage.agreed(number, currency=currency))


def number_at(counts: Sequence[SeatCount], at: datetime, default: Decimal) -> Decimal:
    """How many seats there are at an instant; the default where none are agreed for it."""
    known = [count for count in counts if count.active.contains(at)]
    if not known:
        return default
    latest = max(count.active.start for count in known)
    return [count.number for count in known if count.active.start == latest][-1]


def _instants(counts: Sequence[SeatCount], span: Span) -> list[datetime]:
    starts = {count.active.start for count in counts}
    ends = {count.active.end for count in counts if count.active.end is not None}
    return sorted(at for at in starts | ends if span.start < at < span.end)
