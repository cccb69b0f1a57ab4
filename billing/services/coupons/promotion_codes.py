"""Changes to promotion codes: what a customer types to redeem a coupon."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import Customer, PromotionCode, PromotionCodeCustomer
from billing.selectors import coupons as selectors
from catalog.models import CouponStatus
from catalog.services import coupon_rules, rows
from catalog.services.switched import Steps
from kit import persistence
from kit.errors import AlreadyExists, CannotUpdate, InvalidField, NotUsable
from kit.lifecycle import switched_flow
from webhooks.services import changes

FLOW = switched_flow("PROMOTION_CODE")
STEPS: Steps[PromotionCode] = Steps(FLOW, selectors.promotion_codes)
activate, deactivate, deprecate = STEPS.activate, STEPS.deactivate, STEPS.deprecate
archive, restore = STEPS.archive, STEPS.restore
# In a format `#` stands for one of these: no character that looks like another.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PLACE = "#"
DEFAULT_FORMAT = PLACE * 8
FEWEST_PLACES = 4
TRIES = 5
ENDED = (CouponStatus.DEPRECATED, CouponStatus.ARCHIVED)


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> PromotionCode:
    """A new code of a coupon, DRAFT unless ``status`` says otherwise.

    Its ``code`` is given, or made by ``code_format``. Raises AlreadyExists for one that is taken, whatever
    its case; NotUsable for a coupon that is closed for good; InvalidField for dates, limits, or a code that
    does not fit its format.
    """
    values = dict(fields)
    customers: list[Customer] = (values.pop("limited_to", None) or {}).get("customer_ids") or []
    status = rows.first_status(values)
    coupon = values["coupon"]
    if coupon.status in ENDED:
        raise NotUsable(f"The coupon {coupon.reference} is {coupon.status}", field="coupon_id")
    code, pattern = values.pop("code", None), values.pop("code_format", None) or ""
    _require_fit(code, pattern)
    row = PromotionCode.stamped(
        platform=ctx.platform, at=ctx.at, status=status, code_format=pattern, **values
    )
    coupon_rules.require_window(row)
    _insert(row, code)
    PromotionCodeCustomer.objects.bulk_create(
        PromotionCodeCustomer(platform=ctx.platform, promotion_code=row, customer=each)
        for each in dict.fromkeys(customers)
    )
    changes.created(ctx=ctx, instance=row)
    return row


@transaction.atomic
def update(*, ctx: Context, instance: PromotionCode, fields: dict[str, Any]) -> PromotionCode:
    """Move it to ``status``; CannotUpdate for any other field: customers hold the code as it is."""
    for name in fields:
        if name != "status":
            message = "A promotion code stays as it is: make another one"
            raise CannotUpdate(
                message, field=name, resource_type=instance.object_type, resource_id=instance.public_id
            )
    return (
        STEPS.move(ctx=ctx, instance=instance, status=CouponStatus(fields["status"])) if fields else instance
    )


def _insert(row: PromotionCode, code: str | None) -> None:
    """Insert it under its own code, or under one that is made; a made one that is taken is made again."""
    for left in reversed(range(1 if code else TRIES)):
        row.code = code or _made(row.code_format or DEFAULT_FORMAT)
        row.code_key = key(row.code)
        try:
            persistence.insert(row)
            return
        except AlreadyExists as error:
            if not left:
                error.field = "code" if code else "code_format"
                error.message = f"The promotion code {row.code} exists already"
                raise


def key(code: str) -> str:
    """What a code is found by: case does not matter to who types it."""
    return code.upper()


def _made(pattern: str) -> str:
    return "".join(secrets.choice(ALPHABET) if each == PLACE else each for each in pattern)


def _require_fit(code: str | None, pattern: str) -> None:
    """A format leaves enough to chance; a code that is given beside it has its form."""
    if pattern and pattern.count(PLACE) < FEWEST_PLACES:
        message = f"must have at least {FEWEST_PLACES} places ({PLACE}) that are filled at random"
        raise InvalidField(message, field="code_format")
    if code and pattern and not _fits(code, pattern):
        raise InvalidField("does not have the form of code_format", field="code")


def _fits(code: str, pattern: str) -> bool:
    pairs = zip(code.upper(), pattern.upper(), strict=False)
    return len(code) == len(pattern) and all(place in (PLACE, each) for each, place in pairs)
