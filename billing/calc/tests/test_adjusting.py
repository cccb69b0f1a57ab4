"""Discounts, commitments and coupons among the lines of an invoice."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc.adjusting import target_of
from billing.calc.assembly import assemble
from billing.calc.commitments import Commitment
from billing.calc.content import InvoiceContent
from billing.calc.discounts import CouponUse, Discount
from billing.calc.inputs import Adjustments, ChargeModel, InvoiceInputs, ScheduleInputs
from billing.calc.proration import Share
from billing.calc.schedule import Active, period_at
from billing.calc.targets import Level, Scope
from billing.calc.tests.cast import fixed, flat, invoice, item, used, where
from billing.calc.tests.grids import utc
from billing.calc.tests.test_assembly import EXEMPT
from billing.calc.tests.test_discounts import off
from billing.calc.tests.test_modifiers import AUGUST, PER_SEAT, RECURRING, seats
from billing.calc.totals import AmountType
from catalog.rating.parsing import config
from catalog.rating.types import Config
from kit.errors import InvalidOperation

WHOLE = Share(31, 31)


def at(level: Level, *ids: str) -> Scope:
    return Scope(level, frozenset(ids))


def committed(amount: str, scope: Scope = Scope(Level.TOTAL), share: Share = WHOLE) -> Commitment:  # noqa: B008
    return Commitment(scope, "Minimum", share, Decimal(amount))


def adjusted(*items: Any, **adjustments: tuple[Any, ...]) -> InvoiceContent:
    return invoice(AUGUST, *items, adjustments=Adjustments(**adjustments))


def lines(content: InvoiceContent) -> list[tuple[str, str]]:
    return [
        (line["type"], line["amount_excluding_tax"]["quantity"])
        for period in content.to_dict()["periods"]
        for group in period["groups"]
        for line in group["lines"]
    ]


def test_a_discount_is_a_line_of_its_own_after_the_charges() -> None:
    content = adjusted(item(flat("1"), usage=used("100")), discounts=(off("10 %"),))
    assert lines(content) == [("REVENUE", "100.00"), ("DISCOUNT", "-10.00")]
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][1]
    assert (line["line_order"], line["discount_type"], line["level"]) == (2, "PERCENTAGE", "TOTAL")
    assert line["amount_including_tax"]["quantity"] == "-12.10"
    assert [step["type"] for step in line["steps"]] == ["BASE", "DISCOUNT", "ROUNDING"]


def test_a_rule_is_known_by_what_it_prices_in_every_version() -> None:
    """By its conditions; the only rule of an item by the item, whatever its conditions."""

    def prices(*configs: Config) -> list[set[object]]:
        content = invoice(AUGUST, item(*configs, usage=used("1", region="eu")))
        return [set(target_of(line.charge).prices) for line in content.lines]

    eu, us, ch = (flat("1", conditions=where("region", each)) for each in ("eu", "us", "ch"))
    [(first, second), (other, same)] = prices(eu, us), prices(us, eu)
    assert (first == same, second == other, first & second) == (True, True, set())
    [alone], [changed], [plain, _] = prices(eu), prices(ch), prices(flat("1"), us)
    assert (bool(alone & changed), bool(alone & first), bool(changed & first)) == (True, True, False)
    assert plain & prices(flat("2"))[0]


def test_an_amount_off_goes_on_where_one_schedule_charges_usage_and_the_next_one_a_fee_ahead() -> None:
    """As if one schedule had gone on: 10 from the usage of August and the fee of September together."""
    items = (
        item(flat("1"), usage=used("100")),
        item(fixed("50"), model=RECURRING, name="Fee", advance=True),
    )

    def schedule(name: str, index: int) -> ScheduleInputs:
        scope = Scope(Level.PRODUCT, frozenset({"pric_main"}), schedule_id=name)
        period = period_at(AUGUST, AUGUST.boundary(index))
        ran, ahead = ((period, ()), (None, (period,)))[index]
        adjustments = Adjustments(discounts=(off("10", scope),))
        return ScheduleInputs("ppsu_1", name, ran, ahead, items, AUGUST, adjustments)

    both = (schedule("ppsc_1", 0), schedule("ppsc_2", 1))
    content = assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, AUGUST.period, both))
    assert [amount for kind, amount in lines(content) if kind == "REVENUE"] == ["100.00", "50.00"]
    assert content.totals.excluding_tax == 140


def test_the_whole_order_of_an_invoice() -> None:
    """100 + 50; 10 % off a rule; minimum of 200; 10 off the total; a coupon of half."""
    coupon = off("50 %", coupon=CouponUse("coup_1", "prom_1"))
    content = adjusted(
        item(flat("1"), usage=used("100"), name="A"),
        item(flat("1"), usage=used("50"), name="B"),
        discounts=(off("10"), off("10 %", at(Level.RULE, "pric_a_0"))),
        commitments=(committed("200"),),
        coupons=(coupon,),
    )
    assert [amount for kind, amount in lines(content) if kind == "REVENUE"] == ["100.00", "50.00"]
    found = [amount for kind, amount in lines(content) if kind != "REVENUE"]
    assert found == ["-10.00", "60.00", "-10.00", "-95.00"]
    assert content.totals.excluding_tax == 95
    assert content.to_dict()["periods"][0]["groups"][0]["lines"][-1]["coupon_data"] == {
        "coupon_id": "coup_1",
        "promotion_code_id": "prom_1",
    }


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (Level.RULE, "pric_a_0"),
        (Level.ITEM, "prii_a"),
        (Level.ITEM, "proi_a"),
        (Level.PRODUCT, "pric_main"),
        (Level.PRODUCT, "prod_1"),
        (Level.CATEGORY, "proc_1"),
    ],
)
def test_each_level_finds_its_charges(level: Level, name: str) -> None:
    priced = item(
        flat("1"), usage=used("100"), name="A", product_ids=("prod_1",), product_category_ids=("proc_1",)
    )
    assert lines(adjusted(priced, discounts=(off("10", at(level, name)),)))[1] == ("DISCOUNT", "-10.00")
    assert len(lines(adjusted(priced, discounts=(off("10", at(level, "other")),)))) == 1


def test_a_discount_has_a_line_for_each_tax_it_reduces() -> None:
    content = adjusted(
        item(fixed("75"), model=RECURRING, name="A"),
        item(fixed("25"), model=RECURRING, name="B", tax=EXEMPT),
        discounts=(off("10"),),
    )
    assert lines(content)[2:] == [("DISCOUNT", "-7.50"), ("DISCOUNT", "-2.50")]
    assert content.totals.tax == Decimal("14.18")
    shares = [line.adjustment.steps[-1] for line in content.adjustments]
    assert [share["type"] for share in shares] == ["SHARE", "SHARE"]


def test_b24_prices_including_tax_are_reduced_including_tax() -> None:
    content = invoice(
        AUGUST,
        item(fixed("121"), model=RECURRING),
        quoted=AmountType.INCLUDING_TAX,
        adjustments=Adjustments(discounts=(off("21"),)),
    )
    assert (content.totals.including_tax, content.totals.tax) == (100, Decimal("17.36"))


def test_b17_a_fixed_discount_is_not_taken_again_for_seats_that_change() -> None:
    rule = seats((5, "2026-08-01"), (7, "2026-08-14"), (5, "2026-08-14"))
    there_and_back = item(flat("15.00"), model=PER_SEAT, rule=rule, name="Seats")
    content = adjusted(there_and_back, discounts=(off("20"),))
    assert content.totals.excluding_tax == 55
    rule = seats((5, "2026-08-01"), (7, "2026-08-14"))
    more = adjusted(item(flat("15.00"), model=PER_SEAT, rule=rule, name="Seats"), discounts=(off("20"),))
    assert more.totals.excluding_tax == Decimal("72.42")


def test_b18_the_next_invoice_has_one_line_for_each_item_again() -> None:
    rule = seats((5, "2026-08-01"), (7, "2026-08-14"))
    priced = item(flat("15.00"), model=PER_SEAT, rule=rule, name="Seats")
    content = invoice(AUGUST, priced, index=1, adjustments=Adjustments(discounts=(off("20"),)))
    assert lines(content) == [("REVENUE", "105.00"), ("DISCOUNT", "-20.00")]


def test_a_shortfall_is_prorated_and_bears_the_tax_of_its_charge() -> None:
    content = adjusted(
        item(flat("1"), usage=used("100")), commitments=(committed("500", share=Share(18, 31)),)
    )
    assert lines(content) == [("REVENUE", "100.00"), ("COMMITMENT", "190.32")]
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][1]
    assert (line["commitment_type"], line["discount_type"]) == ("TOTAL", None)
    assert line["tax_categories"][0]["percentage"] == "21"


def test_a_commitment_without_any_charge_is_refused() -> None:
    with pytest.raises(InvalidOperation):
        adjusted(item(config.parse({"pricing_type": "NONE"})), commitments=(committed("1"),))


def test_a_commitment_beside_one_offs_that_were_billed_before_stands_with_the_first_of_them() -> None:
    set_up = item(fixed("250"), model=ChargeModel.ONE_OFF, name="SetUp", tax=EXEMPT)
    some = Adjustments(commitments=(committed("100"),))
    first = invoice(AUGUST, set_up, adjustments=some)
    assert (first.totals.excluding_tax, first.adjustments) == (250, [])
    second = invoice(AUGUST, set_up, index=1, adjustments=some)
    (line,) = second.everything
    assert (second.lines, line.taxed.excluding_tax, line.taxed.decision) == ([], 100, EXEMPT)


@pytest.mark.parametrize("index", [0, 1])
def test_a_fee_ahead_counts_once_for_the_commitment_of_its_period_whichever_invoice_bills_it(
    index: int,
) -> None:
    """The first invoice has the fee of its own period and of the next; the second has the third."""
    fee = item(fixed("50"), model=RECURRING, name="Fee", advance=True)
    some = Adjustments(commitments=(committed("200"),))
    content = invoice(AUGUST, item(flat("1"), usage=used("100")), fee, index=index, adjustments=some)
    assert [amount for kind, amount in lines(content) if kind == "COMMITMENT"] == ["50.00"]


def test_a_discount_ends_with_its_time() -> None:
    until = Scope(Level.TOTAL, active=Active(AUGUST.anchor, utc("2026-09-01T00:00:00")))
    fee = item(fixed("100"), model=RECURRING)
    some = Adjustments(discounts=(off("10 %", until),))
    assert len(invoice(AUGUST, fee, adjustments=some).adjustments) == 1
    assert invoice(AUGUST, fee, index=1, adjustments=some).adjustments == []


DISCOUNTS = st.lists(
    st.builds(
        lambda value, level: off(value, at(level, "pric_a_0", "prii_b", "pric_main")),
        st.integers(0, 110).map(lambda percent: f"{percent} %") | st.integers(0, 300).map(str),
        st.sampled_from([Level.RULE, Level.ITEM, Level.PRODUCT, Level.TOTAL]),
    ),
    max_size=4,
).map(tuple)
PRICES = st.integers(0, 99999).map(lambda cents: str(Decimal(cents).scaleb(-2)))


@given(PRICES, PRICES, DISCOUNTS, DISCOUNTS, st.integers(0, 900), st.sampled_from(AmountType))
def test_b24_the_total_is_always_what_the_lines_come_to(
    one: str,
    other: str,
    discounts: tuple[Discount, ...],
    coupons: tuple[Discount, ...],
    minimum: int,
    quoted: AmountType,
) -> None:
    content = invoice(
        AUGUST,
        item(fixed(one), model=ChargeModel.RECURRING, name="A"),
        item(fixed(other), model=ChargeModel.RECURRING, name="B", tax=EXEMPT),
        quoted=quoted,
        adjustments=Adjustments((), discounts, (committed(str(minimum)),), coupons),
    )
    charged = sum((line.charge.amount for line in content.lines), Decimal(0))
    changed = sum((line.adjustment.amount for line in content.adjustments), Decimal(0))
    totals = content.totals
    billed = totals.excluding_tax if quoted is AmountType.EXCLUDING_TAX else totals.including_tax
    assert billed == charged + changed >= 0
    assert totals.excluding_tax + totals.tax == totals.including_tax
    groups = [group for period in content.periods for group in period.groups]
    for each in groups:
        assert each.totals.excluding_tax == sum(line.taxed.excluding_tax for line in each.everything)
    for branches in (content.periods, groups):
        assert sum(each.totals.including_tax for each in branches) == totals.including_tax
