"""``/v1/pricing-plan-versions``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Retrieved, Updated, Upserted
from catalog.api.as_code.tidy import tidied
from catalog.api.config_shape import OPTIONAL, plain_json
from catalog.api.difference_shape import ComparisonSerializer, ValidationSerializer, difference
from catalog.api.fields import status_field
from catalog.api.pricing_plans import RateCardSerializer
from catalog.api.tree_shape import PricingCategorySerializer
from catalog.models import PricingPlan, PricingPlanVersion
from catalog.selectors import plans as selectors
from catalog.services import activation, pricing_plan_versions, version_comparison
from catalog.services.activation_facts import Facts
from kit.api.fields import CurrencyField, TextField, expanded, reserved
from kit.api.links import LinkField
from kit.api.shapes import PeriodSerializer


class CurrencySettingsSerializer(serializers.Serializer):
    """The currencies in which the version's prices are."""

    default_pricing_currency = CurrencyField(**OPTIONAL)
    pricing_currencies = serializers.ListField(child=CurrencyField(), max_length=200, **OPTIONAL)

    def get_attribute(self, instance: PricingPlanVersion) -> PricingPlanVersion:
        return instance

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The default is one of the currencies; either may be left out."""
        default, listed = attrs.get("default_pricing_currency"), attrs.get("pricing_currencies")
        if default and listed and default not in listed:
            message = "must be one of pricing_currencies"
            raise serializers.ValidationError({"default_pricing_currency": [message]}, code="INVALID_FIELD")
        return {
            "default_pricing_currency": default or next(iter(listed or ()), None),
            "pricing_currencies": listed or ([default] if default else []),
        }


class BillingPeriodOptionSerializer(serializers.Serializer):
    """A billing period that a subscription may have."""

    period = PeriodSerializer()
    description = TextField()


class BillingPeriodSettingsSerializer(serializers.Serializer):
    """The billing periods that a subscription may have."""

    billing_periods = BillingPeriodOptionSerializer(many=True, **OPTIONAL)

    def get_attribute(self, instance: PricingPlanVersion) -> PricingPlanVersion:
        return instance


class PricingPlanVersionSerializer(serializers.Serializer):
    """A plan's whole price tree at one time."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    pricing_plan_id = LinkField(PricingPlan, source="pricing_plan")
    version = serializers.IntegerField(read_only=True)
    status = status_field()
    pricing_currency_settings = CurrencySettingsSerializer(**OPTIONAL)
    billing_period_settings = BillingPeriodSettingsSerializer(**OPTIONAL)
    copied_from_pricing_plan_version_id = LinkField(PricingPlanVersion, source="copied_from", **OPTIONAL)
    pricing_categories = PricingCategorySerializer(many=True, source="categories", **OPTIONAL)
    rate_card = RateCardSerializer(**OPTIONAL)
    vars().update(expanded("pricing_plan"))
    vars().update(reserved("credit_types"))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The settings flat, as the row has them; the tree under ``pricing_categories``."""
        values: dict[str, Any] = super().to_internal_value(data)
        settings = values.pop("pricing_currency_settings", None)
        periods = values.pop("billing_period_settings", None)
        rate_card = values.pop("rate_card", None)
        if settings is not None:
            values |= settings
        if periods is not None:
            values["billing_periods"] = plain_json(periods.get("billing_periods") or [])
        if rate_card is not None:
            values["rate_card_start_at"] = rate_card.get("rate_card_start_at")
        if "categories" in values:
            values["pricing_categories"] = values.pop("categories")
        return values


class PricingPlanVersionViewSet(Retrieved, Created, Updated, Upserted, Deleted):
    """Pricing plan versions; found through their plan's ``pricing_plan_version_infos``."""

    tag = "pricingPlanVersions"
    permissions = crud("PRICING_PLAN", compare="PRICING_PLAN.VIEW", validate_tree="PRICING_PLAN.VIEW")
    model = PricingPlanVersion
    serializer_class = PricingPlanVersionSerializer
    selector = selectors.versions
    service: ClassVar[ModuleType] = pricing_plan_versions
    requests: ClassVar[dict[str, Any]] = {"validate_tree": None}
    responses: ClassVar[dict[str, Any]] = {
        "compare": ComparisonSerializer,
        "validate_tree": ValidationSerializer,
    }

    @action(detail=True, methods=["get"], url_path="compare/(?P<other>[^/]+)")
    def compare(self, request: Request, pk: str, other: str) -> Response:
        """What was added, removed and changed from this version to the other (an extension)."""
        before = self.instance()
        self.kwargs["pk"] = other
        after = self.instance()
        names = version_comparison.references(self.platform)
        found = version_comparison.of(*(tidied(self._plain(each), names) for each in (before, after)))
        return Response(
            {
                "object_type": "PRICING_PLAN_VERSION_COMPARISON",
                "from_pricing_plan_version_id": before.public_id,
                "to_pricing_plan_version_id": after.public_id,
                "added": [difference(each) for each in found.added],
                "removed": [difference(each) for each in found.removed],
                "changed": [difference(each) for each in found.changed],
            }
        )

    @action(detail=True, methods=["post"], url_path="validate")
    def validate_tree(self, request: Request, pk: str) -> Response:
        """Everything that stands in the way of activating the version, at once (an extension)."""
        found = activation.problems(self.instance(), Facts())
        problems = [{"field": each.field, "message": each.message} for each in found]
        return Response({"valid": not problems, "problems": problems})

    def _plain(self, version: PricingPlanVersion) -> dict[str, Any]:
        return dict(self.get_serializer(version).data)
