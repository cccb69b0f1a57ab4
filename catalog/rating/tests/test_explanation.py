"""What calculator, invoice line and explanation print: plain strings, one order, the same every time."""

import json
from decimal import Decimal

import pytest

from catalog.rating import rate
from catalog.rating.explaining import explained, printing
from catalog.rating.tests.helpers import (
    amount,
    eur,
    number,
    of_amount,
    of_events,
    of_number,
    parse,
    percents,
    price,
    units,
)
from catalog.rating.usage import Usage

PROGRESSIVE = price("TIERED", *units((100, "0.10"), (1000, "0.08"), (None, "0.07")))


def test_the_whole_answer_of_a_tiered_price():
    answer = explained.of(of_number(PROGRESSIVE, 200))
    assert list(answer) == ["amount", "unrounded_amount", "unit_amount", "details", "steps"]
    assert answer["amount"] == eur("18")
    assert (answer["unrounded_amount"], answer["unit_amount"]) == ("18", "0.09")
    assert [line["description"] for line in answer["details"]] == [
        "Up to 100: 100 × 0.1 EUR",
        "Above 100 up to 1000: 100 × 0.08 EUR",
    ]


def test_a_detail_line_is_data_in_the_words_of_the_contract():
    line = printing.of(of_number(PROGRESSIVE, 200))[1]
    assert {
        name: line[name] for name in ("type", "amount", "quantity", "unit_price", "percentage", "times")
    } == {
        "type": "UNITS",
        "amount": eur("8"),
        "quantity": "100",
        "unit_price": "0.08",
        "percentage": None,
        "times": None,
    }
    assert line["band"]["tier_lower_bound"] == number(100)
    assert line["band"]["tier_top_bound"] == number(1000)


def test_bounds_over_amounts_are_amounts():
    (line,) = printing.of(of_amount(price("TOP_TIERED", *percents((100, "10"), (None, "8"))), 50))
    assert (line["percentage"], line["band"]["tier_top_bound"]) == ("10", amount(100))
    assert line["description"] == "Up to 100: 10% of 50 EUR"


def test_a_block_line_counts_its_blocks():
    (line,) = printing.of(of_number(price("FLAT", {"amount": eur("8"), "block_size": number(100)}), 340))
    assert (line["quantity"], line["times"], line["unit_price"]) == ("340", "4", "8")
    assert line["description"] == "340 in blocks of 100: 4 × 8 EUR"


def test_fees_floors_and_caps_say_so():
    fees = price(
        "FLAT",
        {
            "percentage": "2",
            "minimum_amount": eur("0.5"),
            "maximum_amount": eur("9"),
            "fixed_amount": eur("0.1"),
        },
    )
    rated = of_events(fees, "1", "2", "100", "10000", currency="EUR")
    assert [line["description"] for line in printing.of(rated)] == [
        "2% of 100 EUR",
        "2 events at the minimum of 0.5 EUR",
        "1 event at the maximum of 9 EUR",
        "4 × 0.1 EUR fixed",
    ]


def test_the_steps_come_in_order_and_end_with_the_rounding():
    data = price("FLAT", {"amount": eur("0.0345")}, default_included_volume=number(50))
    steps = explained.of(of_number(data, 151))["steps"]
    assert [step["type"] for step in steps] == ["QUANTITY", "INCLUDED_VOLUME", "CHARGE", "TOTAL", "ROUNDING"]
    assert steps[0]["description"] == "SUM of 1 event: 151"
    assert (steps[-1]["unrounded_amount"], steps[-1]["amount"]) == ("3.4845", "3.48")
    assert (steps[-1]["rule"], steps[-1]["minor_units"]) == ("HALF_UP", 2)


def test_the_charges_among_the_steps_are_the_detail_lines():
    answer = explained.of(of_number(PROGRESSIVE, 5000))
    charges = [step for step in answer["steps"] if step["type"] == "CHARGE"]
    assert [step["charge_type"] for step in charges] == [line["type"] for line in answer["details"]]
    assert sum(Decimal(step["amount"]["quantity"]) for step in charges) == Decimal(answer["unrounded_amount"])


@pytest.mark.parametrize(
    "data", [PROGRESSIVE, price("FIXED", {"amount": eur("49")}), {"pricing_type": "NONE"}]
)
def test_the_same_usage_prints_byte_for_byte_the_same(data):
    printed = {json.dumps(explained.of(of_number(data, quantity))) for quantity in ("200", "200.00", "2e2")}
    assert len(printed) == 1


def test_no_number_is_printed_with_an_exponent():
    rated = of_number(price("FLAT", {"amount": eur("0.000000000001")}), 10**15)
    printed = json.dumps(explained.of(rated))
    assert "E+" not in printed and "E-" not in printed
    assert explained.of(rated)["unrounded_amount"] == "1000"


def test_none_has_no_amount_to_print():
    answer = explained.of(rate.rate(parse({"pricing_type": "NONE"}), Usage(Decimal(5))))
    assert (answer["amount"], answer["details"]) == (None, [])
