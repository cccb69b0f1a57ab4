"""Where billing periods begin and end.

Every boundary is counted from the anchor on the local calendar of the billing entity, never from
the previous boundary, so a month-end anchor does not drift (31 January, 28 February, 31 March) and
a change of the clocks moves nothing: a boundary is a local date and time, turned into an instant
last.

A local time that does not exist (clocks go forward) moves forward by the length of the gap; one
that exists twice (clocks go back) means its first occurrence. Because one rule gives each boundary,
the end of a period is the start of the next: there is neither gap nor overlap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from billing.calc.proration import Share, share_of
from kit.errors import InvalidField
from kit.period import Period, PeriodType, Span, shift


class BillingTime(StrEnum):
    """Where periods turn: at the schedule's own day and time, or where the calendar does."""

    EXACT = "EXACT"
    CALENDAR = "CALENDAR"


@dataclass(frozen=True)
class Cadence:
    """The endless row of periods of one schedule.

    `anchor` is the schedule's start, an instant in UTC; `zone` the billing entity's.

    EXACT: boundaries repeat the anchor's local date and time of day. Period 0 starts at the anchor.
    CALENDAR: boundaries lie at local midnight. Days start on the anchor's day, weeks on the Monday
    of the anchor's week, years on 1 January of the anchor's year; months that divide a year, or are
    whole years, are counted from January (3 MONTH is the quarter), others from the anchor's month.
    Period 0 holds the anchor.
    """

    anchor: datetime
    period: Period
    zone: ZoneInfo
    billing_time: BillingTime

    def boundary(self, index: int) -> datetime:
        """The instant at which period `index` starts and period `index - 1` ends."""
        if index == 0 and self.billing_time is BillingTime.EXACT:
            return self.anchor  # exact even inside a repeated hour, second occurrence
        return resolve(shift(self._origin, self.period, index), self._time_of_day, self.zone)

    def span(self, index: int) -> Span:
        """Period `index`, whole; empty where the zone skipped all of it."""
        return Span(self.boundary(index), self.boundary(index + 1))

    def index_at(self, instant: datetime) -> int:
        """The number of the period that holds the instant: an estimate, then at most a step or two."""
        index = self._estimate(_local(instant, self.zone).date())
        while self.boundary(index) > instant:
            index -= 1
        while self.boundary(index + 1) <= instant:
            index += 1
        return index

    def _estimate(self, day: date) -> int:
        match self.period.type:
            case PeriodType.DAY:
                distance = (day - self._origin).days
            case PeriodType.WEEK:
                distance = (day - self._origin).days // 7
            case PeriodType.MONTH:
                distance = _months(day) - _months(self._origin)
            case PeriodType.YEAR:
                distance = day.year - self._origin.year
        return distance // self.period.value

    @cached_property
    def _local_anchor(self) -> datetime:
        return _local(self.anchor, self.zone)

    @cached_property
    def _time_of_day(self) -> time:
        if self.billing_time is BillingTime.CALENDAR:
            return time()
        return self._local_anchor.time()

    @cached_property
    def _origin(self) -> date:
        day = self._local_anchor.date()
        if self.billing_time is BillingTime.EXACT:
            return day
        match self.period.type:
            case PeriodType.DAY:
                return day
            case PeriodType.WEEK:
                return day - timedelta(days=day.weekday())
            case PeriodType.MONTH:
                return day.replace(day=1, month=_first_month(day.month, self.period.value))
            case PeriodType.YEAR:
                return day.replace(day=1, month=1)


@dataclass(frozen=True, slots=True)
class Active:
    """When a schedule is in force: from `start` until `end`, or open-ended.

    `start` is the cadence's anchor unless an earlier schedule set the anchor.
    """

    start: datetime
    end: datetime | None = None

    def contains(self, instant: datetime) -> bool:
        """Whether it is in force then: from the instant it starts, no more at the one it ends."""
        return self.start <= instant and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """What is billed of period `index`: `span`, a part of `whole` or all of it.

    They differ at the first and last part of a CALENDAR schedule and where a schedule ends early.
    `is_first` marks the period in which the schedule starts.
    """

    index: int
    whole: Span
    span: Span
    share: Share
    is_first: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the period is cut off."""
        return self.span == self.whole


def resolve(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a local time; see the module for times that are missing or repeated."""
    try:
        return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise InvalidField("the date lies beyond the calendar") from None


def period_at(cadence: Cadence, instant: datetime, *, active: Active | None = None) -> BillingPeriod:
    """The billing period that holds the instant.

    Raises InvalidField when the schedule is not active then.
    """
    active = active or Active(cadence.anchor)
    if not active.contains(instant):
        raise InvalidField("the schedule does not cover this instant")
    return _part(cadence, cadence.index_at(instant), active)


def periods(
    cadence: Cadence, *, start: datetime, end: datetime, active: Active | None = None
) -> Iterator[BillingPeriod]:
    """The billing periods that share an instant with [start, end), in order, none of them cut by it.

    Only the start and end of the schedule cut a period.
    """
    active = active or Active(cadence.anchor)
    start = max(start, active.start)
    end = end if active.end is None else min(end, active.end)
    if start >= end:
        return
    index = cadence.index_at(start)
    while cadence.boundary(index) < end:
        part = _part(cadence, index, active)
        # A zone that skips a whole local day (Samoa, 30 December 2011) leaves a daily period empty.
        if not part.span.is_empty:
            yield part
        index += 1


def _part(cadence: Cadence, index: int, active: Active) -> BillingPeriod:
    whole = cadence.span(index)
    last = whole.end if active.end is None else min(whole.end, active.end)
    span = Span(max(whole.start, active.start), last)
    share = share_of(span, whole, cadence.zone)
    return BillingPeriod(index, whole, span, share, is_first=span.start == active.start)


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    try:
        return instant.astimezone(zone)
    except OverflowError:
        raise InvalidField("the date lies beyond the calendar") from None


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _first_month(month: int, months: int) -> int:
    """The month that begins the calendar period of this many months around `month`."""
    if 12 % months == 0 or months % 12 == 0:
        return month - (month - 1) % min(months, 12)
    return month
