from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import item_period
from billing.calc.schedule import Active, BillingTime, period_at
from billing.calc.tests.grids import cadence, utc
from kit.money import round_half_up
from kit.period import Period, PeriodType

JANUARY = utc("2026-01-01T00:00:00")
MONTH, YEAR, WEEK, DAY = (
    Period(PeriodType.MONTH, 1),
    Period(PeriodType.YEAR, 1),
    Period(PeriodType.WEEK, 1),
    Period(PeriodType.DAY, 1),
)


@pytest.mark.parametrize(
    ("price", "every", "type", "factor"),
    [
        (MONTH, 3, PeriodType.MONTH, Fraction(3)),
        (MONTH, 1, PeriodType.YEAR, Fraction(12)),
        (YEAR, 1, PeriodType.MONTH, Fraction(1, 12)),
        (YEAR, 5, PeriodType.MONTH, Fraction(5, 12)),
        (WEEK, 2, PeriodType.WEEK, Fraction(2)),
        (DAY, 1, PeriodType.WEEK, Fraction(7)),
        (WEEK, 1, PeriodType.DAY, Fraction(1, 7)),
        (MONTH, 1, PeriodType.MONTH, Fraction(1)),
        (DAY, 1, PeriodType.MONTH, Fraction(31)),
        (WEEK, 1, PeriodType.MONTH, Fraction(31, 7)),
        (MONTH, 1, PeriodType.WEEK, Fraction(7, 31)),
        (YEAR, 1, PeriodType.WEEK, Fraction(7, 365)),
    ],
)
def test_a_price_is_multiplied_or_a_part_of_it_is_due(
    price: Period, every: int, type: PeriodType, factor: Fraction
) -> None:
    grid = cadence(JANUARY, every=every, type=type)
    assert item_period.quoted(price, grid, period_at(grid, JANUARY)).factor == factor


def test_150_a_month_is_450_a_quarter() -> None:
    grid = cadence(JANUARY, every=3)
    assert item_period.quoted(MONTH, grid, period_at(grid, JANUARY)).of(Decimal(150)) == 450


def test_a_part_of_the_period_bears_its_part() -> None:
    grid = cadence(utc("2026-04-16T00:00:00"), billing_time=BillingTime.CALENDAR)
    quote = item_period.quoted(YEAR, grid, period_at(grid, grid.anchor))
    assert quote.factor == Fraction(1, 24)
    assert round_half_up(quote.of(Decimal(1200)), "EUR") == 50


def test_a_week_across_two_months_has_days_of_each() -> None:
    grid = cadence(utc("2026-01-01T00:00:00"), type=PeriodType.WEEK)
    last = period_at(grid, utc("2026-01-30T00:00:00"))
    assert item_period.quoted(MONTH, grid, last).factor == Fraction(3, 31) + Fraction(4, 28)


def test_a_year_of_weeks_costs_the_price_of_a_year() -> None:
    grid = cadence(JANUARY, type=PeriodType.DAY)
    days = [period_at(grid, grid.boundary(index)) for index in range(365)]
    assert sum(item_period.quoted(YEAR, grid, each).factor for each in days) == 1


@given(st.sampled_from([MONTH, YEAR, WEEK, DAY]), st.sampled_from(list(PeriodType)), st.integers(1, 30))
def test_two_parts_of_a_period_add_up(price: Period, type: PeriodType, days: int) -> None:
    grid = cadence(JANUARY, type=type)
    whole = period_at(grid, JANUARY)
    cut = utc(f"2026-01-{days:02}T00:00:00")
    if not whole.span.start < cut < whole.span.end:
        return
    parts = [
        period_at(grid, JANUARY, active=Active(JANUARY, cut)),
        period_at(grid, cut, active=Active(cut)),
    ]
    factors = [item_period.quoted(price, grid, part).factor for part in (whole, *parts)]
    assert factors[0] == factors[1] + factors[2]


def test_the_step_says_how_often() -> None:
    grid = cadence(JANUARY)
    quote = item_period.quoted(YEAR, grid, period_at(grid, JANUARY))
    found = item_period.step(quote, Decimal(100), "EUR")
    assert found["description"] == "1/12 × the price per 1 YEAR: 100 EUR"
    grid = cadence(JANUARY, every=3)
    quarter = item_period.quoted(MONTH, grid, period_at(grid, JANUARY))
    assert item_period.step(quarter, Decimal(450), "EUR")["description"].startswith(
        "3 × the price per 1 MONTH"
    )
