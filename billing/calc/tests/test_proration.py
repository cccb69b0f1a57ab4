from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.calc.proration import Share, shared_out
from billing.calc.schedule import Active, BillingTime, Cadence, period_at, periods
from billing.calc.tests.grids import cadence, cadences, instants, local, utc
from kit.money import round_half_up
from kit.period import PeriodType

CALENDAR = BillingTime.CALENDAR


def test_b07_a_week_with_a_23_hour_day_prorates_like_any_other() -> None:
    for first_day in ("2026-03-23", "2026-03-16", "2026-10-19"):  # the first and last change the clocks
        zone = "Europe/Amsterdam"
        start = local(f"{first_day}T00:00:00", zone)
        grid = cadence(start, type=PeriodType.WEEK, zone=zone, billing_time=CALENDAR)
        wednesday = local(f"{first_day[:8]}{int(first_day[8:]) + 2}T00:00:00", zone)
        rest = period_at(grid, wednesday, active=Active(wednesday))
        assert (rest.share.days, rest.share.of_days) == (5, 7)


@pytest.mark.parametrize(
    ("type", "every", "days", "of_days"),
    [
        (PeriodType.WEEK, 1, 5, 7),
        (PeriodType.MONTH, 1, 12, 31),
        (PeriodType.MONTH, 3, 42, 91),
        (PeriodType.YEAR, 1, 226, 365),
    ],
)
def test_b15_the_denominator_is_the_whole_period(
    type: PeriodType, every: int, days: int, of_days: int
) -> None:
    grid = cadence(utc("2026-05-20T00:00:00"), type=type, every=every, billing_time=CALENDAR)
    share = period_at(grid, grid.anchor).share
    assert (share.days, share.of_days) == (days, of_days)


def test_b15_ending_in_the_middle_bills_the_days_before_the_end() -> None:
    grid = cadence(utc("2026-05-01T00:00:00"))
    active = Active(grid.anchor, utc("2026-05-20T00:00:00"))
    share = period_at(grid, grid.anchor, active=active).share
    assert (share.days, share.of_days) == (19, 31)
    assert round_half_up(share.of(Decimal(31)), "EUR") == Decimal("19.00")


@given(cadences, instants)
def test_b16_two_parts_of_a_period_add_up_to_the_whole(grid: Cadence, cut: datetime) -> None:
    assume(cut > grid.anchor)
    whole = grid.span(grid.index_at(cut))
    assume(whole.start < cut)
    before = period_at(grid, whole.start, active=Active(whole.start, cut)).share
    after = period_at(grid, cut, active=Active(cut)).share
    assert before.days + after.days == before.of_days == after.of_days
    assert before.fraction + after.fraction == 1


@pytest.mark.parametrize("type", list(PeriodType))
@pytest.mark.parametrize("every", [1, 2, 3, 6])
def test_b16_parts_of_any_length_of_period_cost_the_full_price(type: PeriodType, every: int) -> None:
    grid = cadence(utc("2026-01-01T00:00:00"), type=type, every=every)
    middle = grid.anchor + (grid.boundary(1) - grid.anchor) / 2
    parts = [Active(grid.anchor, middle), Active(middle, grid.boundary(1))]
    shares = [
        part.share
        for active in parts
        for part in periods(
            grid, start=active.start, end=middle.max.replace(tzinfo=middle.tzinfo), active=active
        )
    ]
    assert sum(share.fraction for share in shares) == 1


def test_a_whole_share_leaves_every_digit_alone() -> None:
    price = Decimal("123456789012345678901234567890.123456789012")
    assert Share(31, 31).of(price) is price


def test_a_part_keeps_full_precision_until_the_line() -> None:
    assert round_half_up(Share(1, 3).of(Decimal("0.015")) * 3, "EUR") == Decimal("0.02")
    assert str(Share(1, 7).of(Decimal(1))).startswith("0." + "142857" * 19)


@pytest.mark.parametrize(("days", "of_days"), [(-1, 31), (32, 31), (0, 0)])
def test_a_share_is_between_nothing_and_all(days: int, of_days: int) -> None:
    with pytest.raises(ValueError):
        Share(days, of_days)


@given(st.decimals(0, 10**9, allow_nan=False, places=6), st.lists(st.integers(0, 31), min_size=1).filter(any))
def test_what_is_shared_out_by_days_adds_up_and_stays_whole_where_it_is(
    quantity: Decimal, days: list[int]
) -> None:
    found = shared_out(quantity, days)
    assert sum(found) == quantity and len(found) == len(days) and all(each >= 0 for each in found)
    whole = quantity == quantity.to_integral_value()
    assert not whole or all(each == each.to_integral_value() for each in found)
    assert all(each == 0 for each, some in zip(found, days, strict=True) if some == 0)
    apart = 1 if whole else Decimal("1e-11")
    for each, some in zip(found, days, strict=True):
        assert abs(each - Share(some, sum(days)).of(quantity)) <= apart
