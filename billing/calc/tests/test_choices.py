"""What is chosen for a part of a schedule is billed as a schedule of its own would be."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.calc.charge import Charge
from billing.calc.inputs import ChargeModel, PricedItem
from billing.calc.proration import share_of
from billing.calc.schedule import Active
from billing.calc.tests.cast import fixed, flat, invoice, item, used
from billing.calc.tests.grids import cadence, utc

GRID = cadence(utc("2026-01-01"))
INVOICES = 5
END = GRID.boundary(INVOICES)


def charges(priced: PricedItem) -> list[Charge]:
    """Those of the first invoices of a schedule, in order."""
    return [line.charge for index in range(INVOICES) for line in invoice(GRID, priced, index=index).lines]


def add_on(start: int, days: int | None, *, ahead: bool) -> PricedItem:
    since = GRID.anchor + timedelta(days=start)
    active = Active(since, None if days is None else since + timedelta(days=days))
    return item(fixed("31"), model=ChargeModel.RECURRING, advance=ahead, active=active)


@settings(max_examples=60)
@given(start=st.integers(-40, 200), days=st.none() | st.integers(1, 120), ahead=st.booleans())
def test_a_fee_covers_the_time_in_which_it_is_chosen_once(start: int, days: int | None, ahead: bool) -> None:
    """In arrears until the end of the last invoice's period, in advance until the end of the next one."""
    priced = add_on(start, days, ahead=ahead)
    assert priced.active is not None
    reached = GRID.boundary(INVOICES + 1) if ahead and priced.active.start <= END else END
    begins, ends = max(priced.active.start, GRID.anchor), min(priced.active.end or reached, reached)
    found = charges(priced)
    if begins >= ends or (ahead and begins > END):
        assert found == []
        return
    spans = sorted((charge.span for charge in found), key=lambda span: span.start)
    assert (spans[0].start, spans[-1].end) == (begins, ends)
    assert [span.end for span in spans[:-1]] == [span.start for span in spans[1:]]
    for charge in found:
        whole = GRID.span(GRID.index_at(charge.span.start))
        assert charge.share == share_of(charge.span, whole, GRID.zone)


@pytest.mark.parametrize("ahead", [False, True])
def test_a_one_off_that_is_chosen_is_charged_when_it_is_turned_on_and_never_again(ahead: bool) -> None:
    active = Active(GRID.anchor + timedelta(days=45))
    setup = item(fixed("100"), model=ChargeModel.ONE_OFF, advance=ahead, active=active)
    assert [(each.span.start, each.amount) for each in charges(setup)] == [(active.start, Decimal(100))]


def test_usage_is_billed_in_the_periods_in_which_it_is_chosen() -> None:
    active = Active(GRID.anchor + timedelta(days=45), GRID.boundary(2))
    found = charges(item(flat("1"), usage=used("7"), active=active))
    assert [(each.span.start, each.span.end) for each in found] == [(active.start, active.end)]
