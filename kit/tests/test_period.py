from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidField
from kit.period import Period, PeriodType, Span, add_months, format_instant, parse_instant, shift

instants = st.integers(0, 253_402_300_799_999_999).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


def test_months_count_from_the_anchor_and_do_not_drift() -> None:
    anchor = date(2024, 1, 31)
    assert [add_months(anchor, n) for n in range(4)] == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
    ]


def test_a_leap_day_returns_after_four_years() -> None:
    year = Period(PeriodType.YEAR, 1)
    assert shift(date(2024, 2, 29), year, 1) == date(2025, 2, 28)
    assert shift(date(2024, 2, 29), year, 4) == date(2028, 2, 29)


def test_months_count_backwards_too() -> None:
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 15), -13) == date(2024, 12, 15)


@pytest.mark.parametrize("value", [0, -1, True, 101])
def test_a_period_has_a_sensible_length(value: int) -> None:
    with pytest.raises(InvalidField):
        Period(PeriodType.YEAR, value)


@pytest.mark.parametrize("type", list(PeriodType))
def test_a_date_beyond_the_calendar_is_an_input_error(type: PeriodType) -> None:
    with pytest.raises(InvalidField):
        shift(date(9999, 12, 31), Period(type, 1), 1)
    with pytest.raises(InvalidField):
        shift(date(1, 1, 1), Period(type, 1), -1)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    span = Span(start, end)
    assert span.contains(start)
    assert span.contains(end - timedelta(microseconds=1))
    assert not span.contains(end)


def test_spans_that_only_touch_share_nothing() -> None:
    first, second, third = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
    assert Span(first, second).intersect(Span(second, third)) is None
    assert Span(first, third).intersect(Span(second, third)) == Span(second, third)


def test_a_span_needs_instants_in_utc_and_in_order() -> None:
    later = datetime(2026, 2, 1, tzinfo=UTC)
    with pytest.raises(ValueError):
        Span(later, later - timedelta(days=1))
    with pytest.raises(ValueError):
        Span(later.replace(tzinfo=None), later)


@given(instants)
def test_b10_an_instant_survives_the_round_trip_with_its_microseconds(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T08:15:00Z", "2026-03-01T08:15:00Z"),
        ("2026-03-01T08:15:00.000Z", "2026-03-01T08:15:00Z"),
        ("2026-03-01T08:15:00.1Z", "2026-03-01T08:15:00.100000Z"),
        ("2026-03-01T08:15:00.123456789Z", "2026-03-01T08:15:00.123456Z"),
        ("2026-03-01T08:15:00+05:30", "2026-03-01T02:45:00Z"),
        ("2026-03-01t08:15:00-0800", "2026-03-01T16:15:00Z"),
    ],
)
def test_instants_are_read_with_their_offset_and_written_in_utc(text: str, expected: str) -> None:
    assert format_instant(parse_instant(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "",
        None,
        1767225600,
        "2026-03-01",
        "2026-03-01T08:15:00",
        "2026-02-30T08:15:00Z",
        "2026-03-01T24:15:00Z",
        "2026-03-01T08:15:60Z",
        "2026-03-01T08:15:00+05:75",
        "2026-03-01T08:15:00+99:00",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:30:00+01:00",
        "9999-12-31T23:30:00-01:00",
        "0000-01-01T00:00:00Z",
        "２026-03-01T08:15:00Z",
        "2026-03-01T08:15:00Z\n",
    ],
)
def test_anything_else_is_refused_and_names_the_field(text: object) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_instant(text, field="start_at")
    assert refused.value.field == "start_at"
