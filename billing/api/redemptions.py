"""Who has redeemed a coupon or a promotion code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from accounts.models import Platform
from billing.api.schedule_terms import PromotionCodeDetailsSerializer
from billing.models import CouponRedemption, PromotionCode
from billing.selectors import coupons as selectors
from billing.services.coupons.promotion_codes import key as code_key
from catalog.models import Coupon
from kit.api import filters, paging
from kit.api.fields import InstantField, expanded
from kit.api.links import find
from kit.errors import NotFound


class CouponRedemptionSerializer(serializers.Serializer):
    """A subscription has redeemed a coupon, perhaps by a code."""

    coupon_id = serializers.CharField(source="coupon.public_id")
    promotion_code_details = PromotionCodeDetailsSerializer(allow_null=True)
    redeemed_at = InstantField()
    customer_id = serializers.CharField(source="customer.public_id")
    pricing_plan_subscription_id = serializers.CharField(source="subscription.public_id")
    vars().update(expanded("customer", "pricing_plan_subscription"))

    def to_representation(self, instance: CouponRedemption) -> dict[str, Any]:
        code = instance.promotion_code
        details = {"promotion_code_id": code.public_id, "code": code.code} if code else None
        return {
            "coupon_id": instance.coupon.public_id,
            "promotion_code_details": details,
            "redeemed_at": InstantField().to_representation(instance.redeemed_at),
            "customer_id": instance.customer.public_id,
            "customer": None,
            "pricing_plan_subscription_id": instance.subscription.public_id,
            "pricing_plan_subscription": None,
        }


class RedemptionViewSet(PlatformViewSet):
    """``/redemptions`` below what ``redeemed(platform, key)`` finds."""

    serializer_class = CouponRedemptionSerializer
    filters = [
        filters.Linked("customer_id", "customer"),
        filters.Linked("pricing_plan_subscription_id", "subscription"),
    ]
    orderable = {"redeemed_at": "redeemed_at"}
    redeemed: ClassVar[Callable[[Platform, str], QuerySet[CouponRedemption]]]

    def list(self, request: Request, pk: str) -> Response:
        """List the redemptions, newest first unless ordered otherwise."""
        rows: QuerySet[Any] = type(self).redeemed(self.platform, pk)
        for condition in self.filters:
            rows = condition.apply(rows, request.query_params)
        rows = filters.order(
            rows, request.query_params, self.orderable, default="redeemed_at", direction="desc"
        )
        chosen, envelope = paging.slice_page(rows, request.query_params)
        return Response({"data": self.rendered(chosen, many=True), **envelope})


def _of_coupon(platform: Platform, key: str) -> QuerySet[CouponRedemption]:
    coupon: Any = find(Coupon, platform, key) if "\x00" not in key else None
    if coupon is None:
        raise NotFound("The requested COUPON could not be found", resource_type="COUPON")
    return selectors.redemptions(platform).filter(coupon=coupon)


def _of_code(platform: Platform, key: str) -> QuerySet[CouponRedemption]:
    rows = PromotionCode.objects.for_platform(platform).filter(Q(public_id=key) | Q(code_key=code_key(key)))
    code = rows.first() if "\x00" not in key else None
    if code is None:
        raise NotFound("The requested PROMOTION_CODE could not be found", resource_type="PROMOTION_CODE")
    return selectors.redemptions(platform).filter(promotion_code=code)


class CouponRedemptionViewSet(RedemptionViewSet):
    """Who has redeemed a coupon."""

    tag = "coupons"
    permissions = {"list": "COUPON.VIEW"}
    redeemed = _of_coupon


class PromotionCodeRedemptionViewSet(RedemptionViewSet):
    """Who has redeemed a promotion code."""

    tag = "promotionCodes"
    permissions = {"list": "PROMOTION_CODE.VIEW"}
    redeemed = _of_code
