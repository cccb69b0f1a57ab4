"""Rows of coupons, with what the API shows of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from accounts.models import Platform
from catalog.models import Coupon, CouponLimit

LIMITS = ("product_category", "product", "product_item")


def coupons(platform: Platform) -> QuerySet[Coupon]:
    """The platform's coupons with what they are limited to."""
    limits = Prefetch("limits", CouponLimit.objects.select_related(*LIMITS).order_by("pk"))
    return Coupon.objects.for_platform(platform).prefetch_related(limits)


def limited_to(coupon: Coupon) -> dict[str, list[str]]:
    """The public ids it is limited to, by the field that names them; only what is not empty."""
    found: dict[str, list[str]] = {}
    for limit in coupon.limits.all():
        for name in LIMITS:
            row = getattr(limit, name)
            if row is not None:
                found.setdefault(f"{name}_ids", []).append(row.public_id)
    return found
