import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import usage_charges
from billing.calc.assembly import assemble
from billing.calc.inputs import ChargeModel, InvoiceInputs, ScheduleInputs
from billing.calc.schedule import Active, BillingTime, Cadence, period_at
from billing.calc.tax import TaxCategory, TaxDecision
from billing.calc.tests.cast import (
    Summed,
    amounts,
    fixed,
    flat,
    invoice,
    item,
    tiered,
    used,
    where,
)
from billing.calc.tests.grids import cadence, cadences, local, utc
from billing.calc.totals import AmountType
from catalog.rating.parsing import config
from kit.errors import InvalidOperation
from kit.period import PeriodType, Span

APRIL = cadence(utc("2026-04-01T00:00:00"))
MID_APRIL = cadence(
    local("2026-04-16T12:00:00", "Europe/Amsterdam"),
    zone="Europe/Amsterdam",
    billing_time=BillingTime.CALENDAR,
)
EXEMPT = TaxDecision("Exempt", TaxCategory.EXEMPT, Decimal(0), ("Exempt from tax.",), "NL")
RECURRING, ONE_OFF = ChargeModel.RECURRING, ChargeModel.ONE_OFF


def test_usage_is_rated_rounded_and_taxed() -> None:
    content = invoice(APRIL, item(flat("0.0333"), usage=used("100.05")))
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][0]
    assert line["amount_excluding_tax"] == {"quantity": "3.33", "currency": "EUR"}
    assert line["amount_including_tax"] == {"quantity": "4.03", "currency": "EUR"}
    assert line["details"]["unrounded_amount"] == "3.331665"
    assert (line["quantity"], line["unit"], line["unit_amount"]) == ("100.05", "minute", "0.0333")
    assert line["meter_value"] == {
        "reference": "minutes",
        "type": "NUMBER",
        "number": "100.05",
        "amount": None,
    }


def test_a_banded_price_explains_each_band_on_a_sub_line() -> None:
    content = invoice(
        APRIL, item(tiered(("100", "0.10"), ("1000", "0.08"), (None, "0.07")), usage=used("200"))
    )
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][0]
    assert [sub["details"]["amount"]["quantity"] for sub in line["sub_lines"]] == ["10", "8"]
    assert line["amount_excluding_tax"]["quantity"] == "18.00"
    assert line["steps"][-1]["type"] == "ROUNDING"


def test_each_property_key_is_priced_by_one_rule() -> None:
    rows = (
        ({"engine": "fast"}, Decimal(10)),
        ({"engine": "slow"}, Decimal(20)),
        ({"engine": "old"}, Decimal(5)),
    )
    priced = item(flat("1.00"), flat("3.00", conditions=where("engine", "fast"), order=1), usage=Summed(rows))
    content = invoice(APRIL, priced)
    assert amounts(content) == ["25.00", "30.00"]
    assert content.unpriced == ()


def test_usage_that_no_rule_prices_is_listed() -> None:
    rows = (({"engine": "fast"}, Decimal(10)), ({"engine": "slow"}, Decimal(20)))
    content = invoice(APRIL, item(flat("3.00", conditions=where("engine", "fast")), usage=Summed(rows)))
    assert content.to_dict()["unpriced_usage"] == [
        {
            "pricing_plan_schedule_id": "ppsc_1",
            "pricing_item_id": "prii_minutes",
            "properties": {"engine": "slow"},
            "quantity": "20",
        }
    ]


def test_a_percentage_is_taken_of_an_amount_and_the_line_shows_the_amount() -> None:
    rate = config.parse({"pricing_type": "FLAT", "bands": [{"percentage": "2.5"}]})
    content = invoice(APRIL, item(rate, usage=Summed((({}, Decimal("199.90")),), currency="EUR")))
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][0]
    assert line["amount_excluding_tax"]["quantity"] == "5.00"
    assert line["meter_value"]["amount"] == {"quantity": "199.9", "currency": "EUR"}


def test_b31_no_usage_and_a_price_of_zero_give_a_line_of_zero() -> None:
    content = invoice(APRIL, item(flat("0.10")), item(flat("0"), usage=used("7"), name="Free"))
    assert amounts(content) == ["0.00", "0.00"]
    assert content.to_dict()["periods"][0]["groups"][0]["lines"][0]["quantity"] == "0"


def test_what_is_not_billed_gives_no_line() -> None:
    nothing = config.parse({"pricing_type": "NONE"})
    seats = item(nothing, model=ChargeModel.PER_SEAT, rule={"default_seats": Decimal(3)}, name="Seats")
    content = invoice(APRIL, item(nothing, usage=used("7")), seats)
    assert content.lines == []
    assert content.totals.including_tax == 0


