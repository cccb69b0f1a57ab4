"""A price of usage for a longer period than is billed: each invoice bills what its usage adds."""

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.calc.inputs import PricedItem, Stretch, Usages
from billing.calc.tests.cast import Summed, fixed, invoice, item, where
from billing.calc.tests.grids import cadence, utc
from catalog.rating.parsing import config
from kit.money import total

GRID = cadence(utc("2026-01-01"))
BANDS = [
    {"amount": {"quantity": "2", "currency": "EUR"}, "tier_top_bound": {"number": "100"}},
    {"amount": {"quantity": "1", "currency": "EUR"}},
]
FAST = config.parse({"pricing_type": "TIERED", "bands": BANDS, "conditions": where("engine", "fast")})
SLOW = config.parse(
    {
        "pricing_type": "TIERED",
        "bands": BANDS,
        "conditions": where("engine", "slow"),
        "split_pricing": {"meter_properties": [{"reference": "team"}]},
    }
)
RULES = FAST, SLOW, fixed("5")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["fast", "slow"]), st.sampled_from(["a", "b"]), st.integers(0, 90).map(Decimal)
    ),
    max_size=4,
)
Rows = Sequence[tuple[str, str, Decimal]]


def summed(rows: Rows) -> Summed:
    return Summed(tuple(({"engine": engine, "team": team}, units) for engine, team, units in rows))


def of_month(index: int, before: Rows, own: Rows) -> PricedItem:
    """The usage of a month in a year that is priced as a whole; the first month has nothing before it."""
    stretch = Stretch(
        GRID.anchor,
        GRID.span(index),
        summed(own),
        Usages(summed([*before, *own])),
        RULES,
        before=Usages(summed(before)) if index else None,
    )
    return item(*RULES, stretches=(stretch,))


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_the_months_of_a_year_come_to_what_the_year_does(months: list[Rows]) -> None:
    found, before = Decimal(0), list[tuple[str, str, Decimal]]()
    for index, own in enumerate(months):
        content = invoice(GRID, of_month(index, before, own), index=index)
        usage = [line.charge for line in content.lines if line.charge.is_usage]
        assert [line.charge.amount for line in content.lines if not line.charge.is_usage] == [5]
        assert all(charge.span == GRID.span(index) for charge in usage)
        assert all((charge.rated.sequel is not None) == (index > 0) for charge in usage)
        for charge in usage:
            assert charge.usage is not None
            assert charge.usage.over(charge.positions).quantity == charge.quantity
        found += total(charge.unrounded for charge in usage)
        before += own
    year = invoice(GRID, item(*RULES, usage=summed(before)))
    assert found == total(line.charge.unrounded for line in year.lines if line.charge.is_usage)


def test_usage_of_a_month_that_no_rule_prices_is_listed_with_that_month() -> None:
    only = item(
        FAST,
        stretches=(
            Stretch(
                GRID.anchor,
                GRID.span(0),
                summed([("slow", "a", Decimal(7))]),
                Usages(summed([("slow", "a", Decimal(7))])),
                (FAST,),
            ),
        ),
    )
    assert [each.quantity for each in invoice(GRID, only).unpriced] == [7]
