"""A period billed before is rated again as a whole: the difference is what is billed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.calc import checks
from billing.calc.assembly import assemble
from billing.calc.content import InvoiceContent
from billing.calc.inputs import ByRule, InvoiceInputs, LatePeriod, ScheduleInputs
from billing.calc.schedule import period_at
from billing.calc.tests.cast import amounts, item, tiered, used
from billing.calc.tests.grids import cadence, utc
from billing.calc.totals import AmountType

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
    key = ("prii_minutes", "pric_minutes_0", GRID.anchor)
    content = _invoice(then, {key: billed(first)}, late=True)
    assert sum((line.charge.amount for line in content.lines), Decimal(0)) == billed(then) - billed(first)
    assert checks.faults(content) == []


def test_a_period_that_comes_to_the_same_gives_no_line() -> None:
    key = ("prii_minutes", "pric_minutes_0", GRID.anchor)
    assert _invoice(Decimal(150), {key: billed(Decimal(150))}, late=True).lines == []


def test_a_late_line_says_what_was_billed_before() -> None:
    key = ("prii_minutes", "pric_minutes_0", GRID.anchor)
    (period,) = _invoice(Decimal(150), {key: Decimal("20.00")}, late=True).to_dict()["periods"]
    (line,) = period["groups"][0]["lines"]
    assert line["late_usage"]["invoice_number"] == "INV-1"
    assert line["steps"][-1]["amount"] == "5.00"
