"""Every modifier of a price, through the assembly of a whole invoice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from billing.calc.currencies import ExchangeRate, Rates
from billing.calc.inputs import Adjustments, ChargeModel, ItemType
from billing.calc.markup import Markup
from billing.calc.schedule import Active
from billing.calc.seats import SeatCount
from billing.calc.tests.cast import Summed, amounts, fixed, flat, invoice, item, money, used, where
from billing.calc.tests.grids import cadence, utc
from catalog.rating.parsing import config
from catalog.rating.types import Config
from catalog.rating.volume import State
from kit.errors import InvalidOperation
from kit.period import Period, PeriodType

AUGUST = cadence(utc("2026-08-01T00:00:00"))
RECURRING, PER_SEAT = ChargeModel.RECURRING, ChargeModel.PER_SEAT
MONTH, YEAR = Period(PeriodType.MONTH, 1), Period(PeriodType.YEAR, 1)


def banded(pricing_type: str, *prices: tuple[str | None, str], **extra: Any) -> Config:
    bands = [
        {"amount": money(amount)} | ({"tier_top_bound": {"number": top}} if top else {})
        for top, amount in prices
    ]
    return config.parse({"pricing_type": pricing_type, "bands": bands, **extra})


def volume(**extra: Any) -> Config:
    return banded("TOP_TIERED", ("100", "1.00"), (None, "0.50"), **extra)


def first_line(content: Any) -> dict[str, Any]:
    line: dict[str, Any] = content.to_dict()["periods"][0]["groups"][0]["lines"][0]
    return line


def steps(content: Any) -> list[str]:
    return [step["type"] for step in first_line(content)["steps"]]


def test_rules_without_a_volume_group_each_have_their_own_bands() -> None:
    """60 minutes each, which would be 120 together: nobody reaches the cheaper band."""
    rules = volume(conditions=where("region", "eu")), volume()
    both = Summed((({"region": "eu"}, Decimal(60)), ({"region": "us"}, Decimal(60))))
    alone = item(volume(), usage=used("60"), name="Apart")
    assert amounts(invoice(AUGUST, item(*rules, usage=both), alone)) == ["60.00"] * 3


def test_rules_of_a_volume_group_share_the_band_of_their_total() -> None:
    group = {"volume_group_reference": "minutes"}
    content = invoice(
        AUGUST,
        item(volume(**group), usage=used("60"), name="Calls"),
        item(volume(**group), usage=used("50"), name="Texts"),
        item(volume(), usage=used("50"), name="Faxes"),
    )
    assert amounts(content) == ["30.00", "25.00", "50.00"]
    details = first_line(content)["details"]
    assert details["tiering_meter_value"] == {"number": "110"}
    assert details["band"]["volume_share"].startswith("0.545454")


def test_rules_of_one_item_may_share_their_volume() -> None:
    rows = (({"engine": "fast"}, Decimal(60)), ({"engine": "slow"}, Decimal(50)))
    group = {"volume_group_reference": "minutes"}
    fast = volume(conditions=where("engine", "fast"), **group)
    assert amounts(invoice(AUGUST, item(fast, volume(**group), usage=Summed(rows)))) == ["30.00", "25.00"]


def test_numbers_and_amounts_of_one_group_stay_apart() -> None:
    percent = config.parse(
        {"pricing_type": "FLAT", "bands": [{"percentage": "1"}], "volume_group_reference": "g"}
    )
    content = invoice(
        AUGUST,
        item(volume(volume_group_reference="g"), usage=used("60")),
        item(percent, usage=Summed((({}, Decimal(100)),), "EUR"), name="Sales"),
    )
    assert amounts(content) == ["60.00", "1.00"]


def test_tiering_conditions_say_which_usage_decides_the_band() -> None:
    rows = (({"engine": "fast"}, Decimal(60)), ({"engine": "slow"}, Decimal(80)))
    fast = {
        "expression": {
            "operator": "AND",
            "operands": [{"meter_property": where("engine", "fast")["meter_properties"][0]}],
        }
    }
    assert amounts(invoice(AUGUST, item(volume(), usage=Summed(rows)))) == ["70.00"]
    assert amounts(invoice(AUGUST, item(volume(tiering_conditions=fast), usage=Summed(rows)))) == ["140.00"]


def test_another_calculation_may_decide_the_band() -> None:
    priced = item(volume(), usage=used("10"), tiering_usage=used("5000"))
    assert amounts(invoice(AUGUST, priced)) == ["5.00"]


def test_a_split_price_has_a_line_for_each_value_at_one_price() -> None:
    rows = (
        ({"team": "b", "x": "1"}, Decimal(100)),
        ({"team": "a", "x": "1"}, Decimal(30)),
        ({"team": "b", "x": "2"}, Decimal(20)),
    )
    split = {"meter_properties": [{"reference": "team"}]}
    content = invoice(AUGUST, item(volume(split_pricing=split), usage=Summed(rows)))
    assert amounts(content) == ["15.00", "60.00"]
    assert [line.charge.positions for line in content.lines] == [(1,), (0, 2)]
    assert first_line(content)["details"]["split_pricing"] == {
        "meter_properties": [{"reference": "team", "value": "a"}]
    }


def test_the_keys_of_usage_are_listed_as_often_for_many_lines_as_for_two() -> None:
    """Listed for each line, a thousand values would cost a million."""
    listed: list[int] = []

    class Listing(Summed):
        @property
        def keys(self) -> Sequence[Mapping[str, str]]:
            listed.append(len(self.rows))
            return super().keys

    split = {"meter_properties": [{"reference": "team"}]}
    for size in (2, 40):
        usage = Listing(tuple(({"team": f"{number:02}"}, Decimal(number)) for number in range(size)))
        billed = item(volume(split_pricing=split), usage=usage, reports=(("events", usage),))
        lines = invoice(AUGUST, billed).lines
        told = [usage.quantity for line in lines for _, usage in line.charge.reports]
        assert told == [Decimal(number) for number in range(size)]
    assert listed.count(40) == listed.count(2)


def test_a_split_price_without_usage_has_its_line_of_zero() -> None:
    split = {"meter_properties": [{"reference": "team"}]}
    assert amounts(invoice(AUGUST, item(volume(split_pricing=split)))) == ["0.00"]


def test_split_values_and_other_rules_share_one_group() -> None:
    rows = (({"team": "a"}, Decimal(60)), ({"team": "b"}, Decimal(20)))
    split = {"meter_properties": [{"reference": "team"}]}
    content = invoice(
        AUGUST,
        item(volume(split_pricing=split, volume_group_reference="g"), usage=Summed(rows)),
        item(volume(volume_group_reference="g"), usage=used("40"), name="Texts"),
    )
    assert amounts(content) == ["30.00", "10.00", "20.00"]


def test_bundles_are_bought_and_what_is_left_is_handed_on() -> None:
    bundle = config.parse(
        {
            "pricing_type": "FLAT_TOP_UP",
            "bands": [{"amount": money("8"), "block_size": {"number": "100"}}],
            "top_up": {"rollover": True},
        }
    )
    priced = item(bundle, usage=used("250"), rule={"state": State(carried=Decimal(30))})
    content = invoice(AUGUST, priced)
    assert amounts(content) == ["24.00"]
    assert content.lines[0].charge.rated.left.carried == 80


def test_the_line_says_what_is_left_of_an_included_volume() -> None:
    free = flat("1.00", default_included_volume={"number": "100", "reset_type": "SCHEDULE"})
    priced = item(free, usage=used("50"), rule={"state": State(available=Decimal(60))})
    assert first_line(invoice(AUGUST, priced))["details"]["included_volume_details"] == {
        "included_volume": {"type": "NUMBER", "number": "60", "amount": None},
        "available_included_volume": {"type": "NUMBER", "number": "10", "amount": None},
        "period_volume": {"type": "NUMBER", "number": "50", "amount": None},
    }


def seats(*counts: tuple[int, str]) -> dict[str, Any]:
    return {
        "seats": tuple(SeatCount(Decimal(number), Active(utc(f"{day}T00:00:00"))) for number, day in counts)
    }


def test_seats_in_arrears_have_a_line_for_each_change() -> None:
    rule = seats((10, "2026-08-01"), (12, "2026-08-14"))
    content = invoice(AUGUST, item(flat("15.00"), model=PER_SEAT, rule=rule, name="Seats"))
    assert amounts(content) == ["150.00", "17.42"]
    lines = content.to_dict()["periods"][0]["groups"][0]["lines"]
    assert [line["quantity"] for line in lines] == ["10", "2"]
    assert [step["type"] for step in lines[1]["steps"]][-3:] == ["SEATS", "PRORATION", "ROUNDING"]
    assert lines[0]["steps"][0]["description"].startswith("Quantity: ")  # nobody measured the seats


def test_seats_in_advance_are_those_at_the_start_and_changes_follow_in_arrears() -> None:
    rule = seats((10, "2026-08-01"), (12, "2026-08-14"), (9, "2026-09-20"))
    priced = item(flat("15.00"), model=PER_SEAT, rule=rule, advance=True, name="Seats")
    assert amounts(invoice(AUGUST, priced)) == ["150.00", "17.42", "180.00"]
    assert amounts(invoice(AUGUST, priced, index=1)) == ["-16.50", "135.00"]


def test_the_seats_of_the_plan_hold_without_dated_ones() -> None:
    priced = item(flat("15.00"), model=PER_SEAT, rule={"default_seats": Decimal(3)}, name="Seats")
    assert amounts(invoice(AUGUST, priced)) == ["45.00"]


@pytest.mark.parametrize(
    ("period", "every", "expected"), [(MONTH, 3, "450.00"), (YEAR, 1, "12.50"), (MONTH, 1, "150.00")]
)
def test_a_price_for_another_period_is_multiplied_or_divided(
    period: Period, every: int, expected: str
) -> None:
    grid = cadence(utc("2026-08-01T00:00:00"), every=every)
    content = invoice(grid, item(fixed("150"), model=RECURRING, rule={"pricing_period": period}))
    assert amounts(content) == [expected]
    assert ("PRICING_PERIOD" in steps(content)) == (period != grid.period)


def test_a_deduction_reduces_the_invoice() -> None:
    content = invoice(
        AUGUST,
        item(fixed("100"), model=RECURRING, name="Fee"),
        item(flat("0.30"), usage=used("50"), type=ItemType.DEDUCTION, name="Cashback"),
    )
    assert amounts(content) == ["100.00", "-15.00"]
    assert content.totals.excluding_tax == 85


def test_converted_usage_is_priced_as_usage() -> None:
    priced = item(flat("0.30"), usage=used("50"), model=ChargeModel.USAGE_BASED_CONVERSION)
    assert amounts(invoice(AUGUST, priced)) == ["15.00"]


def test_a_markup_raises_its_rule_before_the_rounding() -> None:
    markup = Markup(frozenset({"pric_minutes_0"}), percentage=Decimal("12.5"))
    content = invoice(
        AUGUST, item(flat("0.333"), usage=used("1")), adjustments=Adjustments(markups=(markup,))
    )
    line = first_line(content)
    assert steps(content)[-3:] == ["TOTAL", "MARKUP", "ROUNDING"]
    assert (line["steps"][-1]["unrounded_amount"], line["amount_excluding_tax"]["quantity"]) == (
        "0.374625",
        "0.37",
    )


def test_markups_come_one_after_the_other() -> None:
    some = tuple(Markup(frozenset({"pric_minutes_0"}), percentage=Decimal(each)) for each in (10, 20))
    content = invoice(AUGUST, item(flat("1.00"), usage=used("100")), adjustments=Adjustments(markups=some))
    assert amounts(content) == ["132.00"]


RATE = ExchangeRate("USD", "EUR", Decimal("0.9"), utc("2026-08-31T12:00:00"), "ECB")


def test_a_price_in_another_currency_is_converted_and_keeps_its_rate() -> None:
    rates = Rates((RATE,), utc("2026-09-01T00:00:00"))
    content = invoice(AUGUST, item(flat("1.00", currency="USD"), usage=used("10.01")), rates=rates)
    line = first_line(content)
    assert line["amount_excluding_tax"] == {"quantity": "9.01", "currency": "EUR"}
    assert line["details"]["pricing_amount"] == {"quantity": "10.01", "currency": "USD"}
    assert line["details"]["used_exchange_rates"] == [RATE.to_dict()]
    assert steps(content)[-3:] == ["TOTAL", "EXCHANGE", "ROUNDING"]


def test_without_a_rate_at_that_time_a_price_in_another_currency_is_refused() -> None:
    rates = Rates((RATE,), utc("2026-08-31T00:00:00"))
    with pytest.raises(InvalidOperation) as caught:
        invoice(AUGUST, item(flat("1.00", currency="USD"), usage=used("1")), rates=rates)
    assert caught.value.field == "billing_currency"
