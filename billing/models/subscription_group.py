"""Subscription groups: subscriptions, often of several customers, whose volumes count together."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Platform, TenantModel, unique_reference
from billing.models.customer import Customer
from billing.models.subscription import PricingPlanSubscription


class PricingPlanSubscriptionGroup(TenantModel):
    """What its members use picks the bands of each; each member is billed by itself.

    ``owner_customer`` is who agreed the prices, for show: a parent company, say.
    """

    prefix = "ppsg"
    object_type = "PRICING_PLAN_SUBSCRIPTION_GROUP"
    shapes_matching = False

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=500, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    owner_customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_subscription_groups"
    )

    class Meta:
        constraints = [unique_reference("subscription_group")]
        indexes = [models.Index(fields=["platform", "-created_at"], name="subscription_group_by_creation")]


class SubscriptionGroupMember(models.Model):
    """A subscription in a group, from ``joined_at`` (None: from its beginning) until ``left_at``.

    Rows stay when a subscription leaves, so that a period billed again is pooled as it was.
    """

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+", editable=False)
    group = models.ForeignKey(PricingPlanSubscriptionGroup, on_delete=models.PROTECT, related_name="members")
    subscription = models.ForeignKey(
        PricingPlanSubscription, on_delete=models.CASCADE, related_name="group_memberships"
    )
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "member of a subscription group"
        verbose_name_plural = "members of subscription groups"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(left_at__isnull=True), name="subscription_in_one_group"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True)
                | Q(joined_at__isnull=True)
                | Q(left_at__gte=F("joined_at")),
                name="subscription_group_member_leaves_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} in {self.group}"

    def counts_at(self, end: datetime) -> bool:
        """Whether a period that ends then is pooled with it: whoever is a member at its end is in."""
        joined = self.joined_at is None or self.joined_at < end
        return joined and (self.left_at is None or self.left_at >= end)
