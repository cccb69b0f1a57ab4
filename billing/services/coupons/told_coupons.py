"""Coupons that someone asks about: what each would take off, redeemed by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.context import Context
from accounts.models import Platform
from billing.calc import coupons as calc
from billing.calc.coupons import Coupon
from billing.models import PromotionCode
from billing.selectors import coupons as selectors
from billing.services.coupons import coupon_rules
from billing.services.coupons.coupons import promised
from billing.services.coupons.promotion_codes import key
from catalog.asked import Sold
from kit.errors import InvalidField, ReferencedNotFound

Json = Mapping[str, Any]
CODES, INLINE, STORED = "promotion_codes", "coupons", "coupon_ids"


def applied(
    *, ctx: Context, terms: Json, sold: Sold | None, currency: str, start: datetime, zone: ZoneInfo
) -> list[Coupon]:
    """Those of a schedule that starts then, in the order of a schedule: by id, by code, then as told.

    What is stored must be such that it could be redeemed now by anyone. Raises ReferencedNotFound for a code
    that is not there, NotUsable, InvalidOperation and InvalidField as a schedule does, naming the field.
    """
    found: list[Json] = []
    for path, entry in _entries(ctx, terms):
        coupon_rules.require_currency(entry["discount"], currency, path)
        _require_meant(entry, sold, path)
        if any(each["id"] == entry["id"] for each in found):
            raise InvalidField(f"the coupon {entry['coupon_name']} is named twice", field=path)
        found.append(entry)
    return calc.applied(found, start=start, firsts={}, zone=zone)


def _entries(ctx: Context, terms: Json) -> Iterator[tuple[str, Json]]:
    for index, row in enumerate(terms.get(STORED) or ()):
        path = f"terms.{STORED}.{index}"
        coupon_rules.require_redeemable(row, None, at=ctx.at, by_customer=0, field=path)
        yield path, promised(row, None)
    for index, said in enumerate(terms.get(CODES) or ()):
        path = f"terms.{CODES}.{index}"
        code = _code(ctx.platform, said, path)
        for each in coupon_rules.rows_of(code.coupon, code):
            coupon_rules.require_redeemable(each, None, at=ctx.at, by_customer=0, field=path)
        yield path, promised(code.coupon, code)
    for index, entry in enumerate(terms.get(INLINE) or ()):
        path = f"terms.{INLINE}.{index}"
        yield path, {**entry, "id": path, "coupon_name": entry.get("name") or str(index + 1)}


def _code(platform: Platform, said: str, path: str) -> PromotionCode:
    known = selectors.promotion_codes(platform)
    found = known.filter(code_key=key(said)).first() or known.filter(public_id=said).first()
    if found is None:
        raise ReferencedNotFound(f"The promotion code {said} does not exist", field=path)
    return found


def _require_meant(entry: Json, sold: Sold | None, path: str) -> None:
    limits: Mapping[str, Sequence[str]] = entry.get("limited_to") or {}
    if sold is None:
        if limits:
            message = "only a stored pricing item tells what it sells, and whether a coupon is limited to it"
            raise InvalidField(message, field=path)
        return
    named = {
        "product_category_ids": set(sold.product_category_ids),
        "product_ids": set(sold.product_ids),
        "product_item_ids": set(sold.product_item_ids),
    }
    coupon_rules.require_meant(entry["discount"], limits, [named], set(sold.meter_value_ids), path)
