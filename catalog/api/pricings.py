"""``/v1/pricings`` and ``/v1/pricing-groups``: single parts of a price tree, of a version or a schedule."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Retrieved, Updated
from catalog.api import calculate_answer, calculate_examples
from catalog.api.calculate import CalculateSerializer, CalculationSerializer
from catalog.api.tree_shape import KeysField, PricingGroupSerializer, PricingSerializer
from catalog.models import Pricing, PricingGroup, PricingPlanVersion
from catalog.selectors import plans as selectors
from catalog.services import pricing_groups, pricings, schedule_prices
from kit.api.fields import TextField
from kit.api.links import LinkField
from kit.api.schema import FIELD_ACTIONS


class VersionField(LinkField):
    """The version that a node belongs to; null on what one schedule has for itself."""

    def get_attribute(self, instance: Pricing | PricingGroup) -> Any:
        return None if schedule_prices.owner(instance) else super().get_attribute(instance)


@extend_schema_field({"type": ["string", "null"]})
class ScheduleField(TextField):
    """The schedule that has the node for itself, by id."""

    def get_attribute(self, instance: Pricing | PricingGroup) -> str | None:
        return schedule_prices.owner(instance)


def version_field() -> serializers.Field:
    """Which version it is, or is to be, part of."""
    return VersionField(PricingPlanVersion, source="version", required=False, allow_null=True)


def schedule_field() -> serializers.Field:
    """Which schedule alone has it, or is to have it."""
    return ScheduleField(source=schedule_prices.SCHEDULE, max_length=256)


class OwnPricingSerializer(PricingSerializer):
    """A pricing by itself, which names its version, its group, or the schedule that alone has it.

    Of a schedule it may be ``original_pricing_id``'s override; what that leaves out is as in the plan.
    """

    pricing_plan_version_id = version_field()
    pricing_plan_schedule_id = schedule_field()
    product_ids = KeysField("product", source="product_links", required=False, allow_null=True)
    pricing_group_id = LinkField(PricingGroup, source="group", required=False, allow_null=True)


class OwnPricingGroupSerializer(PricingGroupSerializer):
    """A pricing group by itself, which names its version, or the schedule that alone has it."""

    pricing_plan_version_id = version_field()
    pricing_plan_schedule_id = schedule_field()


class PricingViewSet(Created, Updated, Deleted):
    """Pricings; read through their version."""

    tag = "pricings"
    permissions = crud("PRICING_PLAN", calculate="PRICING_PLAN.VIEW")
    parameters = {"update": [FIELD_ACTIONS]}
    requests = {"calculate": CalculateSerializer}
    responses = {"calculate": CalculationSerializer}
    examples = {"calculate": calculate_examples.all_of_them}
    model = Pricing
    serializer_class = OwnPricingSerializer
    selector = selectors.every_pricing
    service: ClassVar[ModuleType] = pricings

    @action(detail=False, methods=["post"], url_path="calculate")
    def calculate(self, request: Request) -> Response:
        """What a price costs at a quantity, explained, by the functions that rate invoices (an extension)."""
        asked = self.validated(serializer_class=CalculateSerializer)
        return Response(calculate_answer.to(asked, self.ctx))


class PricingGroupViewSet(Created, Retrieved, Updated, Deleted):
    """Pricing groups."""

    tag = "pricingGroups"
    permissions = crud("PRICING_PLAN")
    model = PricingGroup
    serializer_class = OwnPricingGroupSerializer
    selector = selectors.every_group
    service: ClassVar[ModuleType] = pricing_groups
