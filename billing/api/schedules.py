"""``/v1/pricing-plan-schedules``."""

from __future__ import annotations

from datetime import datetime
from types import ModuleType
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated
from billing.api import on_demand, own_prices, schedule_copy
from billing.api.coupon_fields import (
    AppliedCouponsField,
    CouponDiscountField,
    CouponIdsField,
    PromotionCodesField,
)
from billing.api.entitlements import ScheduleEntitlementSerializer
from billing.api.on_demand import OnDemandPricingItemsSerializer
from billing.api.schedule_copy import ScheduleCopySerializer
from billing.api.schedule_terms import (
    CommitmentSerializer,
    DiscountSerializer,
    EnabledPricingSerializer,
    MarkupSerializer,
    ScheduleIncludedVolumeSerializer,
    SeatsSerializer,
)
from billing.models import PricingPlanSchedule, PricingPlanSubscription, ScheduleType, WithoutCounterpart
from billing.selectors import subscriptions
from billing.services.invoices import charge_on_demand
from billing.services.subscriptions import copy_schedule, migrate, schedules
from billing.services.terms.slices import Realign
from catalog.models import PricingPlan, PricingPlanVersion
from kit.api import filters
from kit.api.fields import (
    CurrencyField,
    EnumField,
    InstantField,
    StrictBooleanField,
    StrictIntegerField,
    expanded,
)
from kit.api.links import LinkField
from kit.api.shapes import PeriodSerializer
from kit.errors import InvalidField
from kit.period import parse_instant

COMBINED = "include_combined_pricing_plan_version"
FLAGS = {"set_previous_end_at": Realign.PREVIOUS_END, "set_next_start_at": Realign.NEXT_START}
REALIGN = [
    OpenApiParameter(name, {"type": "boolean", "default": False}, description="Let the neighbor give way.")
    for name in FLAGS
]
TIMESTAMP = OpenApiParameter("timestamp", OpenApiTypes.DATETIME, description="As of when; by default now.")


