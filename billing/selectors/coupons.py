"""Rows of promotion codes and redemptions, with what the API shows of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from accounts.models import Platform
from billing.models import CouponRedemption, PromotionCode, PromotionCodeCustomer


def promotion_codes(platform: Platform) -> QuerySet[PromotionCode]:
    """The platform's codes with their coupons and the customers they are for."""
    customers = Prefetch(
        "customer_links", PromotionCodeCustomer.objects.select_related("customer").order_by("pk")
    )
    return PromotionCode.objects.for_platform(platform).select_related("coupon").prefetch_related(customers)


def redemptions(platform: Platform) -> QuerySet[CouponRedemption]:
    """Who has redeemed what."""
    return CouponRedemption.objects.filter(platform=platform).select_related(
        "coupon", "promotion_code", "customer", "subscription"
    )
