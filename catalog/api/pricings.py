"""``/v1/pricings`` and ``/v1/pricing-groups``: single parts of a version's price tree."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Retrieved, Updated
from catalog.api import calculate_answer, calculate_examples
from catalog.api.calculate import CalculateSerializer, CalculationSerializer
from catalog.api.tree_shape import PricingGroupSerializer, PricingSerializer
from catalog.models import Pricing, PricingGroup, PricingPlanVersion
from catalog.selectors import plans as selectors
from catalog.services import pricing_groups, pricings
from kit.api.links import LinkField
from kit.api.schema import FIELD_ACTIONS


class OwnPricingSerializer(PricingSerializer):
    """A pricing by itself, which names its version or its group."""

    pricing_plan_version_id = LinkField(PricingPlanVersion, source="version", required=False)
    pricing_group_id = LinkField(PricingGroup, source="group", required=False, allow_null=True)


class OwnPricingGroupSerializer(PricingGroupSerializer):
    """A pricing group by itself, which names its version."""

    pricing_plan_version_id = LinkField(PricingPlanVersion, source="version", required=False)


class PricingViewSet(Created, Updated, Deleted):
    """Pricings; read through their version."""

    tag = "pricings"
    permissions = crud("PRICING_PLAN", calculate="PRICING_PLAN.VIEW")
    parameters = {"update": [FIELD_ACTIONS]}
    requests = {"calculate": CalculateSerializer}
    responses = {"calculate": CalculationSerializer}
    model = Pricing
    serializer_class = OwnPricingSerializer
    selector = selectors.pricings
    service: ClassVar[ModuleType] = pricings

    @extend_schema(examples=list(calculate_examples.all_of_them()))
    @action(detail=False, methods=["post"], url_path="calculate")
    def calculate(self, request: Request) -> Response:
        """What a price costs at a quantity, explained, by the functions that rate invoices (an extension)."""
        asked = self.validated(serializer_class=CalculateSerializer)
        return Response(calculate_answer.to(asked, self.platform))


class PricingGroupViewSet(Created, Retrieved, Updated, Deleted):
    """Pricing groups."""

    tag = "pricingGroups"
    permissions = crud("PRICING_PLAN")
    model = PricingGroup
    serializer_class = OwnPricingGroupSerializer
    selector = selectors.groups
    service: ClassVar[ModuleType] = pricing_groups
