"""``/v1/pricing-plan-subscription-groups``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated
from billing.api.fields import OptionalTextField
from billing.models import Customer, PricingPlanSubscription, PricingPlanSubscriptionGroup
from billing.selectors import subscription_groups as selectors
from billing.services.subscriptions import subscription_groups
from kit.api import filters
from kit.api.fields import InstantField, ReferenceField, expanded
from kit.api.links import LinkField, ManyLinksField

POOLED = "Members from now on; who is not named leaves. A period is pooled with its members at its end."


class MembersField(ManyLinksField):
    """The subscriptions that are in the group."""

    def get_attribute(self, instance: PricingPlanSubscriptionGroup) -> list[PricingPlanSubscription]:
        return [each.subscription for each in selectors.current(instance)]


class PricingPlanSubscriptionGroupSerializer(serializers.Serializer):
    """Subscriptions whose volumes together pick the bands of each of them."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    reference = ReferenceField()
    name = OptionalTextField(max_length=500)
    description = OptionalTextField(max_length=2000)
    owner_customer_id = LinkField(Customer, source="owner_customer", required=False, allow_null=True)
    pricing_plan_subscription_ids = MembersField(
        PricingPlanSubscription,
        source="subscriptions",
        required=False,
        max_length=subscription_groups.MOST,
        help_text=POOLED,
    )
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)
    vars().update(expanded("owner_customer"))


class PricingPlanSubscriptionGroupViewSet(Listed, Retrieved, Created, Updated, Deleted):
    """Groups of subscriptions, each billed by itself, whose usage counts together for tiers."""

    tag = "pricingPlanSubscriptionGroups"
    model = PricingPlanSubscriptionGroup
    serializer_class = PricingPlanSubscriptionGroupSerializer
    service: ClassVar[ModuleType] = subscription_groups
    selector = selectors.groups
    permissions = crud("PRICING_PLAN_SUBSCRIPTION_GROUP")
    filters = [
        filters.Linked("owner_customer_id", "owner_customer"),
        filters.Range("created_at", "created_at"),
        filters.NotYet("start_at"),
    ]
    orderable = {
        "reference": "reference",
        "name": "name",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }


def render(group: PricingPlanSubscriptionGroup) -> dict[str, Any]:
    """The API's representation of a group."""
    return dict(PricingPlanSubscriptionGroupSerializer(group).data)
