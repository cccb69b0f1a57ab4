"""``/v1/coupons``. Their redemptions are billing's: ``billing.api.redemptions``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Listed, Retrieved, Switched, Updated
from catalog.api.discount_condition import ConditionSerializer
from catalog.models import (
    Coupon,
    CouponDiscountType,
    CouponDurationType,
    CouponStatus,
    Product,
    ProductCategory,
    ProductItem,
)
from catalog.selectors import coupons as selectors
from catalog.services import coupons
from kit.api.fields import EnumField, InstantField, ReferenceField, StrictIntegerField, TextField, expanded
from kit.api.filters import OneOf
from kit.api.links import ManyLinksField
from kit.api.stored import (
    StoredAmountSerializer,
    StoredDecimalField,
    StoredPeriodSerializer,
    Terms,
)

MOST = 2**31 - 1


def limit_field() -> StrictIntegerField:
    """How often something may be redeemed; null sets no limit."""
    return StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MOST)


class CouponUsageSerializer(Terms):
    """Free units of a meter value, or so much of one that is money."""

    meter_value_id = serializers.CharField(max_length=256)
    number = StoredDecimalField(required=False, allow_null=True)
    amount = StoredAmountSerializer(required=False, allow_null=True)


class CouponDiscountSerializer(Terms):
    """What it takes off: a percentage, an amount, or the price of some units."""

    type = EnumField(choices=CouponDiscountType.values)
    percentage = StoredDecimalField(required=False, allow_null=True)
    amount = StoredAmountSerializer(required=False, allow_null=True)
    usage = CouponUsageSerializer(required=False, allow_null=True)
    condition = ConditionSerializer(required=False, allow_null=True)


class CouponDurationSerializer(Terms):
    """How long it lasts once it is redeemed; only PERIOD has a period."""

    type = EnumField(choices=CouponDurationType.values)
    period = StoredPeriodSerializer(required=False, allow_null=True)


class CouponLimitedToSerializer(serializers.Serializer):
    """What it is limited to; several add up, none means everything."""

    product_category_ids = ManyLinksField(ProductCategory, required=False, allow_null=True, max_length=200)
    product_ids = ManyLinksField(Product, required=False, allow_null=True, max_length=200)
    product_item_ids = ManyLinksField(ProductItem, required=False, allow_null=True, max_length=200)
    vars().update(expanded("product_categories", "products", "product_items"))

    def get_attribute(self, instance: Coupon) -> dict[str, Any]:
        return selectors.limited_to(instance)

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        names = [str(name) for name in self.fields]
        return {name: instance.get(name, [] if name.endswith("_ids") else None) for name in names}


class CouponSerializer(serializers.Serializer):
    """A discount that can be redeemed. ``maximum_redemptions_per_customer`` is an extension."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    name = TextField(required=True)
    reference = ReferenceField()
    description = TextField()
    status = EnumField(choices=CouponStatus.values, required=False)
    discount = CouponDiscountSerializer()
    duration = CouponDurationSerializer()
    limited_to = CouponLimitedToSerializer(required=False, allow_null=True)
    start_at = InstantField(required=False, allow_null=True)
    end_at = InstantField(required=False, allow_null=True)
    maximum_redemptions = limit_field()
    maximum_redemptions_per_customer = limit_field()
    number_of_redemptions = serializers.IntegerField(read_only=True)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class CouponViewSet(Listed, Retrieved, Created, Updated, Switched):
    """Coupons."""

    tag = "coupons"
    permissions = crud(
        "COUPON",
        activate="COUPON.UPDATE",
        deactivate="COUPON.UPDATE",
        deprecate="COUPON.UPDATE",
        archive="COUPON.UPDATE",
    )
    model, serializer_class = Coupon, CouponSerializer
    service: ClassVar[ModuleType] = coupons
    selector = selectors.coupons
    by_reference = True
    filters = [OneOf("statuses[]", "status", tuple(CouponStatus.values))]
    orderable = {name: name for name in ("name", "reference", "status", "created_at", "updated_at")}
