"""Usage becomes credits by the models that price it in money."""

from decimal import Decimal

import pytest

from catalog.rating import conversion
from catalog.rating.tests.helpers import eur, number, parse, price
from catalog.rating.usage import Usage
from kit.errors import InvalidField


def credits(quantity: str, size: object = None, credit_type: str = "crty_1") -> dict:
    block = {} if size is None else {"block_size": number(size)}
    return {"credits": {"quantity": quantity, "credit_type_id": credit_type}, **block}


def converted(data: dict, quantity: object) -> Decimal:
    return conversion.convert(parse(data), Usage.one_event(Decimal(str(quantity)))).quantity


@pytest.mark.parametrize(
    ("band", "seconds", "expected"),
    [(credits("1", 30), 90, "3"), (credits("1", 30), 91, "4"), (credits("1.5", 50), 100, "3")],
)
def test_credits_per_block_of_seconds(band, seconds, expected):
    assert converted(price("FLAT", band), seconds) == Decimal(expected)


def test_credits_in_tiers():
    data = price("TIERED", {**credits("2"), "tier_top_bound": number(10)}, credits("1"))
    assert converted(data, 15) == 25


def test_the_conversion_knows_its_credit_type_and_explains_itself():
    found = conversion.convert(parse(price("FLAT", credits("1", 30))), Usage.one_event(Decimal(90)))
    assert found.credit_type_id == "crty_1"
    assert [line.times for line in found.rated.details] == [3]


@pytest.mark.parametrize(
    "bands",
    [
        [{"amount": eur("1")}],
        [{**credits("1"), "tier_top_bound": number(10)}, credits("1", None, "crty_2")],
        [{**credits("1"), "fixed_amount": eur("1")}],
    ],
)
def test_only_credits_of_one_type_convert(bands):
    with pytest.raises(InvalidField):
        converted(price("TIERED", *bands), 1)
