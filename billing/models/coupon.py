"""Promotion codes, and who has redeemed a coupon."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform
from billing.models.customer import Customer
from billing.models.subscription import PricingPlanSubscription
from catalog.models import Coupon, Redeemed, redeemed_within_limits


class PromotionCode(Redeemed):
    """What a customer types to redeem a coupon.

    ``code_key`` is the code in capitals: case does not matter.
    """

    prefix = "prco"
    object_type = "PROMOTION_CODE"
    shapes_matching = False

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="promotion_codes")
    code = models.CharField(max_length=256)
    code_key = models.CharField(max_length=256, editable=False)
    code_format = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "code_key"], name="promotion_code_unique"),
            *redeemed_within_limits("promotion_code"),
        ]

    def __str__(self) -> str:
        return self.code


class PromotionCodeCustomer(models.Model):
    """A customer to whom a code is limited; none means everybody."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    promotion_code = models.ForeignKey(PromotionCode, on_delete=models.CASCADE, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "promotion code"
        verbose_name_plural = "customers of promotion codes"
        constraints = [
            models.UniqueConstraint(
                fields=["promotion_code", "customer"], name="promotion_code_customer_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.promotion_code} for {self.customer}"


class CouponRedemption(models.Model):
    """A subscription has redeemed a coupon, once, at ``redeemed_at``, perhaps by a code.

    The schedules say when it applies (``PricingPlanSchedule.coupons``), the lines of final invoices what it
    took off.
    """

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    promotion_code = models.ForeignKey(
        PromotionCode, on_delete=models.PROTECT, null=True, blank=True, related_name="redemptions"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        PricingPlanSubscription, on_delete=models.CASCADE, related_name="redemptions"
    )
    redeemed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "coupon"], name="coupon_redemption_once")
        ]
        indexes = [models.Index(fields=["platform", "-redeemed_at"], name="coupon_redemption_listed")]

    def __str__(self) -> str:
        return f"{self.coupon} by {self.subscription}"
