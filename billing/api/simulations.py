"""``/v1/pricing-plan-versions/{id}/simulate``: what past usage would have cost (an extension)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from billing.models import Customer, SimulatedCustomer, Simulation
from billing.services.previews import simulations
from billing.services.previews.simulate import Trial
from catalog.models import PricingPlanVersion
from kit.api import paging
from kit.api.fields import InstantField
from kit.api.links import LinkField, ManyLinksField, find
from kit.api.shapes import AmountSerializer
from kit.errors import NotFound
from kit.period import Span

MOST_CUSTOMERS = 10_000
DONE, RUNNING = "DONE", "RUNNING"


class SimulationRequestSerializer(serializers.Serializer):
    """Which past periods to try the version on: those that start in ``[from, to)``."""

    vars().update({"from": InstantField(), "to": InstantField()})
    customer_ids = ManyLinksField(Customer, required=False, allow_null=True, max_length=MOST_CUSTOMERS)
    against_version_id = LinkField(PricingPlanVersion, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["from"] >= attrs["to"]:
            raise serializers.ValidationError({"to": ["must be later than from"]}, code="INVALID_FIELD")
        return attrs


class ComparedSerializer(serializers.Serializer):
    """An amount now and then."""

    now = AmountSerializer()
    then = AmountSerializer()
    difference = AmountSerializer()


class SimulatedLineSerializer(ComparedSerializer):
    """What is sold, or all discounts and commitments together."""

    product_item_ids = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField()


class SimulatedCustomerSerializer(ComparedSerializer):
    """One customer, without tax; the lines add up to the amounts."""

    customer_id = serializers.CharField()
    periods = serializers.IntegerField()
    tax = ComparedSerializer()
    lines = SimulatedLineSerializer(many=True)
    problems = serializers.ListField(child=serializers.CharField())


class ProgressSerializer(serializers.Serializer):
    """How many customers are done."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class SimulationSerializer(serializers.Serializer):
    """Every customer who has a period in the time, those of one page where it runs in the background."""

    object_type = serializers.CharField()
    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=[DONE, RUNNING])
    pricing_plan_version_id = serializers.CharField()
    progress = ProgressSerializer()
    customers = SimulatedCustomerSerializer(many=True)
    page = serializers.IntegerField(required=False)
    limit = serializers.IntegerField(required=False)
    total_number_of_pages = serializers.IntegerField(required=False)
    links = serializers.DictField(required=False)


class SimulationViewSet(PlatformViewSet):
    """Prices tried on what has been used."""

    tag = "pricingPlanVersions"
    serializer_class = SimulationSerializer
    permissions = {"simulate": "INVOICE.VIEW", "retrieve": "INVOICE.VIEW"}
    requests = {"simulate": SimulationRequestSerializer}
    statuses = {"simulate": 200}

    def simulate(self, request: Request, pk: str) -> Response:
        """What past periods would have cost by this version, and what they cost now, by customer and line.

        A large simulation is answered with status ``RUNNING`` and an ``id`` to ask again by.
        """
        version: Any = find(PricingPlanVersion, self.platform, pk)
        if version is None:
            raise NotFound("The requested PRICING_PLAN_VERSION could not be found")
        asked = self.validated(serializer_class=SimulationRequestSerializer)
        trial = Trial(self.ctx, version, asked.get("against_version_id"), Span(asked["from"], asked["to"]))
        found = simulations.start(trial=trial, customers=asked.get("customer_ids"))
        if isinstance(found, Simulation):
            return self._stored(found)
        customers = [each.to_dict() for each in found]
        progress = {"done": len(customers), "total": len(customers)}
        return Response(
            {**_head(version), "id": None, "status": DONE, "progress": progress, "customers": customers}
        )

    def retrieve(self, request: Request, pk: str) -> Response:
        """How far a simulation is, and a page of the customers that are done."""
        rows = Simulation.objects.for_platform(self.platform).select_related("version")
        simulation = rows.filter(public_id=pk).first()
        if simulation is None:
            raise NotFound("The requested SIMULATION could not be found")
        return self._stored(simulation)

    def _stored(self, simulation: Simulation) -> Response:
        rows = SimulatedCustomer.objects.filter(platform=self.platform, simulation=simulation)
        done = rows.filter(outcomes__isnull=False).order_by("pk")
        chosen, envelope = paging.slice_page(done, self.request.query_params)
        progress = {"done": done.count(), "total": rows.count()}
        return Response(
            {
                **_head(simulation.version),
                "id": simulation.public_id,
                "status": DONE if progress["done"] == progress["total"] else RUNNING,
                "progress": progress,
                "customers": [outcome for row in chosen for outcome in row.outcomes or ()],
                **envelope,
            }
        )


def _head(version: PricingPlanVersion) -> dict[str, str]:
    return {"object_type": Simulation.object_type, "pricing_plan_version_id": version.public_id}
