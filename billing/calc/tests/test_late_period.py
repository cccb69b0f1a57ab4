"""A period billed before is rated again as a whole: the difference is what is billed."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.calc import checks
from billing.calc.assembly import assemble
from billing.calc.content import InvoiceContent
from billing.calc.inputs import ByRule, InvoiceInputs, LatePeriod, ScheduleInputs
from billing.calc.schedule import period_at
from billing.calc.tests.cast import Summed, amounts, item, tiered, used
from billing.calc.tests.grids import cadence, utc
from billing.calc.totals import AmountType
from catalog.rating.types import Split

GRID = cadence(utc("2026-03-01"))
QUANTITY = st.integers(0, 3000).map(lambda units: Decimal(units) / 10)
RULE = tiered(("100", "0.20"), ("200", "0.10"), (None, "0.05"))


def billed(quantity: Decimal) -> Decimal:
    """What the period of one rule comes to with this usage."""
    lines = amounts(_invoice(quantity, {}, late=False))
    return Decimal(lines[0])


def _invoice(quantity: Decimal, before: dict[ByRule, Decimal], *, late: bool) -> InvoiceContent:
    priced = item(RULE, usage=used(str(quantity)))
    schedule = ScheduleInputs("ppsu_1", "ppsc_1", period_at(GRID, GRID.anchor), (), (priced,))
    own = () if late else (schedule,)
    again = (LatePeriod("invo_1", "INV-1", schedule, before),) if late else ()
    return assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, GRID.period, own, again))


@given(first=QUANTITY, then=QUANTITY)
def test_b47_before_and_difference_come_to_the_whole_period_rated_once(first: Decimal, then: Decimal) -> None:
    key = ("prii_minutes", "pric_minutes_0", GRID.anchor, None)
    content = _invoice(then, {key: billed(first)}, late=True)
    assert sum((line.charge.amount for line in content.lines), Decimal(0)) == billed(then) - billed(first)
    assert checks.faults(content) == []


def test_a_period_that_comes_to_the_same_gives_no_line() -> None:
    key = ("prii_minutes", "pric_minutes_0", GRID.anchor, None)
    assert _invoice(Decimal(150), {key: billed(Decimal(150))}, late=True).lines == []


def test_a_late_line_says_what_was_billed_before() -> None:
    key = ("prii_minutes", "pric_minutes_0", GRID.anchor, None)
    (period,) = _invoice(Decimal(150), {key: Decimal("20.00")}, late=True).to_dict()["periods"]
    (line,) = period["groups"][0]["lines"]
    assert line["late_usage"]["invoice_number"] == "INV-1"
    assert line["steps"][-1]["amount"] == "5.00"
    assert [
        (each["details"]["type"], each["details"]["amount"]["quantity"]) for each in line["sub_lines"]
    ] == [
        ("UNITS", "20"),
        ("UNITS", "5"),
        ("ALREADY_BILLED", "-20"),
    ]


def test_what_was_billed_for_a_value_that_is_gone_is_given_back_on_the_last_line() -> None:
    """Of 8, 3 and 2 billed for three values, the usage of one has been deleted since."""
    rule = replace(RULE, split=(Split("region"),))
    usages = tuple(({"region": region}, Decimal(units)) for region, units in (("eu", "10"), ("us", "20")))
    priced = item(rule, usage=Summed(usages))
    schedule = ScheduleInputs("ppsu_1", "ppsc_1", period_at(GRID, GRID.anchor), (), (priced,))
    before: dict[ByRule, Decimal] = {
        ("prii_minutes", "pric_minutes_0", GRID.anchor, (value,)): Decimal(amount)
        for value, amount in (("eu", "2"), ("gone", "3"), ("us", "8"))
    }
    late = (LatePeriod("invo_1", "INV-1", schedule, before),)
    content = assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, GRID.period, (), late))
    [line] = content.lines
    assert (line.charge.values, line.charge.amount) == (("us",), Decimal("4") - 11)
