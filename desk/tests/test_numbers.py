"""Numbers as people write them, and tiers pasted from a sheet: no price is read a thousand times too high."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.editors.pricing import paste
from desk.forms import numbers
from kit.errors import InvalidField


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,012", "0.012"),
        ("12,5", "12.5"),
        (",5", "0.5"),
        ("1,000", "1000"),
        ("1,000.25", "1000.25"),
        ("1.000,50", "1000.50"),
        ("1.000.000", "1000000"),
        ("1 000", "1000"),
        ("1'000.5", "1000.5"),
        ("10k", "10000"),
        ("1,5m", "1500000"),
    ],
)
def test_a_number_is_read_whichever_way_it_is_written(text, value):
    assert numbers.exact(text, field="price") == Decimal(value)


@pytest.mark.parametrize("text", ["1,2,3", "5,", "1.2.3", "x", "1_000"])
def test_what_is_no_number_is_refused_instead_of_guessed(text):
    with pytest.raises(InvalidField):
        numbers.exact(text, field="price")


@given(st.decimals(min_value=1000, max_value=10**9, places=2))
def test_both_ways_to_group_mean_the_same(value):
    by_comma = f"{value:,}"
    by_point = by_comma.replace(",", " ").replace(".", ",").replace(" ", ".")
    assert numbers.exact(by_comma, field="x") == numbers.exact(by_point, field="x") == value


SHEETS = {
    "tabs, Windows, a header, decimal commas": "Bis\tPreis\r\n1.000\t0,5\r\n2.000\t0,25\r\n\t0,1\r\n",
    "commas": "1000,0.5\n2000,0.25\n,0.1",
    "quoted commas": '"1,000",0.5\n"2,000",0.25\n,0.1',
    "semicolons": "1000;0.5\n2000;0.25\n;0.1",
    "decimal commas and thousands in short": "1k\t0,5\n2.0k\t0,25\n\t0,1",
    "a column From": "from\tto\tprice\n0\t1000\t0.5\n1001\t2000\t0.25\n2001\t\t0.1",
    "units and signs": "1,000 calls\t€0.5\n2,000 calls\t€0.25\nno limit\t€0.1",
}


@pytest.mark.parametrize("text", SHEETS.values(), ids=SHEETS)
def test_rows_of_a_sheet_become_tiers(text):
    found = paste.read(text)
    read = [(row.up_to, row.price, row.fee) for row in found.rows]
    assert (read, found.left) == ([("1000", "0.5", ""), ("2000", "0.25", ""), ("", "0.1", "")], ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1000\t0.5\n2000\n", "Line 2: it has fewer than two columns"),
        ("1,000,0.012", "Line 1: its commas could part columns or thousands; use tabs or semicolons"),
        ("1\t2\t3\t4\t5", "Line 1: it has more than four columns"),
        ("1000\tfree", "Line 1: its price is no number"),
    ],
)
def test_a_line_that_is_no_tier_is_named(text, why):
    assert paste.read(text).left == (why,)
