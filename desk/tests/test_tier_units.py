"""What a tier says about its units: nothing stored is dropped, and the curve has a vertex at each turn."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.rating.parsing import config as rating_config
from desk.editors.pricing import curve, diff, words
from desk.editors.pricing.build import build
from desk.editors.pricing.built import Terms
from desk.editors.pricing.repricing import repriced
from desk.editors.pricing.sheet import Sheet
from desk.editors.pricing.usages import Question, amount_of

CALLS = Terms("EUR", unit="call", units="calls")
EURO = Terms("EUR", is_money=True)
NUMBERS = st.integers(1, 500)


def eur(text):
    return {"quantity": text, "currency": "EUR"}


@st.composite
def bands(draw):
    """Tiers with any of blocks, bounds of units and fees."""
    bounds = [*sorted(draw(st.sets(NUMBERS, max_size=3))), None]
    found = []
    for bound in bounds:
        band = {"amount": eur(str(draw(NUMBERS)))}
        if bound is not None:
            band["tier_top_bound"] = {"number": str(bound)}
        if draw(st.booleans()):
            band |= {"block_size": {"number": str(draw(NUMBERS))}, "block_rounding": draw(ROUNDINGS)}
        if draw(st.booleans()):
            band["fixed_amount"] = eur(str(draw(NUMBERS)))
        low, high = sorted([draw(NUMBERS), draw(NUMBERS)])
        limits = {"minimum_number": str(low), "maximum_number": str(high)}
        band |= {name: limits[name] for name in draw(st.sets(st.sampled_from(sorted(limits))))}
        found.append(band)
    return found


ROUNDINGS = st.sampled_from(["UP", "NONE"])
MODELS = st.sampled_from(["TIERED", "TOP_TIERED"])


@settings(max_examples=30)
@given(bands(), MODELS)
def test_what_a_price_says_of_its_tiers_is_there_again_after_the_sheet(stored, model):
    body = {"pricing_type": model, "billing_in_advance": False, "bands": stored}
    built = build(Sheet.of_config(body), CALLS)
    assert built.config == body
    assert repriced({**body, "order": 1}, built.config) == {**body, "order": 1}
    single = {**body, "pricing_type": "FLAT", "bands": [{**stored[-1]}]}
    assert build(Sheet.of_config(single), CALLS).config == single
    assert words.sentence(body, CALLS) and words.sentence(single, CALLS)


@settings(max_examples=30)
@given(bands(), MODELS, NUMBERS)
def test_between_two_vertices_the_curve_is_straight(stored, model, top):
    config = rating_config.parse({"pricing_type": model, "bands": stored})

    def amount(quantity):
        return amount_of(Question(quantity), CALLS, config, quantity)

    for low, high in pairwise([*curve.breaks(config, Decimal(top)), Decimal(top)]):
        places = [low + (high - low) * part / 4 for part in (1, 2, 3)]
        first, middle, last = map(amount, places)
        assert abs(first + last - 2 * middle) < Decimal("1e-15")


def test_blocks_of_money_are_kept_and_each_price_is_told_as_what_it_is_for():
    tiers = [
        {"amount": eur("5"), "block_size": {"amount": eur("100")}, "tier_top_bound": {"amount": eur("1000")}},
        {"percentage": "2", "fixed_amount": eur("1")},
    ]
    tiers[0]["block_rounding"] = "NONE"
    body = {"pricing_type": "TIERED", "billing_in_advance": False, "bands": tiers}
    assert build(Sheet.of_config(body), EURO).config == body
    assert words.sentence(body, EURO) == (
        "the first €1,000.00 cost €5.00 per €100.00, then 2% beyond; plus a flat fee of €1.00 for tier 2"
        "; a started block is charged pro rata."
    )
    lone = {"pricing_type": "FLAT", "bands": [{"fixed_amount": eur("1")}]}
    assert build(Sheet.of_config(lone), CALLS).config["bands"] == [
        {"amount": eur("0"), "fixed_amount": eur("1")}
    ]
    bundle = {"pricing_type": "FLAT_TOP_UP", "bands": [{"amount": eur("1"), "block_size": {"number": "10"}}]}
    sold = Terms("EUR", in_bundles=True)
    assert build(Sheet(model="PACKAGE", price="1", size="10", most="5"), sold).troubles[0].id == "most"
    whole = build(Sheet.of_config(bundle), sold).config
    assert repriced(bundle, whole)["pricing_type"] == "FLAT_TOP_UP"
    assert "pro rata" in diff._lines(body, EURO)["up to 1,000"]
