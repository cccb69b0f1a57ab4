"""What is charged on demand: the full price once, nothing of a period, never by itself."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import on_demand
from billing.calc.assembly import assemble
from billing.calc.commitments import Commitment
from billing.calc.discounts import Discount, DiscountType
from billing.calc.inputs import Adjustments, ChargeModel, Demand, InvoiceInputs, PricedItem, ScheduleInputs
from billing.calc.markup import Markup
from billing.calc.proration import Share
from billing.calc.schedule import Active, BillingTime, Cadence
from billing.calc.targets import Level, Scope
from billing.calc.tests.cast import amounts, fixed, flat, invoice, item
from billing.calc.totals import AmountType
from kit.errors import InvalidOperation
from kit.period import Period, PeriodType, Span

AT = datetime(2026, 3, 12, 9, tzinfo=UTC)
MONTHLY = Cadence(
    datetime(2026, 3, 1, tzinfo=UTC), Period(PeriodType.MONTH, 1), ZoneInfo("UTC"), BillingTime.EXACT
)
ASKED = {"on_demand": True}
ON_ALL = Scope(Level.TOTAL, frozenset(), schedule_id="ppsc_1")


def sold(price: str = "250", **fields: object) -> PricedItem:
    kind = fields.pop("model", ChargeModel.ONE_OFF)
    return item(fixed(price), model=kind, name="Training", rule=ASKED, **fields)  # type: ignore[arg-type]


def charged(*items: PricedItem, asked: tuple[str, ...], adjustments: Adjustments | None = None):
    applied = on_demand.adjustments(adjustments or Adjustments())
    schedule = ScheduleInputs(
        "ppsu_1", "ppsc_1", None, (), items, adjustments=applied, demand=Demand(AT, asked)
    )
    return assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, Period(PeriodType.MONTH, 1), (schedule,)))


@pytest.mark.parametrize("model", [ChargeModel.ONE_OFF, ChargeModel.RECURRING])
def test_it_is_not_billed_by_itself(model):
    fee = item(fixed("10"), model=ChargeModel.RECURRING, name="Fee")
    ahead = item(fixed("7"), model=model, name="Ahead", advance=True, rule=ASKED)
    assert amounts(invoice(MONTHLY, fee, sold(model=model), ahead)) == ["10.00"]


@given(
    prices=st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_what_is_asked_for_is_charged_whole_in_the_order_of_asking_and_nothing_else(prices, order):
    items = [
        item(fixed(str(price)), model=ChargeModel.RECURRING, name=f"Item{number}", quantity="3", rule=ASKED)
        for number, price in enumerate(prices)
    ]
    usage = item(flat("1"), name="Minutes")
    asked = [each.pricing_item_id for each in items]
    order.shuffle(asked)
    asked = asked[: max(1, len(asked) - 1)]
    made = charged(usage, *items, asked=tuple(asked))
    assert [line.charge.item.pricing_item_id for line in made.lines] == asked
    assert all(line.charge.span == Span(AT, AT) and line.charge.share is None for line in made.lines)
    by_name = {each.pricing_item_id: price for each, price in zip(items, prices, strict=True)}
    assert made.totals.excluding_tax == sum(by_name[name] for name in asked)


def test_markups_and_percentages_apply_and_what_belongs_to_a_period_does_not():
    off = Discount(DiscountType.PERCENTAGE, Decimal(10), ON_ALL, "10 % off")
    amount_off = Discount(DiscountType.AMOUNT, Decimal(50), ON_ALL, "50 off")
    due = Commitment(ON_ALL, "Minimum", Share(31, 31), amount=Decimal(1000))
    rule = sold().rules[0].config_id
    added = Markup(frozenset({rule}), amount=Decimal(20))
    terms = Adjustments((added,), (amount_off, off), (due,), (off,))
    made = charged(sold(), asked=("prii_training",), adjustments=terms)
    assert made.totals.excluding_tax == Decimal("243.00")
    assert len(made.everything) == 2


@pytest.mark.parametrize(
    "there",
    [
        item(fixed("1"), model=ChargeModel.ONE_OFF, name="Training"),
        sold(active=Active(AT.replace(month=4))),
        sold(active=Active(AT.replace(month=1), AT)),
    ],
)
def test_what_cannot_be_charged_then_is_refused(there):
    assert not on_demand.can_be_charged(there, AT)
    with pytest.raises(InvalidOperation, match="cannot be charged on demand"):
        charged(there, asked=("prii_training",))
