from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import seats
from billing.calc.proration import Share
from billing.calc.schedule import Active, period_at
from billing.calc.seats import SeatCount
from billing.calc.tests.cast import fixed, flat, tiered
from billing.calc.tests.grids import cadence, local, utc
from catalog.rating.types import Config
from kit.money import EXACT, round_half_up

ZONE = ZoneInfo("Europe/Amsterdam")
AUGUST = cadence(local("2026-08-01T00:00:00", ZONE.key), zone=ZONE.key)
PERIOD = period_at(AUGUST, AUGUST.anchor)
PER_SEAT = flat("15.00")


def day(number: int, hour: int = 0) -> datetime:
    return local(f"2026-08-{number:02}T{hour:02}:00:00", ZONE.key)


def count(number: int, start: datetime, end: datetime | None = None) -> SeatCount:
    return SeatCount(Decimal(number), Active(start, end))


def costs(*counts: SeatCount, price: Config = PER_SEAT, default: int = 0) -> list[str]:
    first = seats.at_start(counts, PERIOD, default=Decimal(default))
    changes = [first, *seats.within(counts, PERIOD, ZONE, default=Decimal(default))]
    return [str(round_half_up(seats.price(price, change).amount, "EUR")) for change in changes]


def test_two_seats_added_on_14_august_cost_18_of_31_days() -> None:
    assert costs(count(10, day(1)), count(12, day(14))) == ["150.00", "17.42"]


def test_seats_removed_give_the_remaining_days_back() -> None:
    assert costs(count(12, day(1)), count(10, day(14))) == ["180.00", "-17.42"]


def test_b17_seats_that_come_and_go_on_one_day_cost_nothing() -> None:
    found = costs(count(5, day(1)), count(7, day(14, 9)), count(5, day(14, 17)))
    assert found == ["75.00", "17.42", "-17.42"]


def test_b18_each_change_has_one_line_whatever_was_repeated() -> None:
    assert len(costs(count(5, day(1)), count(5, day(9)), count(6, day(14)), count(6, day(20)))) == 2


def test_without_dated_seats_the_default_holds() -> None:
    assert costs(default=3) == ["45.00"]


def test_when_dated_seats_end_the_default_is_back() -> None:
    assert costs(count(4, day(1), day(17)), default=2) == ["60.00", "-14.52"]


def test_of_several_counts_the_one_that_started_last_holds() -> None:
    some = [count(9, day(14)), count(8, day(14)), count(4, day(1))]
    assert [change.after for change in seats.within(some, PERIOD, ZONE)] == [8]


def test_a_change_at_the_start_of_the_period_is_no_change_in_it() -> None:
    assert list(seats.within([count(4, day(1))], PERIOD, ZONE)) == []
    assert list(seats.within([count(4, local("2026-09-01T00:00:00", ZONE.key))], PERIOD, ZONE)) == []


def test_seats_of_a_cut_period_are_prorated_over_the_whole() -> None:
    part = period_at(AUGUST, day(11), active=Active(day(11)))
    first = seats.at_start([count(2, day(1))], part)
    assert first.share == Share(21, 31)
    (change,) = seats.within([count(2, day(1)), count(3, day(22))], part, ZONE)
    assert (change.share, change.difference) == (Share(10, 31), 1)


def test_bands_price_each_day_by_its_seats() -> None:
    price = tiered(("10", "15"), (None, "10"))
    assert costs(count(10, day(1)), count(12, day(17)), price=price) == ["150.00", "9.68"]


@pytest.mark.parametrize(("before", "after", "expected"), [(0, 3, "49.00"), (3, 5, "0.00")])
def test_a_fixed_price_is_due_once_whatever_the_seats(before: int, after: int, expected: str) -> None:
    change = seats.SeatChange(day(1), Decimal(before), Decimal(after), Share(31, 31))
    assert str(round_half_up(seats.price(fixed("49"), change).amount, "EUR")) == expected


COUNTS = st.lists(
    st.builds(
        lambda number, hours: count(number, utc("2026-08-01T00:00:00") + timedelta(hours=hours)),
        st.integers(0, 50),
        st.integers(-48, 31 * 24),
    ),
    max_size=6,
)


@given(COUNTS)
def test_changes_add_up_to_pricing_every_day_by_its_last_seats(counts: list[SeatCount]) -> None:
    changes = [seats.at_start(counts, PERIOD), *seats.within(counts, PERIOD, ZONE)]
    charged = sum((seats.price(PER_SEAT, change).amount for change in changes), Decimal(0))
    ends = [day(number) + timedelta(days=1) for number in range(1, 32)]
    numbers = [[c.after for c in changes if c.at < end][-1] for end in ends]
    by_day = EXACT.divide(sum(numbers, Decimal(0)) * 15, Decimal(31))
    assert abs(charged - by_day) < Decimal("1e-20")
