"""Quantities that somebody tells become one as metering would make them one."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rating.rules.measured import Combining, Of, OneKey, Told, ToldUsage
from catalog.rating.usage import Usage
from kit.errors import InvalidField
from metering import aggregation

AT = datetime(2026, 7, 1, tzinfo=UTC)
CALCULATIONS = ["SUM", "MAX", "MIN", "AVERAGE", "LATEST", "COUNT", "UNIQUE"]
events = st.lists(st.tuples(st.integers(-50, 50).map(Decimal), st.sampled_from("abc")), max_size=12)


def over_all(told: list[Told], combining: Combining) -> Decimal:
    usage = ToldUsage(told, combining=combining)
    return usage.over(range(len(usage.keys))).quantity


@given(events, st.sampled_from(CALCULATIONS))
def test_told_events_are_aggregated_as_metering_does(
    known: list[tuple[Decimal, str]], calculation: str
) -> None:
    told = [Told({"user": user}, value) for value, user in known]
    states = [
        aggregation.entry(value, timestamp=AT, event_id=at, distinct=user)
        for at, (value, user) in enumerate(known)
    ]
    wanted = aggregation.quantity(aggregation.merge(states), calculation_type=calculation)
    assert over_all(told, Combining(calculation, "user")) == wanted


@pytest.mark.parametrize(
    ("calculation", "wanted"),
    [("SUM", 13), ("COUNT", 13), ("MAX", 6), ("MIN", 2), ("LATEST", 5), ("AVERAGE", "4.5")],
)
def test_quantities_that_are_aggregated_already_become_one(calculation: str, wanted: int | str) -> None:
    """2 of three events, 6 of four and 5 of three: on average (6 + 24 + 15) / 10."""
    told = [Told({"model": m}, Decimal(q), n) for m, q, n in (("a", 2, 3), ("b", 6, 4), ("c", 5, 3))]
    found = over_all(told, Combining(calculation, of=Of.QUANTITIES))
    assert found == Decimal(wanted)


def test_what_is_known_as_one_is_all_of_it_or_nothing() -> None:
    known = OneKey(Usage(Decimal(5), "EUR", 3))
    assert (known.over([0]), known.over([])) == (known.usage, Usage(Decimal(0), "EUR", 0, ()))


def test_a_sum_of_single_events_keeps_them_and_one_of_several_counts_them() -> None:
    single = ToldUsage([Told({}, Decimal(each)) for each in (2, 5)]).over([0])
    several = ToldUsage([Told({}, Decimal(2)), Told({}, Decimal(5), 3)]).over([0])
    assert (single.quantity, single.events, single.values) == (7, 2, (2, 5))
    assert (several.quantity, several.events, several.values) == (7, 4, None)


def test_numbers_of_distinct_values_are_not_added_up() -> None:
    combining = Combining("UNIQUE", "user", Of.QUANTITIES)
    alone = [Told({"model": "a"}, Decimal(3))]
    assert over_all(alone, combining) == 3
    with pytest.raises(InvalidField) as refused:
        over_all([*alone, Told({"model": "b"}, Decimal(4))], combining)
    assert refused.value.field == "meter_values"
    named = [Told({"model": model, "user": user}, Decimal(1)) for model in "ab" for user in "xy"]
    assert over_all(named, combining) == 2


@given(st.integers(0, 99).map(Decimal), st.sampled_from(CALCULATIONS[:-1]), st.integers(1, 9))
def test_a_state_gives_back_the_quantity_that_it_is_of(
    quantity: Decimal, calculation: str, count: int
) -> None:
    state = aggregation.state_of(
        quantity, calculation_type=calculation, count=count, timestamp=AT, event_id=1
    )
    assert aggregation.quantity(state, calculation_type=calculation) == quantity
