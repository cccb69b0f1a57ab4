"""Coupons: who may redeem one, how long it lasts, and what it takes off an invoice.

A coupon's own dates and limits say when it may be redeemed, not how long it lasts. Once redeemed it lasts
from the start of the schedule that names it, or of the billing period in which a running schedule got it.
PERIOD covers the charges of periods that start within the length, counted on the local calendar; FOREVER
covers all; ONE_TIME all on the first invoice that it takes something off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from billing.calc.discounts import CouponUse, Discount, DiscountType
from billing.calc.schedule import Active, resolve
from billing.calc.targets import AmountCondition, Ids, Level, Scope
from catalog.rating.comparisons import Comparator
from kit.errors import InvalidOperation
from kit.money import plain
from kit.period import Period, PeriodType, format_instant, parse_instant, shift

Json = Mapping[str, Any]
LIMITS = {
    "product_category_ids": Level.CATEGORY,
    "product_ids": Level.PRODUCT,
    "product_item_ids": Level.ITEM,
}


class DurationType(StrEnum):
    """For one invoice, for as long as there are any, or for a length of time; see the module."""

    ONE_TIME = "ONE_TIME"
    FOREVER = "FOREVER"
    PERIOD = "PERIOD"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a redeemed coupon lasts; only PERIOD has a `period`."""

    type: DurationType
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon as a schedule applies it: charges of periods that start in `active`, as its `duration` allows.

    `limits` restricts it to what it names; several levels add up.
    """

    use: CouponUse
    type: DiscountType
    value: Decimal
    duration: Duration
    active: Active
    limits: tuple[tuple[Level, Ids], ...] = ()
    condition: AmountCondition | None = None
    meter_value_id: str | None = None

    @property
    def is_for_one_invoice(self) -> bool:
        """Whether it is spent on the first invoice that it takes something off."""
        return self.duration.type is DurationType.ONE_TIME


@dataclass(frozen=True, slots=True)
class Redeemable:
    """What limits redemption, of a coupon or of a promotion code, in all and by one customer."""

    active: Active | None = None
    maximum: int | None = None
    redeemed: int = 0
    customer_maximum: int | None = None
    redeemed_by_customer: int = 0


def check(limits: Redeemable, *, at: datetime) -> None:
    """Raises InvalidOperation when it cannot be redeemed then; call it with the row locked."""
    active = limits.active
    if active is not None and at < active.start:
        raise InvalidOperation(f"cannot be redeemed before {format_instant(active.start)}", field="start_at")
    if active is not None and active.end is not None and not active.contains(at):
        raise InvalidOperation(f"could be redeemed until {format_instant(active.end)}", field="end_at")
    if limits.maximum is not None and limits.redeemed >= limits.maximum:
        message = f"has been redeemed as often as it may be, {limits.maximum} times"
        raise InvalidOperation(message, field="maximum_redemptions")
    if limits.customer_maximum is not None and limits.redeemed_by_customer >= limits.customer_maximum:
        message = f"may be redeemed by one customer {limits.customer_maximum} times only"
        raise InvalidOperation(message, field="maximum_redemptions_per_customer")


def applied(
    entries: Sequence[Json], *, start: datetime, firsts: Mapping[str, datetime], zone: ZoneInfo
) -> list[Coupon]:
    """The coupons of a schedule that starts then, from its stored JSON.

    `firsts` says of each coupon when the subscription began to have it.
    """
    return [_coupon(each, start, firsts.get(each["id"], start), zone) for each in entries]


def began(entries: Sequence[Json], *, start: datetime) -> dict[str, datetime]:
    """Coupon id -> since when a schedule that starts at `start` has it."""
    return {each["id"]: _start(each, start) for each in entries}


def earliest(begins: Sequence[Mapping[str, datetime]]) -> dict[str, datetime]:
    """Coupon id -> since when a subscription has it, by what its schedules say."""
    found: dict[str, datetime] = {}
    for schedule in begins:
        for coupon_id, start in schedule.items():
            found[coupon_id] = min(found.get(coupon_id, start), start)
    return found


def as_of(coupons: Sequence[Coupon], at: datetime) -> list[Coupon]:
    """Those that a period starting at this instant has, for whatever time they are asked."""
    always = Active(datetime.min.replace(tzinfo=UTC))
    return [replace(each, active=always) for each in coupons if each.active.contains(at)]


def discount(coupon: Coupon, *, schedule_id: str = "") -> Discount:
    """What it takes off, after all other discounts: of everything, or of what it is limited to."""
    return Discount(
        coupon.type,
        coupon.value,
        Scope(Level.TOTAL, active=coupon.active, limits=coupon.limits, schedule_id=schedule_id),
        _words(coupon),
        coupon.condition,
        coupon.use,
        coupon.meter_value_id,
        f"coupon.{coupon.use.coupon_id}",
    )


def _words(coupon: Coupon) -> str:
    match coupon.type:
        case DiscountType.PERCENTAGE:
            return f"{coupon.use.words}, {plain(coupon.value)}%"
        case DiscountType.AMOUNT:
            return coupon.use.words
        case DiscountType.USAGE:
            return f"{coupon.use.words}, {plain(coupon.value)} units free"


def _coupon(entry: Json, start: datetime, first: datetime, zone: ZoneInfo) -> Coupon:
    terms = entry["discount"]
    kind, duration = DiscountType(terms["type"]), _duration(entry["duration"])
    condition, usage = terms.get("condition"), terms.get("usage")
    use = CouponUse(
        entry["id"], entry.get("promotion_code_id"), entry.get("coupon_name", ""), entry.get("promotion_code")
    )
    return Coupon(
        use=use,
        type=kind,
        value=_value(kind, terms),
        duration=duration,
        active=Active(max(_start(entry, start), first), _end(entry, duration, first, zone)),
        limits=_limits(entry.get("limited_to") or {}),
        condition=AmountCondition(
            Comparator(condition["comparator"]), Decimal(condition["value"]["amount"]["quantity"])
        )
        if condition
        else None,
        meter_value_id=usage["meter_value_id"] if usage else None,
    )


def _start(entry: Json, start: datetime) -> datetime:
    added = entry.get("start_at")
    return max(parse_instant(added), start) if added else start


def _end(entry: Json, duration: Duration, first: datetime, zone: ZoneInfo) -> datetime | None:
    """Where it was taken off the schedule, or its length is over, whichever is first."""
    ends = [parse_instant(entry["end_at"])] if entry.get("end_at") else []
    if duration.period is not None:
        local = first.astimezone(zone)
        ends.append(resolve(shift(local.date(), duration.period, 1), local.time(), zone))
    return min(ends, default=None)


def _duration(body: Json) -> Duration:
    period = body.get("period")
    length = Period(PeriodType(period["type"]), period["value"]) if period else None
    return Duration(DurationType(body["type"]), length)


def _value(kind: DiscountType, terms: Json) -> Decimal:
    match kind:
        case DiscountType.PERCENTAGE:
            return Decimal(terms["percentage"])
        case DiscountType.AMOUNT:
            return Decimal(terms["amount"]["quantity"])
        case DiscountType.USAGE:
            number = terms["usage"].get("number")
            return Decimal(number if number is not None else terms["usage"]["amount"]["quantity"])


def _limits(limited_to: Json) -> tuple[tuple[Level, Ids], ...]:
    return tuple(
        (level, frozenset(limited_to[name])) for name, level in LIMITS.items() if limited_to.get(name)
    )
