from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billing.calc import coupons, discounts
from billing.calc.coupons import Coupon, Redeemable
from billing.calc.discounts import CouponUse
from billing.calc.schedule import Active
from billing.calc.tests.grids import cadence, local, utc
from billing.calc.tests.test_discounts import MAY, target
from kit.errors import InvalidOperation
from kit.period import format_instant

ZONE = "Europe/Amsterdam"
START = local("2026-01-31T00:00:00", ZONE)
MONTHS = cadence(START, zone=ZONE)
QUARTER = {"type": "PERIOD", "period": {"type": "MONTH", "value": 3}}
ONCE, FOREVER = {"type": "ONE_TIME"}, {"type": "FOREVER"}


def entry(**terms: Any) -> dict[str, Any]:
    """What a schedule stores of a coupon."""
    discount = {"type": "PERCENTAGE", "percentage": "15"}
    return {"id": "coup_1", "coupon_name": "Spring", "discount": discount, "duration": FOREVER} | terms


def read(*entries: dict[str, Any], firsts: dict[str, datetime] | None = None) -> list[Coupon]:
    return coupons.applied(entries, start=START, firsts=firsts or {}, zone=ZoneInfo(ZONE))


def months_with(coupon: Coupon) -> list[int]:
    return [index for index in range(6) if coupon.active.contains(MONTHS.boundary(index))]


def test_three_months_are_three_monthly_periods_across_month_ends_and_clock_changes() -> None:
    assert months_with(read(entry(duration=QUARTER))[0]) == [0, 1, 2]


def test_a_coupon_that_a_running_schedule_got_lasts_from_that_period() -> None:
    added = format_instant(MONTHS.boundary(2))
    [coupon] = read(entry(duration=QUARTER, start_at=added), firsts={"coup_1": MONTHS.boundary(2)})
    assert months_with(coupon) == [2, 3, 4]


def test_a_second_schedule_goes_on_with_what_the_first_began() -> None:
    begun = coupons.earliest(
        [coupons.began([entry()], start=MONTHS.boundary(-1)), coupons.began([entry()], start=START)]
    )
    assert months_with(read(entry(duration=QUARTER), firsts=begun)[0]) == [0, 1]


def test_a_coupon_begins_no_earlier_than_the_schedule_that_has_it() -> None:
    earlier, later = (entry(start_at=format_instant(MONTHS.boundary(index))) for index in (-1, 2))
    assert coupons.began([earlier], start=START) == {"coup_1": START}
    assert coupons.began([later], start=START) == {"coup_1": MONTHS.boundary(2)}


def test_a_coupon_that_was_taken_off_covers_what_came_before() -> None:
    [coupon] = read(entry(end_at=format_instant(MONTHS.boundary(1))))
    assert months_with(coupon) == [0]


@pytest.mark.parametrize(("duration", "single"), [(ONCE, True), (FOREVER, False), (QUARTER, False)])
def test_only_one_time_is_for_one_invoice(duration: dict[str, Any], single: bool) -> None:
    assert read(entry(duration=duration))[0].is_for_one_invoice is single


@pytest.mark.parametrize(
    ("discount", "words", "value"),
    [
        ({"type": "PERCENTAGE", "percentage": "12.50"}, "Coupon Spring (MAY), 12.5%", "12.5"),
        ({"type": "AMOUNT", "amount": {"quantity": "9", "currency": "EUR"}}, "Coupon Spring (MAY)", "9"),
        (
            {"type": "USAGE", "usage": {"meter_value_id": "metv_1", "number": "50"}},
            "Coupon Spring (MAY), 50 units free",
            "50",
        ),
    ],
)
def test_a_line_says_which_coupon_it_is(discount: dict[str, Any], words: str, value: str) -> None:
    [coupon] = read(entry(discount=discount, promotion_code="MAY", promotion_code_id="prco_1"))
    found = coupons.discount(coupon)
    assert (found.description, found.value, found.name) == (words, Decimal(value), "coupon.coup_1")


def test_a_coupon_without_a_code_goes_by_its_name() -> None:
    assert CouponUse("coup_1", name="Spring").words == "Coupon Spring"


JUNE = utc("2026-06-01T00:00:00")


@pytest.mark.parametrize(
    ("limits", "at", "field"),
    [
        (Redeemable(Active(MAY)), datetime.min.replace(tzinfo=MAY.tzinfo), "start_at"),
        (Redeemable(Active(MAY, JUNE)), JUNE, "end_at"),
        (Redeemable(maximum=2, redeemed=2), MAY, "maximum_redemptions"),
        (
            Redeemable(customer_maximum=1, redeemed_by_customer=1),
            MAY,
            "maximum_redemptions_per_customer",
        ),
    ],
)
def test_redeeming_is_limited(limits: Redeemable, at: datetime, field: str) -> None:
    with pytest.raises(InvalidOperation) as caught:
        coupons.check(limits, at=at)
    assert caught.value.field == field


@pytest.mark.parametrize("limits", [Redeemable(), Redeemable(Active(MAY, JUNE), 2, 1)])
def test_within_its_limits_it_is_redeemed(limits: Redeemable) -> None:
    coupons.check(limits, at=MAY)


def test_a_coupon_takes_off_what_it_is_limited_to() -> None:
    [coupon] = read(entry(limited_to={"product_item_ids": ["i"]}))
    targets = [target(100, item="i"), target(100)]
    targets = [replace(each, start=START) for each in targets]
    found = discounts.take([coupons.discount(coupon)], targets, currency="EUR")
    assert found.left == (85, 100)
    assert found.taken[0].discount.coupon == CouponUse("coup_1", None, "Spring", None)
