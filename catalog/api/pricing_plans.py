"""``/v1/pricing-plans``."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Searched, Updated, Upserted
from catalog.api.fields import CustomerIdField
from catalog.models import AmountType, PlanType, PlanVariant, PricingPlan, PricingPlanVersion, Status
from catalog.rating.comparisons import Comparator
from catalog.selectors import plans as selectors
from catalog.services import pricing_plans
from kit.api.fields import (
    CurrencyField,
    EnumField,
    InstantField,
    ReferenceField,
    StrictCharField,
    TextField,
    reserved,
)
from kit.api.filters import Equals, OneOf


class RateCardSerializer(serializers.Serializer):
    """From when a version of a RATE_CARD plan holds."""

    start_at = InstantField(source="rate_card_start_at", required=False, allow_null=True)

    def get_attribute(self, instance: PricingPlanVersion) -> PricingPlanVersion | None:
        return instance if instance.rate_card_start_at else None


class VersionInfoSerializer(serializers.Serializer):
    """A version of the plan, in short."""

    version = serializers.IntegerField()
    id = serializers.CharField(source="public_id")
    status = EnumField(choices=Status.values)
    rate_card = RateCardSerializer(allow_null=True)


class SelectionResourceSerializer(serializers.Serializer):
    """The comparison that decides whom a plan is offered to."""

    type = StrictCharField(max_length=64)
    field = EnumField(choices=["COUNTRY"])
    value = TextField(max_length=256)
    values = serializers.ListField(
        child=StrictCharField(max_length=256), required=False, allow_null=True, max_length=300
    )
    comparator = EnumField(choices=[each.value for each in Comparator])


class SelectionRuleSerializer(serializers.Serializer):
    """Whom a plan is offered to."""

    type = EnumField(choices=["RESOURCE"])
    resource = SelectionResourceSerializer()


class PricingPlanSerializer(serializers.Serializer):
    """A container of versions, which hold the prices."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    reference = ReferenceField()
    name = TextField()
    description = TextField()
    customer_id = CustomerIdField()
    type = EnumField(choices=PlanType.values, required=False, allow_null=True)
    amount_type = EnumField(choices=AmountType.values, required=False, allow_null=True)
    pricing_plan_version_infos = VersionInfoSerializer(source="versions", many=True, read_only=True)
    pricing_plan_selection_rules = SelectionRuleSerializer(
        source="selection_rules", many=True, required=False, allow_null=True
    )
    pricing_currencies = serializers.ListField(
        child=CurrencyField(), required=False, allow_null=True, max_length=200
    )
    variant = EnumField(choices=PlanVariant.values, required=False, allow_null=True)
    vars().update(reserved("custom_fields"))


@dataclass(frozen=True)
class WithVersion(OneOf):
    """Plans that have a version in any of the given statuses."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        if not query.getlist(self.name):
            return rows
        having = super().apply(PricingPlanVersion.objects.all(), query)
        return rows.filter(pk__in=having.values("pricing_plan_id"))


class PricingPlanViewSet(Listed, Retrieved, Created, Updated, Upserted, Deleted, Searched):
    """Pricing plans."""

    tag = "pricingPlans"
    permissions = crud("PRICING_PLAN")
    model = PricingPlan
    serializer_class = PricingPlanSerializer
    service: ClassVar[ModuleType] = pricing_plans
    selector = selectors.plans
    by_reference = True
    filters = [
        OneOf("type", "type", tuple(PlanType.values)),
        Equals("customer_id", "customer_public_id"),
        WithVersion("statuses[]", "status", tuple(Status.values)),
        OneOf("variants[]", "variant", tuple(PlanVariant.values)),
    ]
    orderable = {name: name for name in ("name", "reference", "type", "created_at", "updated_at")}
    searchable = {
        "id": "public_id",
        "name": "name",
        "reference": "reference",
        "description": "description",
        "type": "type",
        "variant": "variant",
        "customer_id": "customer_public_id",
    }
