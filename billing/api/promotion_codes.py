"""``/v1/promotion-codes``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Listed, Retrieved, Switched
from billing.models import Customer, PromotionCode
from billing.selectors import coupons as selectors
from billing.services.coupons import promotion_codes
from catalog.api.coupons import limit_field
from catalog.models import Coupon, CouponStatus
from kit.api import filters
from kit.api.fields import EnumField, InstantField, ReferenceField, expanded
from kit.api.links import LinkField, ManyLinksField

FORMAT = "How a code is made: every # becomes a digit or a capital letter."
MOST = 1000


class PromotionCodeLimitedToSerializer(serializers.Serializer):
    """The customers who may redeem it; none means everybody."""

    customer_ids = ManyLinksField(Customer, required=False, allow_null=True, max_length=MOST)
    vars().update(expanded("customers"))

    def get_attribute(self, instance: PromotionCode) -> dict[str, Any]:
        return {"customer_ids": [link.customer for link in instance.customer_links.all()]}

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return {"customer_ids": [row.public_id for row in instance["customer_ids"]], "customers": None}


class PromotionCodeSerializer(serializers.Serializer):
    """A code that redeems a coupon. ``maximum_redemptions_per_customer`` is an extension."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    code_format = ReferenceField(required=False, allow_null=True, help_text=FORMAT)
    code = ReferenceField(required=False, allow_null=True)
    coupon_id = LinkField(Coupon, source="coupon")
    status = EnumField(choices=CouponStatus.values, required=False)
    limited_to = PromotionCodeLimitedToSerializer(required=False, allow_null=True)
    start_at = InstantField(required=False, allow_null=True)
    end_at = InstantField(required=False, allow_null=True)
    maximum_redemptions = limit_field()
    maximum_redemptions_per_customer = limit_field()
    number_of_redemptions = serializers.IntegerField(read_only=True)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)
    vars().update(expanded("coupon"))


class PromotionCodeViewSet(Listed, Retrieved, Created, Switched):
    """Promotion codes; found by id, or by the code itself whatever its case."""

    tag = "promotionCodes"
    permissions = crud(
        "PROMOTION_CODE",
        activate="PROMOTION_CODE.UPDATE",
        deactivate="PROMOTION_CODE.UPDATE",
        deprecate="PROMOTION_CODE.UPDATE",
        archive="PROMOTION_CODE.UPDATE",
    )
    model, serializer_class = PromotionCode, PromotionCodeSerializer
    service: ClassVar[ModuleType] = promotion_codes
    selector = selectors.promotion_codes
    by_reference = True
    reference_column = "code_key"
    filters = [
        filters.Linked("coupon_id", "coupon"),
        filters.OneOf("statuses[]", "status", tuple(CouponStatus.values)),
    ]
    orderable = {name: name for name in ("code", "status", "created_at", "updated_at")}

    def reference_of(self, key: str) -> str:
        """A code is found in capitals."""
        return promotion_codes.key(key)


def render(code: PromotionCode) -> dict[str, Any]:
    """The API's representation of a code."""
    return dict(PromotionCodeSerializer(code).data)
