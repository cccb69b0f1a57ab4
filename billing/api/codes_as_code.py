"""Promotion codes in the catalog as code: known by what customers type, for customers by reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Platform
from billing.api.promotion_codes import PromotionCodeSerializer
from billing.models import Customer
from billing.selectors import coupons as selectors
from billing.services.coupons import promotion_codes
from catalog.api.as_code.kinds import Entry, Key, Kind, Names
from catalog.models import CouponStatus


def _key(entry: Entry) -> Key:
    return promotion_codes.key(str(entry.get("code"))), 0


def _row(rows: Any, key: Key) -> Any:
    return rows.get(code_key=key[0])


def _customers(platform: Platform, entries: Sequence[Entry]) -> Names:
    """The references of the customers that codes are limited to."""
    named = [each for entry in entries for each in (entry.get("limited_to") or {}).get("customer_ids") or ()]
    rows = Customer.objects.filter(platform=platform, public_id__in=named) if named else ()
    return {row.public_id: row.reference for row in rows if row.reference}


KIND = Kind(
    "promotion_codes",
    selectors.promotion_codes,
    PromotionCodeSerializer,
    promotion_codes,
    statuses=tuple(CouponStatus.values),
    named=("code",),
    key=_key,
    row=_row,
    names=_customers,
)
