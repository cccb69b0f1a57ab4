from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc.tax import TaxCategory, TaxDecision
from billing.calc.totals import AmountType, TaxedAmount, allocate, sum_up, tax_lines
from kit.money import minor_units, round_half_up, total

EXCLUDING, INCLUDING = AmountType.EXCLUDING_TAX, AmountType.INCLUDING_TAX
CURRENCIES = ("JPY", "EUR", "KWD", "CLF")


def vat(percentage: str) -> TaxDecision:
    return TaxDecision("VAT", TaxCategory.STANDARD, Decimal(percentage), (), "NL")


def taxed(
    *amounts: str, rate: str = "21", currency: str = "EUR", quoted: AmountType = EXCLUDING
) -> list[TaxedAmount]:
    lines = [(Decimal(amount), vat(rate)) for amount in amounts]
    return tax_lines(lines, amount_type=quoted, currency=currency)


@st.composite
def invoices(draw: st.DrawFn) -> tuple[list[tuple[Decimal, TaxDecision]], str, AmountType]:
    currency = draw(st.sampled_from(CURRENCIES))
    units = draw(st.lists(st.integers(-10_000_000, 10_000_000), max_size=12))
    rates = st.sampled_from(["0", "5.5", "8.1", "20", "21", "25.5"])
    lines = [(Decimal(unit).scaleb(-minor_units(currency)), vat(draw(rates))) for unit in units]
    return lines, currency, draw(st.sampled_from(AmountType))


def test_tax_is_computed_on_the_category_and_shared_out_by_largest_remainder() -> None:
    lines = taxed("0.33", "0.33", "0.33")  # 0.0693 each, 0.2079 together
    assert [line.tax for line in lines] == [Decimal("0.07"), Decimal("0.07"), Decimal("0.07")]
    assert sum_up(lines).tax == Decimal("0.21")
    lines = taxed("0.02", "0.02", "0.02", "0.02")  # 0.0042 each, 0.0168 together
    assert [line.tax for line in lines] == [Decimal("0.01"), Decimal("0.01"), 0, 0]


def test_prices_including_tax_give_the_base_by_division() -> None:
    totals = sum_up(taxed("99.00", quoted=INCLUDING))
    assert (totals.excluding_tax, totals.tax, totals.including_tax) == (
        Decimal("81.82"),
        Decimal("17.18"),
        Decimal("99.00"),
    )


def test_half_a_cent_of_tax_is_rounded_up() -> None:
    assert sum_up(taxed("0.50", rate="5")).tax == Decimal("0.03")
    assert sum_up(taxed("100.00", rate="99.9999")).tax == Decimal("100.00")


@given(invoices())
def test_b22_the_taxes_of_the_lines_add_up_to_the_tax_of_their_category(invoice: tuple) -> None:
    lines, currency, quoted = invoice
    result = tax_lines(lines, amount_type=quoted, currency=currency)
    totals = sum_up(result)
    for category in totals.categories:
        own = [line for line in result if line.decision == category.decision]
        assert total(line.tax for line in own) == category.tax
        assert total(line.excluding_tax for line in own) == category.base
        assert category.total == category.base + category.tax
        if quoted is EXCLUDING:
            exact = category.base * category.decision.percentage / 100
            assert category.tax == round_half_up(exact, currency)
        else:
            exact = category.total * 100 / (100 + category.decision.percentage)
            assert category.base == round_half_up(exact, currency)
    assert total(category.tax for category in totals.categories) == totals.tax


@given(invoices())
def test_b24_what_was_quoted_is_what_the_lines_come_to(invoice: tuple) -> None:
    lines, currency, quoted = invoice
    result = tax_lines(lines, amount_type=quoted, currency=currency)
    totals = sum_up(result)
    assert totals.excluding_tax + totals.tax == totals.including_tax
    for (amount, _), line in zip(lines, result, strict=True):
        assert amount == (line.excluding_tax if quoted is EXCLUDING else line.including_tax)


@given(invoices())
def test_b22_every_line_bears_its_own_tax_to_within_one_minor_unit(invoice: tuple) -> None:
    lines, currency, quoted = invoice
    unit = Fraction(1, 10 ** minor_units(currency))
    for (amount, decision), line in zip(
        lines, tax_lines(lines, amount_type=quoted, currency=currency), strict=True
    ):
        rate = Fraction(decision.percentage)
        exact = Fraction(amount) * rate / (100 if quoted is EXCLUDING else 100 + rate)
        assert abs(Fraction(line.tax) - exact) <= unit
        assert line.tax == round_half_up(line.tax, currency)


@given(invoices())
def test_b22_the_same_lines_negated_cancel_the_invoice_to_zero(invoice: tuple) -> None:
    lines, currency, quoted = invoice
    both = [*lines, *((-amount, decision) for amount, decision in lines)]
    totals = sum_up(tax_lines(both, amount_type=quoted, currency=currency))
    assert (totals.excluding_tax, totals.tax, totals.including_tax) == (0, 0, 0)


def test_b19_an_amount_over_three_equal_parts_closes_exactly() -> None:
    assert allocate(Decimal("102.00"), [Fraction(1)] * 3, "EUR") == [Decimal("34.00")] * 3
    parts = allocate(Decimal("100.00"), [Fraction(1)] * 3, "EUR")
    assert parts == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


@given(
    st.integers(-(10**30), 10**30),
    st.lists(st.fractions(min_value=0, max_value=10**12), min_size=1, max_size=10).filter(any),
    st.sampled_from(CURRENCIES),
)
def test_b19_an_allocation_leaves_nothing(units: int, weights: list[Fraction], currency: str) -> None:
    amount = Decimal(units).scaleb(-minor_units(currency))
    parts = allocate(amount, weights, currency)
    assert sum(map(Fraction, parts)) == Fraction(amount)
    unit = Fraction(1, 10 ** minor_units(currency))
    over = [
        Fraction(part) - Fraction(amount) * weight / sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    ]
    assert all(abs(each) < unit for each in over)
    # What was rounded up had no smaller remainder than what was rounded down.
    up, down = [unit - each for each in over if each > 0], [-each for each in over if each < 0]
    assert not up or not down or min(up) >= max(down)


def test_an_amount_needs_something_to_be_spread_over() -> None:
    assert allocate(Decimal(0), [Fraction(0)] * 2, "EUR") == [0, 0]
    with pytest.raises(ValueError):
        allocate(Decimal(1), [Fraction(0)], "EUR")


@pytest.mark.parametrize(
    ("currency", "amount", "tax"),
    [
        ("JPY", "1005", "101"),
        ("USD", "10.05", "1.01"),
        ("KWD", "1.005", "0.101"),
        ("CLF", "0.1005", "0.0101"),
    ],
)
def test_b23_tax_is_rounded_to_the_minor_unit_of_its_currency(currency: str, amount: str, tax: str) -> None:
    totals = sum_up(taxed(amount, rate="10", currency=currency))
    assert totals.tax == Decimal(tax)
    assert totals.including_tax == Decimal(amount) + Decimal(tax)


def test_an_empty_invoice_comes_to_zero() -> None:
    totals = sum_up([])
    assert (totals.excluding_tax, totals.tax, totals.including_tax, totals.categories) == (0, 0, 0, ())
