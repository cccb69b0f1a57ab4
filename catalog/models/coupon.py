"""The coupon: a discount that can be redeemed, so often and for so long."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Platform, TenantModel, known, unique_reference
from catalog.models.choices import CouponStatus
from catalog.models.product import Product
from catalog.models.product_category import ProductCategory
from catalog.models.product_item import ProductItem


class Redeemed(TenantModel):
    """What may be redeemed from ``start_at`` until ``end_at`` (not included), so often, and so often by one.

    ``number_of_redemptions`` is counted under the row's lock; the database refuses one too many.
    """

    status = models.CharField(max_length=16, choices=CouponStatus.choices, default=CouponStatus.DRAFT)
    start_at = models.DateTimeField(null=True, blank=True)
    end_at = models.DateTimeField(null=True, blank=True)
    maximum_redemptions = models.PositiveIntegerField(null=True, blank=True)
    maximum_redemptions_per_customer = models.PositiveIntegerField(null=True, blank=True)
    number_of_redemptions = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


def redeemed_within_limits(model: str) -> list[models.BaseConstraint]:
    """The database's own checks of a table of what may be redeemed."""
    return [
        known("status", CouponStatus, model=model),
        models.CheckConstraint(
            condition=Q(maximum_redemptions__isnull=True)
            | Q(number_of_redemptions__lte=F("maximum_redemptions")),
            name=f"{model}_within_maximum",
        ),
        models.CheckConstraint(
            condition=Q(start_at__isnull=True) | Q(end_at__isnull=True) | Q(end_at__gt=F("start_at")),
            name=f"{model}_ends_after_it_starts",
        ),
    ]


class Coupon(Redeemed):
    """``discount`` and ``duration`` have the shape of the API; settled once it has left DRAFT."""

    prefix = "coup"
    object_type = "COUPON"
    shapes_matching = False

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000)
    description = models.TextField(null=True, blank=True)
    discount = models.JSONField()
    duration = models.JSONField()

    class Meta:
        constraints = [unique_reference("coupon"), *redeemed_within_limits("coupon")]


class CouponLimit(models.Model):
    """One category, product or item to which a coupon is limited; several add up."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="limits")
    product_category = models.ForeignKey(
        ProductCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    product_item = models.ForeignKey(
        ProductItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "coupon"
        verbose_name_plural = "limits of coupons"
        constraints = [
            models.CheckConstraint(
                condition=Q(product_category__isnull=False, product__isnull=True, product_item__isnull=True)
                | Q(product_category__isnull=True, product__isnull=False, product_item__isnull=True)
                | Q(product_category__isnull=True, product__isnull=True, product_item__isnull=False),
                name="coupon_limit_names_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.product_category or self.product or self.product_item)
