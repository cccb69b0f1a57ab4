"""Coupons: who may redeem one, how long it lasts, and what it takes off an invoice.

A coupon that is redeemed lasts for the billing period in which that happened (ONE_TIME: the first
invoice it takes something off; PERIOD: billing periods that start within the length, counted on the
local calendar from the start of the first; FOREVER). Its own dates and limits say when it may be
redeemed, not how long it lasts.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from billing.calc.discounts import CouponUse, Discount, DiscountType
from billing.calc.schedule import Active, resolve
from billing.calc.targets import AmountCondition, Ids, Level, Scope
from kit.errors import InvalidField, InvalidOperation
from kit.period import Period, shift


class DurationType(StrEnum):
    ONE_TIME = "ONE_TIME"
    FOREVER = "FOREVER"
    PERIOD = "PERIOD"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a redeemed coupon lasts; only PERIOD has a `period`, and must have one."""

    type: DurationType
    period: Period | None = None

    def __post_init__(self) -> None:
        if (self.type is DurationType.PERIOD) != (self.period is not None):
            raise InvalidField(
                "a duration of type PERIOD, and no other, has a period", field="duration.period"
            )


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon as it was when redeemed. `limits` restricts it to what it names; several levels add up."""

    use: CouponUse
    name: str
    type: DiscountType
    value: Decimal
    duration: Duration
    limits: tuple[tuple[Level, Ids], ...] = ()
    condition: AmountCondition | None = None
    meter_value_id: str | None = None


@dataclass(frozen=True, slots=True)
class Redeemable:
    """What limits redemption, of a coupon or of a promotion code."""

    active: Active | None = None
    maximum: int | None = None
    redeemed: int = 0


def check(limits: Redeemable, *, at: datetime) -> None:
    """Raises InvalidOperation when it cannot be redeemed then; call it with the row locked."""
    active = limits.active
    if active is not None and at < active.start:
        raise InvalidOperation("cannot be redeemed yet", field="start_at")
    if active is not None and not active.contains(at):
        raise InvalidOperation("can no longer be redeemed", field="end_at")
    if limits.maximum is not None and limits.redeemed >= limits.maximum:
        raise InvalidOperation("has been redeemed as often as it may be", field="maximum_redemptions")


def lasts(duration: Duration, *, first: datetime, start: datetime, zone: ZoneInfo, used: int) -> bool:
    """Whether it still counts on the invoice of the billing period that starts at `start`.

    `first` is the start of the period in which it was redeemed, `used` on how many earlier invoices
    it has taken something off.
    """
    if start < first:
        return False
    match duration.type:
        case DurationType.ONE_TIME:
            return used == 0
        case DurationType.FOREVER:
            return True
        case DurationType.PERIOD:
            assert duration.period is not None
            local = first.astimezone(zone)
            return start < resolve(shift(local.date(), duration.period, 1), local.time(), zone)


def discount(coupon: Coupon) -> Discount:
    """What it takes off, after all other discounts: of everything, or of what it is limited to."""
    return Discount(
        coupon.type,
        coupon.value,
        Scope(Level.TOTAL, limits=coupon.limits),
        coupon.name,
        coupon.condition,
        coupon.use,
        coupon.meter_value_id,
    )
