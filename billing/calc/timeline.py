"""The invoices of a subscription in time: its schedules, one after the other, cut into periods.

Schedules that follow each other share the periods of the first one's anchor; a schedule that
realigns the anchor, or is billed in another rhythm, ends the running period and starts a new row of
periods (a segment). An invoice covers one period; the schedules in it are billed in parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from billing.calc.inputs import Demand
from billing.calc.schedule import Active, BillingPeriod, BillingTime, Cadence, period_at
from kit.period import Period


@dataclass(frozen=True, slots=True)
class Slice:
    """One schedule: `key` finds it again; `bills` is false for a trial."""

    key: int
    active: Active
    period: Period
    realigns: bool = False
    bills: bool = True


@dataclass(frozen=True, slots=True)
class Segment:
    """Schedules that share one row of periods."""

    cadence: Cadence
    slices: tuple[Slice, ...]
    active: Active = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "active", Active(self.slices[0].active.start, self.slices[-1].active.end))

    def billed(self) -> Iterator[tuple[Slice, Cadence]]:
        """The schedules that bill, each with the row of periods."""
        return ((each, self.cadence) for each in self.slices if each.bills)


@dataclass(frozen=True, slots=True)
class Part:
    """What a schedule contributes to an invoice: its part of the period, and the parts billed ahead.

    `cadence` is the row of periods that they are parts of; `demand` is what was asked for instead.
    """

    key: int
    arrears: BillingPeriod | None
    advance: tuple[BillingPeriod, ...]
    cadence: Cadence | None = None
    demand: Demand | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All periods of a subscription. Segments follow each other in order of time."""

    segments: tuple[Segment, ...]

    @property
    def start(self) -> datetime | None:
        """When the first schedule begins; None without any."""
        return self.segments[0].active.start if self.segments else None

    def segment_at(self, instant: datetime) -> Segment | None:
        """The schedules with whose row of periods this instant is billed; None where none is in force."""
        return next((each for each in self.segments if each.active.contains(instant)), None)

    def period_at(self, instant: datetime) -> BillingPeriod | None:
        """The period that one invoice bills, or None where no schedule is in force."""
        segment = self.segment_at(instant)
        return period_at(segment.cadence, instant, active=segment.active) if segment else None

    def next_start(self, instant: datetime) -> datetime | None:
        """The first instant at or after this one at which a schedule is in force, or None."""
        for segment in self.segments:
            if segment.active.contains(instant):
                return instant
            if segment.active.start > instant:
                return segment.active.start
        return None

    def opening(self) -> tuple[Part, ...]:
        """What is billed in advance before the first period begins."""
        first = self.period_at(self.start) if self.start else None
        return tuple(self._ahead(first)) if first else ()

    def parts(self, period: BillingPeriod) -> tuple[Part, ...]:
        """What the invoice of this period bills, schedule by schedule.

        In arrears the part of the period in which the schedule is in force. In advance the next period;
        and its own part where the schedule begins inside the period, since no earlier invoice could.
        """
        following = self.period_at(period.span.end)
        ahead = {part.key: part for part in self._ahead(following)} if following else {}
        found = []
        for each, cadence in self._in_force(period):
            own = _part_of(cadence, each, period)
            if own is not None:
                joined = (own,) if own.span.start > period.span.start else ()
                next_one = ahead.pop(each.key, None)
                then = next_one.advance if next_one else ()
                found.append(Part(each.key, own, (*joined, *then), cadence))
        return (*found, *ahead.values())

    def billed(self) -> Iterator[tuple[Slice, Cadence]]:
        """The schedules that bill, each with its row of periods."""
        for segment in self.segments:
            yield from segment.billed()

    def _ahead(self, period: BillingPeriod) -> Iterator[Part]:
        """What is billed before this period begins, by the schedule that is in force then."""
        start = period.span.start
        for each, cadence in self._in_force(period):
            if each.active.contains(start):
                yield Part(each.key, None, (period_at(cadence, start, active=each.active),), cadence)

    def _in_force(self, period: BillingPeriod) -> Iterator[tuple[Slice, Cadence]]:
        """The schedules that bill in the segment of this period, with its row of periods."""
        segment = self.segment_at(period.span.start)
        if segment is not None:
            yield from segment.billed()


def of_slices(slices: Sequence[Slice], *, billing_time: BillingTime, zone: ZoneInfo) -> Timeline:
    """The timeline of schedules that do not overlap, in order of their start."""
    rows: list[tuple[Cadence, list[Slice]]] = []
    for each in slices:
        if rows and _continues(rows[-1], each):
            rows[-1][1].append(each)
            continue
        keeps = bool(rows) and not each.realigns
        anchor = rows[-1][0].anchor if keeps else each.active.start
        rows.append((Cadence(anchor, each.period, zone, billing_time), [each]))
    return Timeline(tuple(Segment(cadence, tuple(members)) for cadence, members in rows))


def _continues(row: tuple[Cadence, list[Slice]], each: Slice) -> bool:
    cadence, members = row
    return not each.realigns and each.period == cadence.period and members[-1].active.end == each.active.start


def _part_of(cadence: Cadence, each: Slice, period: BillingPeriod) -> BillingPeriod | None:
    """The part of the period in which the schedule is in force, None where it is not."""
    start = max(each.active.start, period.span.start)
    if start >= period.span.end or not each.active.contains(start):
        return None
    return period_at(cadence, start, active=each.active)
