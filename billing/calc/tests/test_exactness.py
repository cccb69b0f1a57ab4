"""Nothing is calculated in the ambient context of decimals, which keeps 28 digits and rounds half even."""

import ast
from collections.abc import Callable
from dataclasses import replace
from decimal import Context, Decimal, Inexact, localcontext
from pathlib import Path

import pytest

from billing.calc import checks, parts, proration
from billing.calc.commitments import Commitment
from billing.calc.content import InvoiceContent
from billing.calc.currencies import ExchangeRate, Rates
from billing.calc.discounts import Discount, DiscountType
from billing.calc.inputs import Adjustments, ChargeModel, ItemType
from billing.calc.markup import Markup
from billing.calc.proration import Share
from billing.calc.schedule import Active
from billing.calc.targets import Level, Scope
from billing.calc.tests.cast import flat, invoice, item, tiered, used
from billing.calc.tests.grids import cadence, utc
from billing.calc.totals import Totals
from kit.money import AMOUNT_LIMIT, EXACT, Money, total
from metering import aggregation

AUGUST = cadence(utc("2026-08-01T00:00:00"))
DIGITS = "1234567890123456789012345"
HUGE = Decimal(f"{DIGITS}.123456789012")


def everything() -> InvoiceContent:
    """Bands, a part of a period, a markup, a conversion, a deduction, a discount and a commitment."""
    everywhere = Scope(Level.TOTAL)
    return invoice(
        AUGUST,
        item(tiered(("100", "0.123456789"), (None, "0.05")), usage=used(f"{DIGITS}.5"), name="Calls"),
        item(flat("0.333", currency="USD"), usage=used("1234.5678"), type=ItemType.DEDUCTION, name="Back"),
        item(flat("15.01"), model=ChargeModel.RECURRING, quantity="7", name="Fee"),
        active=Active(utc("2026-08-11T00:00:00")),
        adjustments=Adjustments(
            markups=(Markup(frozenset({"pric_back_0", "pric_fee_0"}), percentage=Decimal("3.3")),),
            discounts=(Discount(DiscountType.PERCENTAGE, Decimal("12.345"), everywhere, "Discount"),),
            commitments=(Commitment(everywhere, "Least", Share(21, 31), HUGE),),
        ),
        rates=Rates((ExchangeRate("EUR", "USD", Decimal("1.37"), AUGUST.anchor, "ours"),), AUGUST.anchor),
    )


def printed() -> object:
    content = everything()
    found = content.to_dict()
    lines = [line for period in found["periods"] for group in period["groups"] for line in group["lines"]]
    told = [parts.of(line["steps"], line_type=line["type"]) for line in lines]
    for line, found_parts in zip(lines, told, strict=True):
        amount = total(Decimal(part["amount"]) for part in found_parts)
        assert amount == Decimal(line["amount_excluding_tax"]["quantity"])
    return found, told, checks.faults(content)


@pytest.mark.parametrize(
    "calculated",
    [
        printed,
        lambda: proration.shared_out(HUGE, [3, 0, 4, 21]),
        lambda: Money(HUGE, "EUR") - -Money(HUGE, "EUR"),
        lambda: aggregation.quantity(
            aggregation.merge(
                aggregation.entry(HUGE, timestamp=AUGUST.anchor, event_id=each, count=each) for each in (1, 2)
            ),
            calculation_type="AVERAGE",
        ),
    ],
)
def test_b20_no_sum_depends_on_the_context_that_calls_it(calculated: Callable[[], object]) -> None:
    expected = calculated()
    with localcontext(Context(prec=1, traps=[Inexact])):
        assert calculated() == expected


def test_b20_what_is_deducted_keeps_every_digit() -> None:
    """28 digits would make a whole cent of a little less than half of one."""
    almost = f"0.{'9' * 30}"
    (line,) = invoice(AUGUST, item(flat("0.005"), usage=used(almost), type=ItemType.DEDUCTION)).lines
    assert EXACT.add(line.charge.unrounded, line.charge.rated.amount) == 0
    assert line.charge.amount == 0


@pytest.mark.parametrize(("less", "fault"), [("0.001", []), ("0", ["The total is too large to be invoiced"])])
def test_b20_an_amount_is_too_large_from_the_limit_on(less: str, fault: list[str]) -> None:
    amount = EXACT.subtract(AMOUNT_LIMIT, Decimal(less))
    for each in (amount, EXACT.minus(amount)):
        content = replace(invoice(AUGUST, currency="KWD"), totals=Totals(each, Decimal(0), each, ()))
        assert [found for found in checks.faults(content) if "large" in found] == fault


def test_b19_no_float_is_named_where_invoices_are_calculated() -> None:
    for path in Path(checks.__file__).parent.glob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not names & {"float", "round"}, path.name
