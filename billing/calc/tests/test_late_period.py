"""A period billed before is rated again as a whole: the difference is what is billed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.calc import checks, parts
from billing.calc.adjusting import LineType
from billing.calc.assembly import assemble
from billing.calc.charges import in_advance
from billing.calc.commitments import Billed, Commitment
from billing.calc.content import InvoiceContent
from billing.calc.discounts import CouponUse
from billing.calc.inputs import (
    UNADJUSTED,
    Adjustments,
    ByRule,
    ChargeModel,
    Compared,
    InvoiceInputs,
    LatePeriod,
    ScheduleInputs,
)
from billing.calc.proration import Share
from billing.calc.schedule import Active, period_at
from billing.calc.seats import SeatCount
from billing.calc.targets import Level, Scope
from billing.calc.tests.cast import Summed, amounts, fixed, flat, item, tiered, used
from billing.calc.tests.grids import cadence, utc
from billing.calc.tests.test_discounts import off
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


HALVES = (
    Active(GRID.anchor),
    Active(GRID.anchor, utc("2026-03-01T05:00:00")),
    Active(GRID.anchor, utc("2026-03-12")),
    Active(GRID.anchor, utc("2026-04-09")),
)
TERMS = Adjustments(
    discounts=(
        off("10 %", Scope(Level.ITEM, frozenset({"prii_minutes"})), name="discount.items.0"),
        off("7", Scope(Level.TOTAL), name="discount.totals.0"),
    ),
    commitments=(
        Commitment(Scope(Level.TOTAL), "Minimum", Share(1, 1), Decimal(90), name="commitment.totals.0"),
    ),
    coupons=(
        off("12.5 %", Scope(Level.TOTAL), name="coupon.coup_1", coupon=CouponUse("coup_1")),
        off("20 units", Scope(Level.TOTAL), name="coupon.coup_2", coupon=CouponUse("coup_2")),
    ),
)


def agreed(
    quantity: Decimal, seats: int, active: Active | None, terms: Adjustments, *, ahead: bool
) -> ScheduleInputs:
    """Usage, a fee ahead and seats that change on the 10th, of a schedule in force so long, or never."""
    counts = (
        SeatCount(Decimal(3), Active(GRID.anchor)),
        SeatCount(Decimal(seats), Active(utc("2026-03-10"))),
    )
    items = (
        item(RULE, usage=used(str(quantity))),
        item(fixed("49.99"), model=ChargeModel.RECURRING, advance=True, name="Fee"),
        item(flat("15.01"), model=ChargeModel.PER_SEAT, advance=ahead, name="Seats", rule={"seats": counts}),
    )
    if active is None:
        return ScheduleInputs("ppsu_1", "ppsc_1", None, (), items, GRID, replace(terms, commitments=()))
    ran = period_at(GRID, GRID.anchor, active=active)
    return ScheduleInputs("ppsu_1", "ppsc_1", ran, in_advance(GRID, ran, active), items, GRID, terms)


def drawn(schedules: tuple[ScheduleInputs, ...], late: tuple[LatePeriod, ...] = ()) -> InvoiceContent:
    return assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, GRID.period, schedules, late))


def again(final: InvoiceContent, schedule: ScheduleInputs, *compared: Compared) -> LatePeriod:
    """The final invoice, billed again by what was agreed after all."""
    before: dict[ByRule, Decimal] = {}
    for line in final.lines:
        place = line.charge.place
        before[place] = before.get(place, Decimal(0)) + line.charge.amount
    minimum = {
        line.adjustment.name: Billed(line.adjustment.amount, line.adjustment.beside.span)
        for line in final.adjustments
        if line.adjustment.type is LineType.COMMITMENT
    }
    off_by: dict[str, Decimal] = {}
    for line in final.adjustments:
        use = line.adjustment.coupon
        if use is not None:
            off_by[use.coupon_id] = off_by.get(use.coupon_id, Decimal(0)) - line.adjustment.amount
    spans = {line.charge.span: None for line in final.lines if not line.charge.is_usage}
    return LatePeriod(
        "invo_1",
        "INV-1",
        schedule,
        before,
        taken=off_by,
        committed=minimum,
        compared=frozenset(compared),
        fee_spans=tuple(spans),
    )


@settings(max_examples=60)
@given(
    quantities=st.tuples(QUANTITY, QUANTITY),
    seats=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    active=st.tuples(st.sampled_from(HALVES), st.sampled_from([None, *HALVES])),
    terms=st.sampled_from([UNADJUSTED, TERMS, replace(TERMS, commitments=())]),
    ahead=st.booleans(),
)
def test_b47_what_was_billed_and_its_correction_come_to_what_one_invoice_would_have_billed(
    quantities: tuple[Decimal, Decimal],
    seats: tuple[int, int],
    active: tuple[Active, Active | None],
    terms: Adjustments,
    ahead: bool,
) -> None:
    """Usage that is late or gone, other seats, a schedule that ends earlier or later or never began."""
    first, then = quantities if active[1] else (Decimal(0), Decimal(0))
    was = agreed(first, seats[0], active[0], terms, ahead=ahead)
    is_now = agreed(then, seats[1], active[1], terms, ahead=ahead)
    final, wanted = drawn((was,)), drawn((is_now,))
    correction = drawn((), (again(final, is_now, *Compared),))
    assert final.totals.excluding_tax + correction.totals.excluding_tax == wanted.totals.excluding_tax
    assert checks.faults(correction) == []
    for line in [*printed(final), *printed(correction)]:
        told = [Decimal(part["amount"]) for part in parts.of(line["steps"], line_type=line["type"])]
        assert sum(told) == Decimal(line["amount_excluding_tax"]["quantity"])


def printed(content: InvoiceContent) -> list[dict[str, Any]]:
    periods = content.to_dict()["periods"]
    return [line for period in periods for group in period["groups"] for line in group["lines"]]


def test_only_what_is_compared_is_billed_again() -> None:
    """The usage has grown and nothing is owed of the fees; 10% off is a line of its own for each."""
    tenth = Adjustments(discounts=(off("10 %", Scope(Level.TOTAL), name="discount.totals.0"),))
    was = agreed(Decimal(50), 3, Active(GRID.anchor), tenth, ahead=True)
    final = drawn((was,))
    is_now = replace(was, items=(item(RULE, usage=used("90")), *was.items[1:]), advance=())
    fees, usage = (drawn((), (again(final, is_now, each),)) for each in (Compared.FEES, Compared.USAGE))
    assert [str(line.charge.amount) for line in usage.lines] == ["8.00"]
    assert [str(line.adjustment.amount) for line in usage.adjustments] == ["-0.80"]
    charged = [(line.charge.item.description, str(line.charge.amount)) for line in fees.lines]
    assert charged == [("Fee", "-49.99"), ("Seats", "-45.03")] * 2
    assert fees.totals.excluding_tax == Decimal("-190.04") + Decimal("19.00")
