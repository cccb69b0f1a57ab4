from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from billing.calc import coupons, discounts
from billing.calc.coupons import Coupon, Duration, DurationType, Redeemable
from billing.calc.discounts import CouponUse, DiscountType
from billing.calc.schedule import Active
from billing.calc.targets import Level
from billing.calc.tests.grids import cadence, local, utc
from billing.calc.tests.test_discounts import MAY, target
from kit.errors import InvalidField, InvalidOperation
from kit.period import Period, PeriodType

ZONE = "Europe/Amsterdam"
MONTHS = cadence(local("2026-01-31T00:00:00", ZONE), zone=ZONE)
QUARTER = Duration(DurationType.PERIOD, Period(PeriodType.MONTH, 3))
ONCE, FOREVER = Duration(DurationType.ONE_TIME), Duration(DurationType.FOREVER)


def periods_with(duration: Duration, *, first: int = 0, used: int = 0) -> list[int]:
    start = MONTHS.boundary(first)
    return [
        index
        for index in range(8)
        if coupons.lasts(duration, first=start, start=MONTHS.boundary(index), zone=ZoneInfo(ZONE), used=used)
    ]


def test_three_months_are_three_monthly_invoices_across_month_ends_and_clock_changes() -> None:
    assert periods_with(QUARTER) == [0, 1, 2]
    assert periods_with(QUARTER, first=2) == [2, 3, 4]


def test_once_lasts_until_it_has_been_used() -> None:
    assert periods_with(ONCE, first=3)[0] == 3
    assert periods_with(ONCE, used=1) == []


def test_forever_lasts() -> None:
    assert periods_with(FOREVER, first=1, used=99) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("type", "period"), [(DurationType.PERIOD, None), (DurationType.FOREVER, Period(PeriodType.DAY, 1))]
)
def test_only_a_period_has_a_length(type: DurationType, period: Period | None) -> None:
    with pytest.raises(InvalidField):
        Duration(type, period)


JUNE = utc("2026-06-01T00:00:00")


@pytest.mark.parametrize(
    ("limits", "at", "field"),
    [
        (Redeemable(Active(MAY)), datetime.min.replace(tzinfo=MAY.tzinfo), "start_at"),
        (Redeemable(Active(MAY, JUNE)), JUNE, "end_at"),
        (Redeemable(maximum=2, redeemed=2), MAY, "maximum_redemptions"),
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
    limits = ((Level.ITEM, frozenset({"i"})),)
    coupon = Coupon(
        CouponUse("coup_1", "prom_1"), "Spring", DiscountType.PERCENTAGE, Decimal(15), ONCE, limits
    )
    found = discounts.take([coupons.discount(coupon)], [target(100, item="i"), target(100)], currency="EUR")
    assert found.left == (85, 100)
    assert found.taken[0].discount.coupon == CouponUse("coup_1", "prom_1")
