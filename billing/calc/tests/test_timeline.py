"""Schedules in time: every instant in one period, every part in one schedule, every fee billed once."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from billing.calc.schedule import Active, BillingTime
from billing.calc.timeline import Part, Slice, Timeline, of_slices
from kit.period import Period, PeriodType

START = datetime(2026, 1, 31, tzinfo=UTC)
MONTH = Period(PeriodType.MONTH, 1)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@st.composite
def contiguous(draw: st.DrawFn) -> list[Slice]:
    edges = sorted(draw(st.sets(st.integers(1, 200), max_size=3)))
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


def test_a_trial_bills_nothing_and_a_gap_has_no_period() -> None:
    line = timeline([Slice(1, Active(day(0), day(14)), MONTH, bills=False), Slice(2, Active(day(60)), MONTH)])
    trial = line.period_at(day(3))
    assert trial is not None and line.parts(trial) == () == line.opening()
    assert line.period_at(day(20)) is None
    assert line.next_start(day(20)) == day(60)
