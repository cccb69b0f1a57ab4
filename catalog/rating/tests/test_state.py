"""What is left of an included volume goes from period to period, as data in and data out."""

from decimal import Decimal

import pytest

from catalog.rating import arithmetic, limits, rate
from catalog.rating.explaining import steps
from catalog.rating.tests.helpers import cost, eur, number, parse, price
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State


def periods(reset: str, *quantities: int) -> list[int]:
    """What each period costs, at 1 EUR a unit with 100 included."""
    data = price("FLAT", {"amount": eur("1")}, default_included_volume={**number(100), "reset_type": reset})
    state, found = FRESH, []
    for quantity in quantities:
        rated = rate.rate(parse(data), Usage.one_event(Decimal(quantity)), state=state)
        state = rated.left
        found.append(int(cost(rated)))
    return found


def test_with_reset_period_it_is_full_again_each_period():
    assert periods("PERIOD", 70, 70, 130) == [0, 0, 30]


@pytest.mark.parametrize("reset", ["SCHEDULE", "NEVER"])
def test_otherwise_what_is_left_is_all_there_is(reset):
    assert periods(reset, 70, 20, 0, 30, 5) == [0, 0, 0, 20, 5]


def test_b21_what_is_left_is_what_was_given_less_what_was_taken_to_the_last_digit():
    volume = {**number("0.000000000003"), "reset_type": "NEVER"}
    data = price("FLAT", {"amount": eur("1")}, default_included_volume=volume)
    rated = rate.rate(parse(data), Usage.one_event(Decimal("0.000000000002")))
    assert (rated.amount, rated.left.available) == (0, Decimal("0.000000000001"))
    parts = limits.shared(Decimal(1), [Decimal(1)] * 3)  # of three lines that share a volume
    with arithmetic.exact():
        assert sum(parts) == 1


def test_corrections_take_nothing():
    assert periods("NEVER", -50, 100, 1) == [0, 0, 1]


def test_a_volume_that_is_used_up_still_says_so():
    data = price("FLAT", {"amount": eur("1")}, default_included_volume=number(100))
    rated = rate.rate(parse(data), Usage.one_event(Decimal(7)), state=State(available=Decimal(0)))
    (step,) = [step for step in steps.of(rated) if step["type"] == "INCLUDED_VOLUME"]
    assert (step["included_volume"], step["taken"], step["quantity"]) == ("0", "0", "7")