def test_a_fee_in_arrears_is_billed_for_the_period_that_ran() -> None:
    content = invoice(APRIL, item(fixed("49.00"), model=RECURRING), index=1)
    assert [(line.charge.span, line.charge.amount) for line in content.lines] == [
        (APRIL.span(1), Decimal("49.00"))
    ]


def test_a_fee_in_advance_is_billed_for_the_next_period_and_first_of_all_for_the_first() -> None:
    fee = item(fixed("49.00"), model=RECURRING, advance=True)
    assert [line.charge.span for line in invoice(APRIL, fee).lines] == [APRIL.span(0), APRIL.span(1)]
    assert [line.charge.span for line in invoice(APRIL, fee, index=1).lines] == [APRIL.span(2)]


def test_every_period_is_billed_in_advance_exactly_once() -> None:
    fee = item(fixed("31.00"), model=RECURRING, advance=True)
    active = Active(MID_APRIL.anchor, local("2026-07-11T00:00:00", "Europe/Amsterdam"))
    lines = [line for index in range(4) for line in invoice(MID_APRIL, fee, index=index, active=active).lines]
    assert [line.charge.span.end for line in lines[:-1]] == [line.charge.span.start for line in lines[1:]]
    assert [line.charge.share.to_dict() for line in lines if line.charge.share] == [
        {"days": 15, "of_days": 30},
        {"days": 31, "of_days": 31},
        {"days": 30, "of_days": 30},
        {"days": 10, "of_days": 31},
    ]
    assert [str(line.charge.amount) for line in lines] == ["15.50", "31.00", "31.00", "10.00"]


def test_usage_is_never_prorated() -> None:
    content = invoice(MID_APRIL, item(flat("1.00"), usage=used("30")), item(fixed("30.00"), name="Fee"))
    assert amounts(content) == ["30.00", "15.00"]


def test_a_prorated_fee_shows_its_days_before_the_rounding() -> None:
    content = invoice(MID_APRIL, item(fixed("10.01"), model=RECURRING, name="Fee"))
    line = content.to_dict()["periods"][0]["groups"][0]["lines"][0]
    assert [step["type"] for step in line["steps"]][-3:] == ["TOTAL", "PRORATION", "ROUNDING"]
    assert line["steps"][-1]["unrounded_amount"] == "5.005"
    assert line["amount_excluding_tax"]["quantity"] == "5.01"
    assert line["details"]["proration"] == {"days": 15, "of_days": 30}


@pytest.mark.parametrize("advance", [True, False])
def test_a_one_off_is_billed_once_and_whole(advance: bool) -> None:
    setup = item(fixed("100.00"), model=ONE_OFF, advance=advance)
    assert amounts(invoice(MID_APRIL, setup)) == ["100.00"]
    assert amounts(invoice(MID_APRIL, setup, index=1)) == []
    assert amounts(invoice(MID_APRIL, replace(setup, charged_before=True))) == []


def test_a_fee_per_unit_is_multiplied() -> None:
    assert amounts(invoice(APRIL, item(flat("7.50"), model=RECURRING, quantity="3"))) == ["22.50"]


def test_lines_of_one_period_stand_together_in_the_order_of_time() -> None:
    content = invoice(
        APRIL, item(fixed("49.00"), advance=True, name="Fee"), item(flat("1.00"), usage=used("2"))
    )
    assert [period.span for period in content.periods] == [APRIL.span(0), APRIL.span(1)]
    groups = [group for period in content.periods for group in period.groups]
    names = [[line.charge.item.description for line in group.lines] for group in groups]
    assert names == [["Fee", "Minutes"], ["Fee"]]
    assert [period.order for period in content.periods] == [1, 2]


def test_prices_including_tax_are_split_into_base_and_tax() -> None:
    content = invoice(APRIL, item(fixed("99.00"), model=RECURRING), quoted=AmountType.INCLUDING_TAX)
    summary = content.to_dict()["tax_summary"]
    assert [summary[name]["quantity"] for name in ("base_amount", "tax_amount", "total_amount")] == [
        "81.82",
        "17.18",
        "99.00",
    ]


def test_categories_are_summed_apart_and_their_notes_collected() -> None:
    content = invoice(
        APRIL,
        item(fixed("10.00"), model=RECURRING, name="A"),
        item(fixed("5.00"), model=RECURRING, tax=EXEMPT, name="B"),
    )
    found = content.to_dict()
    assert [(each["category"], each["tax_amount"]["quantity"]) for each in found["tax_categories"]] == [
        ("STANDARD", "2.10"),
        ("EXEMPT", "0.00"),
    ]
    assert found["tax_summary"]["notes"] == ["Exempt from tax."]
    assert found["amount_including_tax"]["quantity"] == "17.10"


