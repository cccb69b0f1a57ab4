from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.calc.schedule import Active, BillingTime, Cadence, period_at, periods
from billing.calc.tests.grids import ZONES, cadence, cadences, instants, local, utc
from kit.errors import InvalidField
from kit.period import Period, PeriodType

MICROSECOND = timedelta(microseconds=1)

# At 00:01 of the 7th the clocks there went back to 23:01 of the 6th: midnight came, and the 6th once more.
TWICE_ON_THE_6TH = cadence(
    utc("2010-11-01T12:00:00"),
    type=PeriodType.DAY,
    zone="America/St_Johns",
    billing_time=BillingTime.CALENDAR,
)


def starts(grid: Cadence, count: int) -> list[datetime]:
    return [grid.boundary(index).astimezone(grid.zone) for index in range(count)]


@given(cadences, st.integers(-3, 40))
def test_every_period_starts_where_the_one_before_ends(grid: Cadence, index: int) -> None:
    assert grid.span(index).end == grid.span(index + 1).start
    assert grid.boundary(index) <= grid.boundary(index + 1)


@given(cadences, instants)
@example(TWICE_ON_THE_6TH, utc("2010-11-07T03:00:00"))
def test_every_instant_lies_in_exactly_one_period(grid: Cadence, instant: datetime) -> None:
    index = grid.index_at(instant)
    holding = [near for near in range(index - 2, index + 3) if grid.span(near).contains(instant)]
    assert holding == [index]


@given(cadences, instants, instants, instants)
def test_the_periods_of_a_schedule_cover_it_without_gap_or_overlap(
    grid: Cadence, end: datetime, first: datetime, last: datetime
) -> None:
    grid = Cadence(grid.anchor, Period(PeriodType.MONTH, grid.period.value), grid.zone, grid.billing_time)
    active = Active(grid.anchor, max(grid.anchor, end))
    found = list(periods(grid, start=grid.anchor, end=active.end or last, active=active))
    assert [each.span.end for each in found[:-1]] == [each.span.start for each in found[1:]]
    if found:
        assert (found[0].span.start, found[-1].span.end) == (active.start, active.end)
        assert [each.is_first for each in found] == [True] + [False] * (len(found) - 1)


@pytest.mark.parametrize("every", [1, 3, 12])
@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_b01_a_month_end_anchor_does_not_drift(day: int, every: int) -> None:
    grid = cadence(utc(f"2023-12-{day}T00:00:00"), every=every)
    for index, start in enumerate(starts(grid, 48)):
        year, month = divmod(2023 * 12 + 11 + index * every, 12)
        assert start.date() == date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def test_b01_a_leap_day_is_kept_through_the_years() -> None:
    grid = cadence(utc("2024-02-29T00:00:00"), type=PeriodType.YEAR)
    assert [start.date().isoformat() for start in starts(grid, 5)] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_b02_a_full_period_is_exactly_one_for_every_month_end(day: int) -> None:
    grid = cadence(utc(f"2023-12-{day}T00:00:00"))
    for part in periods(grid, start=grid.anchor, end=grid.boundary(48)):
        assert part.share.is_whole
        assert part.share.fraction == 1


@pytest.mark.parametrize(
    "zone", ["Etc/GMT+12", "America/Los_Angeles", "UTC", "Asia/Kolkata", "Pacific/Kiritimati"]
)
@pytest.mark.parametrize("billing_time", list(BillingTime))
def test_b03_an_hourly_look_around_a_boundary_sees_each_period_once(
    zone: str, billing_time: BillingTime
) -> None:
    grid = cadence(local("2026-01-01T00:00:00", zone), zone=zone, billing_time=billing_time)
    boundary = grid.boundary(3)
    hours = [boundary + timedelta(hours=hour) for hour in range(-36, 36)]
    seen = {period_at(grid, hour).span for hour in hours}
    assert seen == {grid.span(2), grid.span(3)}
    assert boundary.astimezone(grid.zone).replace(tzinfo=None) == datetime(2026, 4, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "boundary"),
    [
        ("Etc/GMT+12", "2026-02-01T12:00:00"),
        ("America/Los_Angeles", "2026-02-01T08:00:00"),
        ("UTC", "2026-02-01T00:00:00"),
        ("Asia/Kolkata", "2026-01-31T18:30:00"),
        ("Pacific/Kiritimati", "2026-01-31T10:00:00"),
        ("Australia/Lord_Howe", "2026-01-31T13:00:00"),
    ],
)
def test_b03_a_calendar_month_turns_at_local_midnight(zone: str, boundary: str) -> None:
    grid = cadence(local("2026-01-10T09:00:00", zone), zone=zone, billing_time=BillingTime.CALENDAR)
    assert period_at(grid, grid.anchor).span.end == utc(boundary)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Amsterdam", "Australia/Lord_Howe"])
@pytest.mark.parametrize("month", ["01", "07"])
def test_b05_boundaries_follow_the_rules_of_the_zone_not_the_offset_of_its_start(
    zone: str, month: str
) -> None:
    grid = cadence(local(f"2026-{month}-15T00:00:00", zone), zone=zone)
    assert {start.time().isoformat() for start in starts(grid, 24)} == {"00:00:00"}
    for start in starts(grid, 24)[1:]:
        instant = start.astimezone(UTC)
        assert grid.index_at(instant) == grid.index_at(instant - MICROSECOND) + 1


def test_a_local_time_that_does_not_exist_moves_forward() -> None:
    grid = cadence(local("2026-01-08T02:30:00", "America/New_York"), zone="America/New_York")
    assert grid.boundary(2) == utc("2026-03-08T07:30:00")  # 03:30 daylight time
    assert grid.boundary(3) == local("2026-04-08T02:30:00", "America/New_York")


