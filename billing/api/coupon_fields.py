"""Coupons as schedules name and show them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.api.schedule_terms import AppliedDiscountSerializer
from billing.models import PricingPlanSchedule, PromotionCode
from billing.services.coupons import coupons
from billing.services.coupons.promotion_codes import key
from catalog.models import Coupon
from kit import ids
from kit.api.links import ManyLinksField

MOST = 20
Json = dict[str, Any]
# Where a coupon that is limited stands in a Discount.
LEVELS = {
    "product_category_ids": "product_categories",
    "product_ids": "products",
    "product_item_ids": "product_items",
}


class CouponIdsField(ManyLinksField):
    """The coupons that are applied by themselves, by id or reference."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Coupon, max_length=MOST, **kwargs)

    def get_attribute(self, instance: PricingPlanSchedule) -> list[str]:
        return [each["id"] for each in coupons.applied(instance) if not each["promotion_code_id"]]

    def to_representation(self, data: Any) -> list[str]:
        return list(data)


@extend_schema_field({"type": "array", "items": {"type": "string"}, "example": ["SPRING15"]})
class PromotionCodesField(serializers.ListField):
    """Codes as customers type them; case does not matter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=256), max_length=MOST, **kwargs)

    def to_internal_value(self, data: Any) -> list[PromotionCode]:
        sent = super().to_internal_value(data)
        rows = PromotionCode.objects.filter(platform=self.context["platform"]).select_related("coupon")
        found = {row.code_key: row for row in rows.filter(code_key__in=[key(each) for each in sent])}
        by_id = [each for each in sent if ids.looks_like(each, prefix=PromotionCode.prefix)]
        named = {row.public_id: row for row in rows.filter(public_id__in=by_id)} if by_id else {}
        for index, each in enumerate(sent):
            if key(each) not in found and each not in named:
                message = f"The promotion code {each} does not exist"
                raise serializers.ValidationError({str(index): [message]}, code="RESOURCES_NOT_FOUND")
        return [found.get(key(each)) or named[each] for each in sent]

    def get_attribute(self, instance: PricingPlanSchedule) -> list[str]:
        return [each["promotion_code"] for each in coupons.applied(instance) if each["promotion_code_id"]]


class AppliedCouponSerializer(serializers.Serializer):
    """A coupon that the schedule has, and what it takes off as a discount."""

    id = serializers.CharField()
    coupon_name = serializers.CharField(allow_null=True)
    promotion_code_resource_id = serializers.CharField(allow_null=True)
    promotion_code = serializers.CharField(allow_null=True)
    discount = AppliedDiscountSerializer(allow_null=True)


def shown(schedule: PricingPlanSchedule) -> list[Json]:
    """``coupons`` of a schedule."""
    return [
        {
            "id": each["id"],
            "coupon_name": each["coupon_name"],
            "promotion_code_resource_id": each["promotion_code_id"],
            "promotion_code": each["promotion_code"],
            "discount": _discount([each]),
        }
        for each in coupons.applied(schedule)
    ]


def together(schedule: PricingPlanSchedule) -> Json | None:
    """``coupon_discount`` of a schedule: all of its coupons as one Discount; none without coupons."""
    entries = coupons.applied(schedule)
    return _discount(entries) if entries else None


class AppliedCouponsField(serializers.ListField):
    """``coupons``: computed, ignored on input."""

    child = AppliedCouponSerializer()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: PricingPlanSchedule) -> list[Json]:
        return shown(instance)

    def to_representation(self, data: list[Json]) -> list[Json]:
        return data


class CouponDiscountField(AppliedDiscountSerializer):
    """``coupon_discount``: computed, ignored on input."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def get_attribute(self, instance: PricingPlanSchedule) -> Json | None:
        return together(instance)


def _discount(entries: list[coupons.Entry]) -> Json:
    """The coupons by level; free units (USAGE) have neither a percentage nor an amount."""
    found: Json = {name: [] for name in AppliedDiscountSerializer._declared_fields}
    for each in entries:
        terms = each["discount"]
        body = {
            "start_at": each.get("start_at"),
            "end_at": None,
            "amount": terms.get("amount"),
            "percentage": terms.get("percentage"),
            "coupon_id": each["id"],
            "promotion_code_details": _code(each),
            "condition": terms.get("condition"),
        }
        limited = each.get("limited_to") or {}
        if not limited:
            found["totals"].append(body)
        for name, level in LEVELS.items():
            if limited.get(name):
                found[level].append({"ids": limited[name], **body})
    return found


def _code(entry: coupons.Entry) -> Json | None:
    if not entry["promotion_code_id"]:
        return None
    return {"promotion_code_id": entry["promotion_code_id"], "code": entry["promotion_code"]}
