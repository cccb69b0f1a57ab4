"""Redeem the coupons of a subscription's schedules, and give back those that took nothing off.

A subscription redeems a coupon once, whichever of its schedules name it. The rows that count redemptions are
locked in key order, coupons before codes, before anything moves the platform's counter (which comes last
everywhere): of several that want the last redemption exactly one gets it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.context import Context
from billing.models import (
    CouponRedemption,
    InvoiceLine,
    PricingPlanSchedule,
    PricingPlanSubscription,
    PromotionCode,
)
from billing.selectors.billed import BILLED
from billing.services.coupons import coupon_rules
from billing.services.coupons.coupons import BY_CODE, BY_ID, applied
from catalog.models import Coupon
from catalog.selectors import coupons as selectors
from kit import persistence
from kit.errors import InvalidField, TallydeskError
from webhooks.services import changes


@dataclass(frozen=True, slots=True)
class Wanted:
    """A coupon to be redeemed, and where it is named."""

    schedule: int
    field: str
    coupon_id: str
    code_id: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A coupon, and the code by which it is redeemed, under lock and within their limits."""

    coupon: Coupon
    code: PromotionCode | None


def hold(
    *, ctx: Context, subscription: PricingPlanSubscription, schedules: Sequence[PricingPlanSchedule]
) -> list[Held]:
    """Lock what these schedules have not redeemed yet.

    Raises NotUsable or InvalidOperation, within ``pricing_plan_schedules.<index>``, where it cannot be.
    """
    redeemed = _redeemed(subscription)
    wanted = list(_wanted(schedules, redeemed))
    if not wanted:
        return []
    coupons, codes = _locked(ctx, wanted)
    by_customer = _by_customer(subscription, [*coupons.values()])
    found = []
    for each in wanted:
        held = Held(coupons[each.coupon_id], codes[each.code_id] if each.code_id else None)
        try:
            for row in coupon_rules.rows_of(held.coupon, held.code):
                coupon_rules.require_redeemable(
                    row, subscription, at=ctx.at, by_customer=by_customer[row.public_id], field=each.field
                )
        except TallydeskError as error:
            raise error.within(f"pricing_plan_schedules.{each.schedule}") from None
        found.append(held)
    return found


def of_one(error: TallydeskError) -> TallydeskError:
    """What ``hold`` raised of the only schedule, with the field as the request of one schedule knows it."""
    error.field = ".".join((error.field or "").split(".")[2:]) or None
    return error


def redeem(
    *, ctx: Context, subscription: PricingPlanSubscription, schedules: Sequence[PricingPlanSchedule]
) -> None:
    """Redeem what the schedules of an ACTIVE subscription name: ``coupon.redeemed``, once each.

    Raises what ``hold`` raises.
    """
    held = hold(ctx=ctx, subscription=subscription, schedules=schedules)
    if not held:
        return
    CouponRedemption.objects.bulk_create(
        CouponRedemption(
            platform=ctx.platform,
            coupon=each.coupon,
            promotion_code=each.code,
            customer=subscription.customer,
            subscription=subscription,
            redeemed_at=ctx.at,
        )
        for each in held
    )
    for each in held:
        for row in coupon_rules.rows_of(each.coupon, each.code):
            _count(ctx, row, 1, ("coupon.redeemed",) if row is each.coupon else ())


def release(
    *, ctx: Context, subscription: PricingPlanSubscription, schedules: Sequence[PricingPlanSchedule]
) -> None:
    """Give back what no schedule names any more and no final invoice has used."""
    named = {each["id"] for schedule in schedules for each in schedule.coupons}
    rows = [each for each in _redemptions(subscription) if each.coupon.public_id not in named]
    used = InvoiceLine.objects.filter(invoice__subscription=subscription, invoice__status__in=BILLED)
    spent = set(used.exclude(coupon_id="").values_list("coupon_id", flat=True)) if rows else set()
    _give_back(ctx, [each for each in rows if each.coupon.public_id not in spent])