def test_a_local_time_that_exists_twice_means_its_first_occurrence() -> None:
    grid = cadence(local("2026-10-01T01:30:00", "America/New_York"), zone="America/New_York")
    grid_november = cadence(
        local("2026-10-01T01:30:00", "America/New_York"), zone="America/New_York", every=1
    )
    assert grid.boundary(1) == grid_november.boundary(1) == utc("2026-11-01T05:30:00")


def test_a_schedule_that_starts_in_the_second_occurrence_starts_there() -> None:
    second = utc("2026-11-01T06:30:00")
    grid = cadence(second, zone="America/New_York", type=PeriodType.DAY)
    assert grid.boundary(0) == second
    assert grid.boundary(1) == utc("2026-11-02T06:30:00")


def test_a_day_that_a_zone_skipped_leaves_no_empty_period() -> None:
    grid = cadence(local("2011-12-28T00:00:00", "Pacific/Apia"), zone="Pacific/Apia", type=PeriodType.DAY)
    found = list(periods(grid, start=grid.anchor, end=local("2012-01-02T00:00:00", "Pacific/Apia")))
    days = [part.span.start.astimezone(grid.zone).day for part in found]
    assert days == [28, 29, 31, 1]


def test_b09_a_boundary_belongs_to_the_later_period() -> None:
    grid = cadence(utc("2026-01-15T10:17:00"))
    end = grid.boundary(1)
    assert period_at(grid, end - MICROSECOND).index == 0
    assert period_at(grid, end).index == 1


def test_b10_the_microsecond_of_the_start_is_in_and_the_one_before_is_not() -> None:
    start = utc("2026-01-15T10:17:23.456789")
    grid = cadence(start)
    assert period_at(grid, start).span.contains(start)
    with pytest.raises(InvalidField):
        period_at(grid, start - MICROSECOND)


@pytest.mark.parametrize(
    ("type", "every", "first", "second"),
    [
        (PeriodType.DAY, 1, "2026-05-14", "2026-05-15"),
        (PeriodType.WEEK, 1, "2026-05-11", "2026-05-18"),
        (PeriodType.WEEK, 2, "2026-05-11", "2026-05-25"),
        (PeriodType.MONTH, 1, "2026-05-01", "2026-06-01"),
        (PeriodType.MONTH, 3, "2026-04-01", "2026-07-01"),
        (PeriodType.MONTH, 6, "2026-01-01", "2026-07-01"),
        (PeriodType.MONTH, 5, "2026-05-01", "2026-10-01"),
        (PeriodType.MONTH, 11, "2026-05-01", "2027-04-01"),
        (PeriodType.MONTH, 12, "2026-01-01", "2027-01-01"),
        (PeriodType.MONTH, 13, "2026-05-01", "2027-06-01"),
        (PeriodType.MONTH, 24, "2026-01-01", "2028-01-01"),
        (PeriodType.YEAR, 1, "2026-01-01", "2027-01-01"),
        (PeriodType.YEAR, 2, "2026-01-01", "2028-01-01"),
    ],
)
def test_calendar_periods_start_where_the_calendar_does(
    type: PeriodType, every: int, first: str, second: str
) -> None:
    grid = cadence(utc("2026-05-14T13:00:00"), every=every, type=type, billing_time=BillingTime.CALENDAR)
    assert [start.date().isoformat() for start in starts(grid, 2)] == [first, second]


def test_a_schedule_that_continues_an_older_anchor_is_cut_at_its_own_start() -> None:
    grid = cadence(utc("2026-01-31T00:00:00"))
    active = Active(utc("2026-03-10T00:00:00"), utc("2026-05-05T00:00:00"))
    found = list(periods(grid, start=grid.anchor, end=utc("2027-01-01T00:00:00"), active=active))
    assert [(part.span.start.day, part.span.end.day) for part in found] == [(10, 31), (31, 30), (30, 5)]
    assert [(part.share.days, part.share.of_days) for part in found] == [(21, 31), (30, 30), (5, 31)]
    assert [part.is_first for part in found] == [True, False, False]


def test_looking_at_part_of_a_schedule_does_not_cut_its_periods() -> None:
    grid = cadence(utc("2026-01-01T00:00:00"))
    found = list(periods(grid, start=utc("2026-02-10T00:00:00"), end=utc("2026-03-01T00:00:00")))
    assert [part.index for part in found] == [1]
    assert found[0].is_whole


def test_nothing_lies_in_no_time_nor_after_the_end_of_a_schedule() -> None:
    grid, middle = cadence(utc("2026-01-01T00:00:00")), utc("2026-02-10T00:00:00")
    assert list(periods(grid, start=middle, end=middle)) == []
    assert list(periods(grid, start=middle, end=grid.anchor)) == []
    ended = Active(grid.anchor, utc("2026-02-03T00:00:00"))
    assert list(periods(grid, start=middle, end=utc("2026-06-01T00:00:00"), active=ended)) == []


def test_a_boundary_beyond_the_calendar_is_an_input_error() -> None:
    for zone in ZONES:
        with pytest.raises(InvalidField):
            period_at(cadence(utc("9999-12-31T23:00:00"), zone=zone), utc("9999-12-31T23:00:00"))


def test_a_far_instant_is_found_without_walking_there() -> None:
    grid = cadence(utc("1970-01-01T00:00:00"), type=PeriodType.DAY)
    assert grid.index_at(utc("9998-01-01T00:00:00")) == (date(9998, 1, 1) - date(1970, 1, 1)).days
