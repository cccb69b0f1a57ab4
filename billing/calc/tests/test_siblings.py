"""Usage of other subscriptions of the group: it decides the bands and is billed elsewhere."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc.tests.cast import Summed, amounts, flat, invoice, item, tiered, used, where
from billing.calc.tests.grids import cadence, utc
from catalog.rating.parsing import config
from catalog.rating.rules.siblings import NOBODY, Everyone, Others, Sibling
from catalog.rating.types import Split

APRIL = cadence(utc("2026-04-01T00:00:00"))
BANDS = (("100", "0.10"), ("1000", "0.08"), (None, "0.05"))


def beside(*quantities: str) -> Others:
    return Others.of([Sibling(used(quantity)) for quantity in quantities])


def test_the_volume_of_all_decides_the_bands_of_each() -> None:
    """200 units: 100 in each band, of which this one has a quarter."""
    content = invoice(APRIL, item(tiered(*BANDS), usage=used("50"), siblings=beside("100", "50")))
    assert amounts(content) == ["4.50"]
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][0]
    assert line["quantity"] == "50"
    assert {"type": "TIERING", "quantity": "200", "volume_share": "0.25"}.items() <= line["steps"][1].items()


def test_flat_prices_and_a_group_without_usage_are_as_without_one() -> None:
    for price in (flat("0.10"), tiered(*BANDS)):
        alone = invoice(APRIL, item(price, usage=used("70")))
        assert amounts(invoice(APRIL, item(price, usage=used("70"), siblings=beside("0")))) == amounts(alone)
    assert amounts(invoice(APRIL, item(flat("0.10"), usage=used("70"), siblings=beside("5000")))) == ["7.00"]


@pytest.mark.parametrize("siblings", [NOBODY, beside("5000")])
def test_a_price_that_no_other_volume_can_change_tells_of_none(siblings: Others) -> None:
    (line,) = invoice(APRIL, item(flat("0.10"), usage=used("70"), siblings=siblings)).lines
    assert (line.charge.rated.tiering, line.charge.values) == (None, None)
    (line,) = invoice(APRIL, item(tiered(*BANDS), usage=used("70"))).lines
    assert (line.charge.rated.tiering, line.charge.values) == (None, None)


def test_the_volume_of_others_counts_once_however_many_lines_a_rule_has() -> None:
    """200 units again, of which two teams have 30 and 20 here."""
    rows = Summed((({"team": "a"}, Decimal(30)), ({"team": "b"}, Decimal(20))))
    price = replace(tiered(*BANDS), split=(Split("team"),))
    content = invoice(APRIL, item(price, usage=rows, siblings=beside("100", "50")))
    assert amounts(content) == ["2.70", "1.80"]
    assert {line.charge.rated.tiering.quantity for line in content.lines if line.charge.rated.tiering} == {
        200
    }


def test_a_sibling_that_gave_back_more_than_it_used_takes_nothing_from_the_volume() -> None:
    content = invoice(APRIL, item(tiered(*BANDS), usage=used("150"), siblings=beside("-100")))
    assert amounts(content) == ["14.00"]


def test_only_usage_that_the_same_rule_would_price_counts() -> None:
    banded = {
        "pricing_type": "TIERED",
        "conditions": where("engine", "fast"),
        "bands": [
            {"amount": {"quantity": "1", "currency": "EUR"}, "tier_top_bound": {"number": "10"}},
            {"amount": {"quantity": "0.5", "currency": "EUR"}},
        ],
    }
    rows = Summed((({"engine": "fast"}, Decimal(10)), ({"engine": "slow"}, Decimal(1000))))
    priced = item(config.parse(banded), usage=used("10", engine="fast"), siblings=Others.of([Sibling(rows)]))
    assert amounts(invoice(APRIL, priced)) == ["7.50"]


def test_the_other_calculation_that_decides_the_bands_adds_up_over_the_group() -> None:
    tiering = {"tiering_usage": used("60"), "siblings": Others.of([Sibling(used("1"), used("60"))])}
    assert amounts(invoice(APRIL, item(tiered(*BANDS), usage=used("12"), **tiering))) == ["1.16"]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5))
def test_members_together_pay_what_one_subscription_would(quantities: list[int]) -> None:
    """To the cent that each of them rounds."""
    everyone = Everyone([Sibling(used(str(each))) for each in quantities])
    total = Decimal(0)
    for place, own in enumerate(quantities):
        others = [str(each) for at, each in enumerate(quantities) if at != place]
        found, *alike = (
            amounts(invoice(APRIL, item(tiered(*BANDS), usage=used(str(own)), siblings=siblings)))
            for siblings in (Others(everyone, place), beside(*others))
        )
        assert alike == [found], "counting everyone once is counting the others anew"
        total += Decimal(found[0])
    whole = Decimal(amounts(invoice(APRIL, item(tiered(*BANDS), usage=used(str(sum(quantities))))))[0])
    assert abs(total - whole) <= Decimal("0.01") * len(quantities)
