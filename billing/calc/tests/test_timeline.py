"""Schedules in time: every instant in one period, every part in one schedule, every fee billed once."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.calc.schedule import Active, BillingTime
from billing.calc.timeline import Part, Slice, Timeline, of_slices
from kit.period import Period, PeriodType

START = datetime(2026, 1, 31, tzinfo=UTC)
MONTH = Period(PeriodType.MONTH, 1)
# Days on which a period of the first schedule ends, so that schedules change there, too.
TURNS = (14, 28, 42)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@st.composite
def contiguous(draw: st.DrawFn) -> list[Slice]:
    edges = sorted(draw(st.sets(st.integers(1, 200) | st.sampled_from(TURNS), max_size=3)))
    starts, ends = [0, *edges], [*edges, None]
    return [
        Slice(
            key=key,
            active=Active(day(start), None if end is None else day(end)),
            period=draw(st.sampled_from([MONTH, Period(PeriodType.WEEK, 2)])),
            realigns=draw(st.booleans()),
        )
        for key, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def timeline(slices: Sequence[Slice], billing_time: BillingTime = BillingTime.EXACT) -> Timeline:
    return of_slices(slices, billing_time=billing_time, zone=ZoneInfo("Europe/Amsterdam"))


def walk(line: Timeline, until: datetime) -> list[tuple[Part, ...]]:
    """The parts of the opening and of every invoice, in order."""
    found, instant = [line.opening()], line.start
    while instant is not None and instant < until:
        period = line.period_at(instant)
        assert period is not None and period.span.start == instant
        found.append(line.parts(period))
        instant = line.next_start(period.span.end)
    return found


@given(slices=contiguous(), billing_time=st.sampled_from(BillingTime))
def test_periods_follow_each_other_and_parts_fill_them(
    slices: list[Slice], billing_time: BillingTime
) -> None:
    line, instant = timeline(slices, billing_time), START
    for _ in range(12):
        period = line.period_at(instant)
        assert period is not None and period.span.start == instant < period.span.end
        own = [part.arrears.span for part in line.parts(period) if part.arrears]
        assert own[0].start == period.span.start and own[-1].end == period.span.end
        assert all(one.end == other.start for one, other in itertools.pairwise(own))
        instant = period.span.end


@given(slices=contiguous(), billing_time=st.sampled_from(BillingTime))
def test_what_is_billed_ahead_is_what_is_billed_in_arrears_each_once(
    slices: list[Slice], billing_time: BillingTime
) -> None:
    invoices = walk(timeline(slices, billing_time), day(300))
    assert len(invoices) > 5
    arrears = [(part.key, part.arrears.span.start) for parts in invoices for part in parts if part.arrears]
    ahead = [(part.key, each.span.start) for parts in invoices for part in parts for each in part.advance]
    assert len(ahead) == len(set(ahead))
    assert set(arrears) <= set(ahead)


def test_a_realigned_schedule_starts_a_new_row_of_periods() -> None:
    line = timeline(
        [
            Slice(1, Active(day(0), day(40)), MONTH),
            Slice(2, Active(day(40)), MONTH, realigns=True),
        ]
    )
    cut = line.period_at(day(35))
    assert cut is not None and cut.span.end == day(40) and not cut.is_whole
    fresh = line.period_at(day(41))
    assert fresh is not None and fresh.span.start == day(40) and fresh.is_whole


@pytest.mark.parametrize(("realigns", "turns"), [(False, date(2026, 4, 30)), (True, date(2026, 5, 10))])
def test_a_schedule_in_another_rhythm_keeps_the_anchor_unless_it_realigns(
    realigns: bool, turns: date
) -> None:
    """Months from 31 January, then quarters from 10 February on."""
    quarter = Period(PeriodType.MONTH, 3)
    slices = [Slice(1, Active(day(0), day(10)), MONTH), Slice(2, Active(day(10)), quarter, realigns=realigns)]
    period = timeline(slices).period_at(day(10))
    assert period is not None and period.span.start == day(10)
    assert period.span.end.astimezone(ZoneInfo("Europe/Amsterdam")).date() == turns


def test_the_anchor_that_is_kept_is_the_one_that_was_set_last() -> None:
    quarter = Period(PeriodType.MONTH, 3)
    line = timeline(
        [
            Slice(1, Active(day(0), day(10)), MONTH),
            Slice(2, Active(day(10), day(20)), MONTH, realigns=True),
            Slice(3, Active(day(20)), quarter),
        ]
    )
    assert [segment.cadence.anchor for segment in line.segments] == [day(0), day(10), day(10)]


@settings(max_examples=25)
@given(edges=st.sets(st.integers(1, 200), max_size=4))
def test_schedules_of_one_rhythm_share_the_periods_of_the_first(edges: set[int]) -> None:
    turns = [day(0), *map(day, sorted(edges)), None]
    several = [
        Slice(key, Active(start, end), MONTH)
        for key, (start, end) in enumerate(itertools.pairwise(turns))
        if start
    ]
    line, alone = timeline(several), timeline([Slice(0, Active(day(0)), MONTH)])
    for number in range(0, 240, 9):
        assert line.period_at(day(number)) == alone.period_at(day(number))


def test_without_schedules_nothing_begins() -> None:
    empty = timeline([])
    assert (empty.start, empty.opening(), empty.period_at(START), empty.next_start(START)) == (
        None,
        (),
        None,
        None,
    )


def test_a_trial_bills_nothing_and_a_gap_has_no_period() -> None:
    line = timeline([Slice(1, Active(day(0), day(14)), MONTH, bills=False), Slice(2, Active(day(60)), MONTH)])
    trial = line.period_at(day(3))
    assert trial is not None and line.parts(trial) == () == line.opening()
    assert line.period_at(day(20)) is None
    assert line.next_start(day(20)) == day(60)
