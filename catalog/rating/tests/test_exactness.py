"""Nothing is rounded before the line, and the line is rounded by its currency."""

import ast
from decimal import Decimal, Inexact
from pathlib import Path

import pytest

from catalog.rating import arithmetic, rate
from catalog.rating.explaining import explained
from catalog.rating.tests.helpers import cost, eur, number, of_number, parse, price, units
from catalog.rating.usage import Usage
from kit.errors import InvalidField

HUGE = Decimal(10**15)


def test_b19_no_float_is_named_in_the_rating_code():
    for path in Path(rate.__file__).parent.rglob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not names & {"float", "round"}, path.name


def test_b19_three_equal_parts_close_exactly():
    data = price("FLAT", {"amount": eur("0.34")})
    assert sum(cost(of_number(data, 100)) for _ in range(3)) == cost(of_number(data, 300)) == 102


def test_b19_the_smallest_price_and_quantity_leave_nothing_over():
    rated = of_number(price("FLAT", {"amount": eur("0.000000000001")}), "0.000000000001")
    assert explained.of(rated)["unrounded_amount"] == "0.000000000000000000000001"


def test_b20_ten_million_tenths_are_exactly_a_million():
    usage = Usage(Decimal("0.1") * 10_000_000, events=10_000_000)
    assert cost(rate.rate(parse(price("FLAT", {"amount": eur("1")})), usage)) == 1_000_000


def test_b20_many_single_tenths_sum_exactly():
    usage = Usage.of_events([Decimal("0.1")] * 100_000)
    assert (usage.quantity, usage.events) == (Decimal(10_000), 100_000)


def test_b20_thirty_digits_times_twelve_decimals_keep_every_digit():
    quantity = "123456789012345678901234567890"
    rated = of_number(price("FLAT", {"amount": eur("0.123456789012")}), quantity)
    digits = str(int(quantity) * 123456789012)
    assert rated.amount == Decimal(f"{digits[:-12]}.{digits[-12:]}")


def test_ten_to_the_fifteenth_units_through_the_bands():
    data = price("TIERED", *units((100, "0.10"), (HUGE - 1, "0.000000000003"), (None, "0.000000000007")))
    assert cost(of_number(data, HUGE)) == Decimal("10") + (HUGE - 101) * Decimal("3E-12") + Decimal("7E-12")


def test_more_digits_than_the_exact_context_holds_are_refused():
    with pytest.raises(InvalidField) as caught:
        Usage(Decimal("1e999999"))
    assert caught.value.field == "meter_value.number"


def test_arithmetic_that_would_round_raises_instead():
    with arithmetic.exact(), pytest.raises(Inexact):
        Decimal(1) / Decimal(3)


@pytest.mark.parametrize("wild", ["NaN", "Infinity", "-Infinity", "1e-60", "sNaN"])
def test_a_quantity_that_is_no_finite_number_is_refused(wild):
    with pytest.raises(InvalidField):
        Usage(Decimal(wild))


@pytest.mark.parametrize(
    ("currency", "unrounded", "rounded"),
    [
        ("JPY", "10.5", "11"),
        ("JPY", "10.499999999999", "10"),
        ("EUR", "10.005", "10.01"),
        ("EUR", "10.004999999999", "10"),
        ("KWD", "10.0005", "10.001"),
        ("CLF", "10.00005", "10.0001"),
    ],
)
def test_the_line_is_rounded_half_up_to_the_minor_unit(currency, unrounded, rounded):
    data = price("FLAT", {"amount": {"quantity": unrounded, "currency": currency}})
    answer = explained.of(of_number(data, 1))
    assert answer["amount"] == {"quantity": rounded, "currency": currency}
    assert answer["unrounded_amount"] == unrounded


def test_a_part_of_a_block_is_cut_at_24_places_half_up():
    data = price("FLAT", {"amount": eur("2"), "block_size": number(3), "block_rounding": "NONE"})
    assert cost(of_number(data, 1)) == Decimal("0.666666666666666666666667")


def test_the_effective_unit_price_has_12_places():
    data = price("FLAT", {"amount": eur("2"), "block_size": number(3)})
    assert of_number(data, 3).unit_amount == Decimal("0.666666666667")