def test_a_price_in_another_currency_is_refused() -> None:
    with pytest.raises(InvalidOperation):
        invoice(APRIL, item(flat("1.00", currency="USD"), usage=used("1")))


@pytest.mark.parametrize(
    ("currency", "total"), [("JPY", "121"), ("USD", "121.48"), ("KWD", "121.484"), ("CLF", "121.4840")]
)
def test_b23_line_and_total_have_the_decimals_of_their_currency(currency: str, total: str) -> None:
    content = invoice(
        APRIL,
        item(flat("1.004", currency=currency), usage=used("100")),
        currency=currency,
    )
    assert content.to_dict()["amount_including_tax"] == {"quantity": total, "currency": currency}


def test_b18_an_item_has_one_line_for_each_rule_and_period() -> None:
    content = invoice(APRIL, item(flat("1.00"), usage=used("2")), item(fixed("5.00"), name="Fee"))
    keys = [(line.charge.rule.config_id, line.charge.span) for line in content.lines]
    assert len(keys) == len(set(keys))


@given(cadences, st.integers(0, 5))
def test_b04_every_line_lies_in_its_period_and_every_sum_agrees(grid: Cadence, index: int) -> None:
    priced = item(flat("0.333"), usage=used("12.7"))
    content = invoice(grid, priced, item(fixed("9.99"), advance=True, name="Fee"), index=index)
    for period in content.periods:
        lines = [line for group in period.groups for line in group.lines]
        assert all(line.charge.span == period.span for line in lines)
        assert period.totals.including_tax == sum(line.taxed.including_tax for line in lines)
    assert content.totals.including_tax == sum(period.totals.including_tax for period in content.periods)


def test_the_same_inputs_give_the_same_bytes() -> None:
    def printed() -> str:
        rows = (
            ({"engine": "slow", "area": "eu"}, Decimal(2)),
            ({"area": "eu", "engine": "fast"}, Decimal(3)),
        )
        priced = item(flat("1.10", conditions=where("engine", "fast")), usage=Summed(rows))
        content = invoice(MID_APRIL, priced, item(fixed("9.99"), advance=True, name="Fee"))
        return json.dumps(content.to_dict())

    assert printed() == printed()


def test_the_order_in_which_events_arrived_does_not_show() -> None:
    rows = (({"engine": "a"}, Decimal("0.1")), ({"engine": "b"}, Decimal("0.2")))
    forward, backward = (
        invoice(APRIL, item(flat("1.00"), usage=Summed(order))).to_dict() for order in (rows, rows[::-1])
    )
    assert forward == backward


def test_weekly_invoices_carry_their_period() -> None:
    grid = cadence(utc("2026-04-06T00:00:00"), type=PeriodType.WEEK, every=2)
    found = invoice(grid, item(flat("1.00"), usage=used("1"))).to_dict()
    assert found["billing_period"] == {"type": "WEEK", "value": 2}
    assert found["periods"][0]["end_at"] == "2026-04-20T00:00:00Z"


def test_two_schedules_share_an_invoice_each_in_its_own_part_of_the_period() -> None:
    change = utc("2026-04-11T00:00:00")
    parts = [Active(APRIL.anchor, change), Active(change)]
    fee = item(fixed("30.00"), model=RECURRING, name="Fee")
    schedules = tuple(
        ScheduleInputs("ppsu_1", f"ppsc_{number}", period_at(APRIL, active.start, active=active), (), (fee,))
        for number, active in enumerate(parts, 1)
    )
    content = assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, APRIL.period, schedules))
    assert amounts(content) == ["10.00", "20.00"]
    assert [period.span for period in content.periods] == [
        Span(APRIL.anchor, change),
        Span(change, APRIL.boundary(1)),
    ]


def test_an_invoice_may_bill_only_ahead() -> None:
    first = period_at(APRIL, APRIL.anchor)
    items = (item(fixed("49.00"), advance=True, name="Fee"), item(flat("1.00"), usage=used("2")))
    schedule = ScheduleInputs("ppsu_1", "ppsc_1", None, (first,), items)
    content = assemble(InvoiceInputs("EUR", AmountType.EXCLUDING_TAX, APRIL.period, (schedule,)))
    assert amounts(content) == ["49.00"]


def test_a_fixed_price_of_a_metered_item_is_due_without_any_usage() -> None:
    content = invoice(APRIL, item(fixed("5.00")))
    assert amounts(content) == ["5.00"]
    assert content.to_dict()["periods"][0]["groups"][0]["lines"][0]["meter_value"] is None


def test_what_usage_costs_by_itself_is_what_an_invoice_bills_for_it() -> None:
    priced = item(tiered(("100", "0.10"), (None, "0.08")), usage=used("250"))
    [line] = invoice(APRIL, priced).lines
    assert usage_charges.amount(priced) == line.charge.unrounded == Decimal("22")
