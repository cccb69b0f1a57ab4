from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.aggregation import EMPTY, entry, merge, quantity, state_of

START = datetime(2026, 4, 1, tzinfo=UTC)
CALCULATIONS = ["SUM", "COUNT", "MAX", "MIN", "AVERAGE", "UNIQUE", "LATEST"]
NUMBERS = st.decimals(
    min_value=Decimal(-(10**18)), max_value=Decimal(10**18), places=12, allow_nan=False, allow_infinity=False
)


@st.composite
def entries(draw):
    values = draw(
        st.lists(st.tuples(NUMBERS, st.integers(0, 3600), st.integers(1, 5), st.sampled_from("abc")))
    )
    return [
        entry(value, timestamp=START + timedelta(seconds=at), event_id=index, count=count, distinct=word)
        for index, (value, at, count, word) in enumerate(values)
    ]


@given(entries(), st.randoms())
def test_the_order_of_arrival_does_not_matter(states, random):
    shuffled = list(states)
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(states)


@given(entries(), st.integers(0, 50))
def test_a_split_anywhere_adds_up_to_the_whole(states, cut):
    assert merge(states[:cut]).merge(merge(states[cut:])) == merge(states)


@given(entries())
def test_the_empty_state_changes_nothing(states):
    whole = merge(states)
    assert whole.merge(EMPTY) == EMPTY.merge(whole) == whole


@given(entries().filter(bool))
def test_the_average_lies_between_the_extremes_of_single_units(states):
    ones = [state for state in states if state.n == 1]
    if ones:
        whole = merge(ones)
        average = quantity(whole, calculation_type="AVERAGE")
        assert whole.min <= average <= whole.max


@pytest.mark.parametrize("calculation", CALCULATIONS)
def test_b31_no_events_give_zero(calculation):
    assert quantity(EMPTY, calculation_type=calculation) == 0


def test_b20_ten_million_tenths_are_one_million():
    tenth = entry(Decimal("0.1"), timestamp=START, event_id=1)
    total = EMPTY
    power = tenth
    count = 10_000_000
    while count:  # by doubling, so that the test is quick and every addition exact
        if count % 2:
            total = total.merge(power)
        power = power.merge(power)
        count //= 2
    assert (total.sum, total.n) == (Decimal(1_000_000), 10_000_000)


def test_b20_thirty_digits_survive_a_sum_and_an_average():
    number = Decimal("123456789012345678.123456789012")
    states = [entry(number, timestamp=START, event_id=index) for index in range(3)]
    assert merge(states).sum == Decimal("370370367037037034.370370367036")
    assert quantity(merge(states), calculation_type="AVERAGE") == number


def test_b19_an_average_is_rounded_half_up_to_twelve_places():
    states = [entry(Decimal(value), timestamp=START, event_id=value) for value in (1, 1, 0)]
    assert quantity(merge(states), calculation_type="AVERAGE") == Decimal("0.666666666667")


def test_the_latest_is_the_last_by_time_and_then_by_key():
    late = entry(Decimal(1), timestamp=START + timedelta(1), event_id=1)
    states = [entry(Decimal(2), timestamp=START, event_id=9), late]
    assert quantity(merge(states), calculation_type="LATEST") == 1
    tie = entry(Decimal(3), timestamp=START + timedelta(1), event_id=2)
    assert quantity(merge([tie, *states]), calculation_type="LATEST") == 3


def test_count_counts_units_of_a_value_or_events():
    two_values = merge(
        [
            entry(Decimal(1), timestamp=START, event_id=1, count=3),
            entry(Decimal(1), timestamp=START, event_id=1, is_first=False),
        ]
    )
    assert quantity(two_values, calculation_type="COUNT") == 4
    assert quantity(two_values, calculation_type="COUNT", of_value=False) == 3


def test_an_entry_without_a_value_counts_and_adds_nothing():
    alone = entry(None, timestamp=START, event_id=9, count=2)
    known = entry(Decimal(-5), timestamp=START, event_id=1)
    both = alone.merge(known)
    assert replace(both, n=1, events=1) == known
    assert (both.n, both.events, quantity(alone, calculation_type="LATEST")) == (3, 3, 0)
    assert quantity(both, calculation_type="UNIQUE") == 0


@pytest.mark.parametrize("calculation", CALCULATIONS)
def test_what_is_told_is_what_its_calculation_gives_back(calculation):
    told = state_of(
        Decimal(7), calculation_type=calculation, count=3, timestamp=START, event_id=1, distinct="a"
    )
    assert quantity(told, calculation_type=calculation) == (1 if calculation == "UNIQUE" else 7)
    assert told.n == (7 if calculation == "COUNT" else 3)


def test_a_part_of_an_event_cannot_be_counted():
    with pytest.raises(ValueError, match=r"2\.5"):
        state_of(Decimal("2.5"), calculation_type="COUNT", count=1, timestamp=START, event_id=1)


def test_an_unknown_calculation_is_our_fault():
    with pytest.raises(ValueError, match="MEDIAN"):
        quantity(EMPTY, calculation_type="MEDIAN")