def release_all(*, ctx: Context, subscription: PricingPlanSubscription) -> None:
    """Give back everything: the subscription was a mistake."""
    _give_back(ctx, _redemptions(subscription))


def _redemptions(subscription: PricingPlanSubscription) -> list[CouponRedemption]:
    rows = CouponRedemption.objects.filter(subscription=subscription)
    return list(rows.select_related("coupon", "promotion_code").order_by("pk"))


def _redeemed(subscription: PricingPlanSubscription) -> dict[str, str | None]:
    """Coupon id -> the id of the code that it was redeemed by."""
    if subscription.pk is None:
        return {}
    return {
        each.coupon.public_id: each.promotion_code.public_id if each.promotion_code else None
        for each in _redemptions(subscription)
    }


def _wanted(schedules: Sequence[PricingPlanSchedule], redeemed: dict[str, str | None]) -> Iterator[Wanted]:
    known = dict(redeemed)
    for place, schedule in enumerate(schedules):
        seen: Counter[str] = Counter()
        for entry in applied(schedule):
            coupon_id, code_id = entry["id"], entry["promotion_code_id"]
            name = BY_CODE if code_id else BY_ID
            field = f"{name}.{seen[name]}"
            seen[name] += 1
            if coupon_id not in known:
                known[coupon_id] = code_id
                yield Wanted(place, field, coupon_id, code_id)
            elif known[coupon_id] != code_id:
                message = f"the subscription has the coupon {entry['coupon_name']} in another way already"
                raise InvalidField(message, field=f"pricing_plan_schedules.{place}.{field}")


def _locked(ctx: Context, wanted: Iterable[Wanted]) -> tuple[dict[str, Coupon], dict[str, PromotionCode]]:
    ids = {each.coupon_id for each in wanted}
    codes = {each.code_id for each in wanted if each.code_id}
    found = selectors.coupons(ctx.platform).filter(public_id__in=ids).order_by("pk")
    coupons = {row.public_id: row for row in found.select_for_update(of=("self",), no_key=True)}
    rows = PromotionCode.objects.for_platform(ctx.platform).filter(public_id__in=codes).order_by("pk")
    by_id = {row.public_id: row for row in rows.select_for_update(of=("self",), no_key=True)}
    return coupons, by_id


def _by_customer(subscription: PricingPlanSubscription, coupons: Sequence[Coupon]) -> Counter[str]:
    """How often the customer has redeemed each of these, and each of their codes."""
    rows = CouponRedemption.objects.filter(customer=subscription.customer, coupon__in=coupons)
    found: Counter[str] = Counter()
    for coupon, code in rows.values_list("coupon__public_id", "promotion_code__public_id"):
        found[coupon] += 1
        found[code or ""] += 1
    return found


def _give_back(ctx: Context, rows: Sequence[CouponRedemption]) -> None:
    if not rows:
        return
    coupons = Coupon.objects.filter(pk__in={each.coupon_id for each in rows}).order_by("pk")
    codes = PromotionCode.objects.filter(pk__in={each.promotion_code_id for each in rows}).order_by("pk")
    locked: list[Any] = [
        *coupons.select_for_update(of=("self",), no_key=True),
        *codes.select_for_update(of=("self",), no_key=True),
    ]
    CouponRedemption.objects.filter(pk__in=[each.pk for each in rows]).delete()
    for row in locked:
        _count(ctx, row, -1, ())


def _count(ctx: Context, row: Any, change: int, lifecycle: tuple[str, ...]) -> None:
    before = changes.snapshot(row)
    values = {"number_of_redemptions": row.number_of_redemptions + change, "updated_at": ctx.at}
    persistence.store(row, persistence.assign(row, values))
    changes.updated(ctx=ctx, instance=row, before=before, lifecycle=lifecycle)
