"""Changes to coupons."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import Coupon, CouponLimit, CouponStatus
from catalog.selectors import coupons as selectors
from catalog.services import coupon_rules, rows
from catalog.services.switched import Steps
from kit import persistence
from kit.errors import CannotUpdate
from kit.lifecycle import switched_flow
from webhooks.services import changes

FLOW = switched_flow("COUPON")
STEPS: Steps[Coupon] = Steps(FLOW, selectors.coupons)
activate, deactivate, deprecate = STEPS.activate, STEPS.deactivate, STEPS.deprecate
archive, restore = STEPS.archive, STEPS.restore
# What those who redeem it are promised: settled once it can be redeemed.
PROMISED = ("discount", "duration", "limited_to")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Coupon:
    """A new coupon, DRAFT unless ``status`` says otherwise; 409 when its reference is taken.

    Raises MissingField, InvalidField and ReferencedNotFound as ``coupon_rules.require`` does.
    """
    values = coupon_rules.settled(ctx.platform, fields)
    limits = values.pop("limited_to", None) or {}
    status = rows.first_status(values)
    coupon = Coupon.stamped(platform=ctx.platform, at=ctx.at, status=status, **values)
    coupon_rules.require(coupon)
    persistence.insert(coupon)
    _limit(coupon, limits)
    changes.created(ctx=ctx, instance=coupon)
    return coupon


@transaction.atomic
def update(*, ctx: Context, instance: Coupon, fields: dict[str, Any]) -> Coupon:
    """Change the given fields; what it takes off, how long and of what changes only on a DRAFT."""
    row = _locked(instance)
    rows.assert_changeable(row)
    before = changes.snapshot(row)
    values = coupon_rules.settled(ctx.platform, fields)
    status = rows.next_status(FLOW, row, values)
    _assert_promise_stays(row, values)
    if "limited_to" in values:
        _limit(row, values.pop("limited_to") or {})
    if status:
        values["status"] = status
    changed = persistence.assign(row, values)
    coupon_rules.require(row)
    if changed:
        row.updated_at = ctx.at
        persistence.store(row, [*changed, "updated_at"])
    changes.updated(ctx=ctx, instance=row, before=before)
    return row


def _locked(instance: Coupon) -> Coupon:
    persistence.lock(instance)
    return selectors.coupons(instance.platform).get(pk=instance.pk)


def _assert_promise_stays(row: Coupon, values: dict[str, Any]) -> None:
    """Once it can be redeemed, the fields that make the promise may only be sent as they are."""
    if row.status == CouponStatus.DRAFT:
        return
    for name in PROMISED:
        if name in values and _plain(row, name, values[name]) != _present(row, name):
            raise CannotUpdate(
                f"The coupon is {row.status}: what it promises stays; make a new coupon",
                field=name,
                resource_type=row.object_type,
                resource_id=row.public_id,
            )


def _present(row: Coupon, name: str) -> Any:
    return selectors.limited_to(row) if name == "limited_to" else getattr(row, name)


def _plain(row: Coupon, name: str, sent: Any) -> Any:
    if name != "limited_to":
        return sent
    return {key: [each.public_id for each in several] for key, several in (sent or {}).items() if several}


def _limit(coupon: Coupon, limits: dict[str, Any]) -> None:
    """Limit the coupon to exactly these rows, by the field that names them."""
    coupon.limits.all().delete()
    CouponLimit.objects.bulk_create(
        CouponLimit(platform=coupon.platform, coupon=coupon, **{name.removesuffix("_ids"): row})
        for name, several in limits.items()
        for row in dict.fromkeys(several or ())
    )
    getattr(coupon, "_prefetched_objects_cache", {}).clear()
