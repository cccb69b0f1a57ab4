"""The sub lines of a line add up to it, to the last digit, whatever changed the price on its way."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billing.calc import parts as line_parts
from billing.calc.content import InvoiceContent
from billing.calc.currencies import ExchangeRate, Rates
from billing.calc.inputs import Adjustments, ChargeModel, ItemType
from billing.calc.markup import Markup
from billing.calc.schedule import Active
from billing.calc.tests.cast import flat, invoice, item, tiered, used
from billing.calc.tests.grids import cadence, utc
from kit.money import total
from kit.period import Period, PeriodType

GRID = cadence(utc("2026-03-01"))
RULE = frozenset({"pric_minutes_0"})
PRICES = st.decimals(0, 1000, places=12)
BANDS = tiered(("100", "0.2"), ("200", "0.1"), (None, "0.05"))


def lines(content: InvoiceContent) -> list[dict[str, Any]]:
    periods = content.to_dict()["periods"]
    return [line for period in periods for group in period["groups"] for line in group["lines"]]


def parts(line: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["details"]["type"], each["details"]["amount"]["quantity"]) for each in line["sub_lines"]]


@given(
    price=PRICES,
    quantity=st.decimals(0, 10**6, places=12),
    percentage=st.decimals(0, 100, places=3),
    rate=st.decimals("0.001", 1000, places=12),
    days=st.integers(0, 20),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
    kind=st.sampled_from(list(ItemType)),
    model=st.sampled_from([ChargeModel.USAGE_BASED, ChargeModel.RECURRING]),
    quoted=st.sampled_from([None, Period(PeriodType.YEAR, 1), Period(PeriodType.WEEK, 1)]),
    bands=st.booleans(),
)
def test_sub_lines_add_up_to_the_line(
    price: Decimal,
    quantity: Decimal,
    percentage: Decimal,
    rate: Decimal,
    days: int,
    currency: str,
    kind: ItemType,
    model: ChargeModel,
    quoted: Period | None,
    bands: bool,
) -> None:
    """Bands or a price of 12 decimals, a part of a period, a markup, another currency, a deduction."""
    config = BANDS if bands else flat(str(price))
    priced = item(config, usage=used(str(quantity)), model=model, type=kind, rule={"pricing_period": quoted})
    known = (ExchangeRate(currency, "EUR", rate, GRID.anchor, "ours"),) if currency != "EUR" else ()
    terms = Adjustments(markups=(Markup(RULE, percentage=percentage), Markup(RULE, amount=Decimal("0.007"))))
    active = Active(GRID.anchor.replace(day=1 + days))
    rates = Rates(known, GRID.anchor)
    for line in lines(
        invoice(GRID, priced, active=active, currency=currency, adjustments=terms, rates=rates)
    ):
        amount = Decimal(line["details"]["amount"]["quantity"])
        found = parts(line)
        if found or bands:
            assert total(Decimal(part) for _, part in found) == amount
        else:
            assert abs(Decimal(line["details"]["pricing_amount"]["quantity"])) == abs(amount)


def test_each_step_is_a_part_in_the_currency_of_the_invoice() -> None:
    """250 units are 20 + 10 + 2.5 USD; 10% more, at 1.25 USD the EUR; a deduction turns the sign of all."""
    bands = {"usage": used("250"), "type": ItemType.DEDUCTION}
    price = tiered(("100", "0.2"), ("200", "0.1"), (None, "0.05"), currency="USD")
    rates = Rates((ExchangeRate("EUR", "USD", Decimal("1.28"), GRID.anchor, "ours"),), GRID.anchor)
    terms = Adjustments(markups=(Markup(RULE, percentage=Decimal(10)),))
    [line] = lines(
        invoice(
            GRID,
            item(price, **bands),
            item(flat("100"), name="Fee", usage=used("1")),
            adjustments=terms,
            rates=rates,
        )
    )[:1]
    assert parts(line) == [
        ("UNITS", "-15.625"),
        ("UNITS", "-7.8125"),
        ("UNITS", "-1.953125"),
        ("MARKUP", "-2.5390625"),
        ("ROUNDING", "-0.0003125"),
    ]
    details = [each["details"] for each in line["sub_lines"]]
    assert {each["pricing_currency"] for each in details} == {"USD"}
    priced = [each["pricing_amount"] and each["pricing_amount"]["quantity"] for each in details]
    assert priced == ["20", "10", "2.5", "3.25", None]
    assert [each["sub_line_order"] for each in line["sub_lines"]] == [1, 2, 3, 4, 5]
    assert line["details"]["amount"] == {"quantity": "-27.93", "currency": "EUR"}
    assert explained(line) == [
        ("EXCHANGE", "27.9296875"),
        ("DEDUCTION", "-55.859375"),
        ("ROUNDING", "-0.0003125"),
    ]


def explained(line: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["type"], each["amount"]) for each in line_parts.of(line["steps"], line_type=line["type"])]


def test_each_band_is_explained_by_what_it_charges() -> None:
    [line] = lines(invoice(GRID, item(BANDS, usage=used("250.5"))))
    assert explained(line) == [
        ("CHARGE", "20"),
        ("CHARGE", "10"),
        ("CHARGE", "2.525"),
        ("ROUNDING", "0.005"),
    ]


def test_a_price_that_is_one_product_and_was_not_changed_has_no_sub_lines() -> None:
    [plain] = lines(invoice(GRID, item(flat("0.25"), usage=used("3"))))
    [rounded] = lines(invoice(GRID, item(flat("0.0552"), usage=used("1"))))
    assert plain["sub_lines"] == []
    assert parts(rounded) == [("UNITS", "0.0552"), ("ROUNDING", "0.0048")]


def test_a_product_is_told_with_all_its_digits_and_only_a_quotient_is_cut() -> None:
    markup = Adjustments(markups=(Markup(RULE, percentage=Decimal("0.001")),))
    tiny = item(flat("0.000000000003"), usage=used("0.000000000007"))
    [line] = lines(invoice(GRID, tiny, adjustments=markup))
    assert parts(line)[:2] == [("UNITS", "0.000000000000000000000021"), ("MARKUP", f"0.{'0' * 27}21")]


def test_a_conversion_names_itself_on_what_it_converts_and_not_on_what_changed_it() -> None:
    model = ChargeModel.USAGE_BASED_CONVERSION
    [line] = lines(invoice(GRID, item(flat("0.0552"), usage=used("1"), model=model)))
    assert [each["type"] for each in line["sub_lines"]] == [model.value, None]
    [other] = lines(invoice(GRID, item(BANDS, usage=used("1"))))
    assert [each["type"] for each in other["sub_lines"]] == [None]