class VersionSelectorSerializer(serializers.Serializer):
    """Which version of a plan: the LATEST active one, or a VERSION by number."""

    pricing_plan_id = LinkField(PricingPlan, source="plan", required=False)
    pricing_plan_reference = LinkField(PricingPlan, source="plan", required=False)
    type = EnumField(choices=["LATEST", "VERSION"], required=False)
    version = StrictIntegerField(min_value=1, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            data = {key: value for key, value in data.items() if value is not None}
        return super().to_internal_value(data)

    def get_attribute(self, instance: Any) -> None:
        """The selector is a request; what it selected is answered as ``pricing_plan_version_id``."""


class PricingPlanScheduleSerializer(serializers.Serializer):
    """A time slice of a subscription with one plan version."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    type = EnumField(choices=ScheduleType.values, required=False)
    pricing_plan_subscription_id = LinkField(PricingPlanSubscription, source="subscription", required=False)
    pricing_plan_id = own_prices.PlanField(
        PricingPlan, source="pricing_plan", required=False, allow_null=True
    )
    pricing_plan_version_id = own_prices.PlanField(
        PricingPlanVersion, source="pricing_plan_version", required=False, allow_null=True
    )
    pricing_plan_version_selector = VersionSelectorSerializer(required=False, allow_null=True)
    start_at = InstantField(required=False)
    end_at = InstantField(required=False, allow_null=True)
    pricing_currency = CurrencyField(required=False, allow_null=True)
    billing_period = PeriodSerializer(required=False, allow_null=True)
    entitlements = ScheduleEntitlementSerializer(many=True, required=False)
    realign_invoice_date_to_pricing_plan_schedule_start_at = StrictBooleanField(
        source="realigns_anchor", required=False
    )
    created_at = InstantField(read_only=True)
    discount = DiscountSerializer(required=False, allow_null=True)
    markup = MarkupSerializer(required=False, allow_null=True)
    commitment = CommitmentSerializer(required=False, allow_null=True)
    promotion_codes = PromotionCodesField(required=False, allow_null=True)
    coupon_ids = CouponIdsField(required=False, allow_null=True)
    coupon_discount = CouponDiscountField()
    coupons = AppliedCouponsField()
    seats_values = SeatsSerializer(many=True, required=False, allow_null=True)
    included_volumes = ScheduleIncludedVolumeSerializer(many=True, required=False, allow_null=True)
    enabled_pricings = EnabledPricingSerializer(many=True, required=False, allow_null=True)
    override_pricings = own_prices.override_pricings()
    pricing_categories = own_prices.pricing_categories()
    vars().update(expanded("combined_pricing_plan_version"))
    vars().update(expanded("pricing_plan_subscription", "pricing_plan", "pricing_plan_version"))


class MigrationRequestSerializer(serializers.Serializer):
    """To which version, by default the latest of the plan, and from when, by default now.

    ``without_counterpart`` (an extension) DROP leaves behind what the version has no place for; BLOCK, which
    it is by default, refuses.
    """

    start_at = InstantField(required=False)
    end_at = InstantField(required=False, allow_null=True)
    pricing_plan_version_id = LinkField(
        PricingPlanVersion, source="pricing_plan_version", required=False, allow_null=True
    )
    pricing_plan_version_selector = VersionSelectorSerializer(required=False, allow_null=True)
    realign_invoice_date_to_pricing_plan_schedule_start_at = StrictBooleanField(
        source="realigns_anchor", required=False
    )
    without_counterpart = EnumField(choices=WithoutCounterpart.values, required=False)


class PricingPlanScheduleViewSet(Listed, Retrieved, Created, Updated, Deleted):
    """The time slices of subscriptions."""

    tag = "pricingPlanSchedules"
    model, serializer_class = PricingPlanSchedule, PricingPlanScheduleSerializer
    service: ClassVar[ModuleType] = schedules
    selector = subscriptions.schedules
    paginated = False
    permissions = crud(
        "PRICING_PLAN_SCHEDULE",
        **{
            action: (f"PRICING_PLAN_SCHEDULE.{verb}", f"QUOTE.PRICING_PLAN_SCHEDULE.{verb}")
            for action, verb in (
                ("list", "VIEW"),
                ("retrieve", "VIEW"),
                ("create", "CREATE"),
                ("update", "UPDATE"),
                ("on_demand_pricing_items", "VIEW"),
            )
        },
        migrate="PRICING_PLAN_SCHEDULE.CREATE",
        copy="PRICING_PLAN_SCHEDULE.CREATE",
    )
    parameters = {
        "retrieve": [OpenApiParameter(COMBINED, {"type": "boolean", "default": False})],
        "create": REALIGN,
        "update": REALIGN,
        "migrate": REALIGN[:1],
        "copy": REALIGN,
        "on_demand_pricing_items": [TIMESTAMP],
    }
    requests: ClassVar[dict[str, Any]] = {
        "migrate": MigrationRequestSerializer,
        "copy": ScheduleCopySerializer,
    }
    statuses: ClassVar[dict[str, int]] = {"migrate": 201, "copy": 201}
    responses: ClassVar[dict[str, Any]] = {"on_demand_pricing_items": OnDemandPricingItemsSerializer}
    filters = [filters.Linked("pricing_plan_subscription_id", "subscription")]
    orderable = {"start_at": "start_at", "created_at": "created_at"}

    def retrieve(self, request: Request, pk: str) -> Response:
        """Read one; ``include_combined_pricing_plan_version`` shows its prices as they are billed."""
        instance = self.instance()
        shown = self.rendered(instance)
        if _is_true(request, COMBINED):
            shown["combined_pricing_plan_version"] = own_prices.combined(instance)
        return Response(shown)

    def create(self, request: Request) -> Response:
        """Add a schedule; one after an open-ended schedule closes that one."""
        fields = self.validated()
        made = schedules.create(ctx=self.ctx, fields=fields, realign=_realign(request))
        return self.one(made, status=201)

    def update(self, request: Request, pk: str) -> Response:
        """Change a schedule; the past of an ACTIVE subscription is locked."""
        instance = self.instance()
        fields = self.validated(partial=True, instance=instance)
        realign = _realign(request)
        changed = schedules.update(ctx=self.ctx, instance=instance, fields=fields, realign=realign)
        return self.one(changed)

    @action(detail=True, methods=["get"], url_path="on-demand-pricing-items")
    def on_demand_pricing_items(self, request: Request, pk: str) -> Response:
        """What can be charged on demand at ``timestamp``, by default now."""
        instance = self.instance()
        items = charge_on_demand.available(
            platform=self.platform, schedule=instance, at=self._timestamp(request)
        )
        return Response(on_demand.answer(instance, items))

    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str) -> Response:
        """Go on with a copy of the schedule from an instant on, where wanted at indexed prices."""
        instance = self.instance()
        asked = schedule_copy.arguments(self.validated(serializer_class=ScheduleCopySerializer))
        made = copy_schedule.schedule(ctx=self.ctx, instance=instance, realign=_realign(request), **asked)
        return self.one(made, status=201)

    def _timestamp(self, request: Request) -> datetime:
        raw = request.query_params.get(TIMESTAMP.name)
        return self.ctx.at if raw is None else parse_instant(raw, field=TIMESTAMP.name)

    @action(detail=True, methods=["post"])
    def migrate(self, request: Request, pk: str) -> Response:
        """Go on with another plan version from an instant on, with all that the schedule has of its own."""
        instance = self.instance()
        fields = self.validated(serializer_class=MigrationRequestSerializer)
        realign = _realign(request)
        made = migrate.schedule(ctx=self.ctx, instance=instance, fields=fields, realign=realign)
        return self.one(made, status=201)


def _realign(request: Request) -> Realign:
    """Which neighbor is to give way, of the two flags that exclude each other."""
    chosen = [flag for name, flag in FLAGS.items() if _is_true(request, name)]
    if len(chosen) > 1:
        raise InvalidField("excludes set_previous_end_at", field="set_next_start_at")
    return chosen[0] if chosen else Realign.NEITHER


def _is_true(request: Request, name: str) -> bool:
    raw = request.query_params.get(name, "false")
    if raw not in ("true", "false"):
        raise InvalidField("must be true or false", field=name)
    return raw == "true"


def render(schedule: PricingPlanSchedule) -> dict[str, Any]:
    """The API's representation of a schedule."""
    return dict(PricingPlanScheduleSerializer(schedule).data)
