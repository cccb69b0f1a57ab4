"""Coupons on a schedule: what is sent becomes what the schedule keeps of each.

An entry of ``PricingPlanSchedule.coupons`` holds ``id``, ``coupon_name``, ``promotion_code`` and
``promotion_code_id`` (null without a code), and of the coupon what it promises: ``discount``, ``duration``,
``limited_to``. It never changes, as the promise of an ACTIVE coupon does not. ``start_at`` is set where a
running schedule got it, ``end_at`` where it was taken off again. ``billing.calc.coupons`` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.context import Context
from billing.models import Invoice, PricingPlanSchedule, PromotionCode, SubscriptionStatus
from billing.selectors import timelines
from billing.selectors.billed import BILLED
from billing.services.coupons import coupon_rules
from billing.services.coupons.coupon_rules import Sent
from catalog.models import Coupon
from catalog.selectors import coupons as selectors
from kit.errors import InvalidField
from kit.period import format_instant

Entry = dict[str, Any]
BY_ID, BY_CODE = "coupon_ids", "promotion_codes"


def are_sent(fields: Mapping[str, Any]) -> bool:
    """Whether a request says anything about coupons."""
    return BY_ID in fields or BY_CODE in fields


def entries(*, ctx: Context, schedule: PricingPlanSchedule, fields: Mapping[str, Any]) -> list[Entry]:
    """What the schedule is to keep; a list that is not sent stays as it is.

    Raises NotUsable, InvalidOperation and InvalidField for what cannot be applied to it, naming the field.
    """
    live = {each["id"]: each for each in applied(schedule)}
    gone = [each for each in schedule.coupons if each.get("end_at")]
    edge = _edge(ctx, schedule)
    found: dict[str, Entry] = {}
    for sent in _sent(schedule.platform_id, live.values(), fields):
        coupon_id = sent.coupon.public_id
        if coupon_id in found:
            raise InvalidField(f"the coupon {sent.coupon.reference} is named twice", field=sent.path)
        if any(each["id"] == coupon_id for each in gone):
            message = f"the coupon {sent.coupon.reference} was taken off this schedule; it is not given twice"
            raise InvalidField(message, field=sent.path)
        kept = live.get(coupon_id)
        if kept is not None and kept["promotion_code_id"] == (sent.code and sent.code.public_id):
            found[coupon_id] = kept
        else:
            found[coupon_id] = _new(ctx, schedule, sent, edge)
    taken_off = [each for coupon_id, each in live.items() if coupon_id not in found]
    return [*gone, *_ended(taken_off, schedule, edge), *found.values()]


def applied(schedule: PricingPlanSchedule) -> list[Entry]:
    """The coupons that it has now, in the order in which they apply."""
    return [each for each in schedule.coupons if not each.get("end_at")]


def _sent(platform_id: int, live: Any, fields: Mapping[str, Any]) -> Iterator[Sent]:
    """What the request names, and of the list that it leaves out what is there."""
    known = [each for each in live if (BY_CODE if each["promotion_code_id"] else BY_ID) not in fields]
    rows = Coupon.objects.filter(platform=platform_id, public_id__in=[each["id"] for each in known])
    codes = PromotionCode.objects.filter(
        platform=platform_id, public_id__in=[each["promotion_code_id"] for each in known]
    )
    coupons, by_id = ({row.public_id: row for row in several} for several in (rows, codes))
    for each in known:
        yield Sent(BY_ID, coupons[each["id"]], by_id.get(each["promotion_code_id"]))  # type: ignore[arg-type]
    for index, coupon in enumerate(fields.get(BY_ID) or ()):
        yield Sent(f"{BY_ID}.{index}", coupon)
    for index, code in enumerate(fields.get(BY_CODE) or ()):
        yield Sent(f"{BY_CODE}.{index}", code.coupon, code)


def _new(ctx: Context, schedule: PricingPlanSchedule, sent: Sent, edge: datetime | None) -> Entry:
    coupon, code = sent.coupon, sent.code
    limits = selectors.limited_to(coupon)
    coupon_rules.require(ctx=ctx, schedule=schedule, sent=sent, limited_to=limits)
    return promised(coupon, code) | ({"start_at": format_instant(edge)} if edge else {})


def promised(coupon: Coupon, code: PromotionCode | None) -> Entry:
    """What is kept of a coupon: what it promises, and the code it is redeemed by."""
    return {
        "id": coupon.public_id,
        "coupon_name": coupon.name,
        "promotion_code_id": code and code.public_id,
        "promotion_code": code and code.code,
        "discount": coupon.discount,
        "duration": coupon.duration,
        "limited_to": selectors.limited_to(coupon),
    }


def _ended(entries: Sequence[Entry], schedule: PricingPlanSchedule, edge: datetime | None) -> Iterator[Entry]:
    """Those taken off a running schedule, kept for the periods that they have been given for."""
    end = format_instant(edge) if edge else None
    start = format_instant(schedule.start_at)
    for each in entries:
        if end is not None and each.get("start_at", start) < end:
            yield each | {"end_at": end}


def _edge(ctx: Context, schedule: PricingPlanSchedule) -> datetime | None:
    """From when a change of coupons counts: the start of the first period that is not billed.

    None for one that has not begun: then from its start.
    """
    subscription = schedule.subscription
    if schedule.pk is None or subscription.status != SubscriptionStatus.ACTIVE or schedule.start_at > ctx.at:
        return None
    period = timelines.timeline(subscription).period_at(ctx.at)
    if period is None:
        return ctx.at
    final = Invoice.objects.filter(
        subscription=subscription, status__in=BILLED, period_start=period.span.start
    )
    return period.span.end if final.exclude(occasion="OPENING").exists() else period.span.start
