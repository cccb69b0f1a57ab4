"""``/v1/pricing-plan-versions/{id}/simulate``: what past usage would have cost (an extension)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from billing.models import Customer
from billing.services import simulate
from billing.services.simulate import Compared, CustomerOutcome
from catalog.models import PricingPlanVersion
from kit.api.fields import InstantField
from kit.api.links import LinkField, ManyLinksField, find
from kit.api.shapes import AmountSerializer
from kit.errors import NotFound
from kit.money import fixed
from kit.period import Span


class SimulationRequestSerializer(serializers.Serializer):
    """Which past periods to try the version on: those that start in ``[from, to)``."""

    vars().update({"from": InstantField(), "to": InstantField()})
    customer_ids = ManyLinksField(Customer, required=False, allow_null=True, max_length=1000)
    against_version_id = LinkField(PricingPlanVersion, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["from"] >= attrs["to"]:
            raise serializers.ValidationError({"to": ["must be later than from"]}, code="INVALID_FIELD")
        return attrs


class ComparedSerializer(serializers.Serializer):
    """Amounts without tax."""

    now = AmountSerializer()
    then = AmountSerializer()
    difference = AmountSerializer()


class SimulatedLineSerializer(ComparedSerializer):
    """What is sold, or all discounts and commitments together."""

    product_item_ids = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField()


class SimulatedCustomerSerializer(ComparedSerializer):
    """One customer; the lines add up to the amounts."""

    customer_id = serializers.CharField()
    periods = serializers.IntegerField()
    lines = SimulatedLineSerializer(many=True)
    problems = serializers.ListField(child=serializers.CharField())


class SimulationSerializer(serializers.Serializer):
    """Every customer who has a period in the time."""

    object_type = serializers.CharField()
    pricing_plan_version_id = serializers.CharField()
    customers = SimulatedCustomerSerializer(many=True)


class SimulationViewSet(PlatformViewSet):
    """Prices tried on what has been used."""

    tag = "pricingPlanVersions"
    serializer_class = SimulationSerializer
    permissions = {"simulate": "INVOICE.VIEW"}
    requests = {"simulate": SimulationRequestSerializer}
    statuses = {"simulate": 200}

    def simulate(self, request: Request, pk: str) -> Response:
        """What past periods would have cost by this version, and what they cost now, by customer and line."""
        version: Any = find(PricingPlanVersion, self.platform, pk)
        if version is None:
            raise NotFound("The requested PRICING_PLAN_VERSION could not be found")
        asked = self.validated(serializer_class=SimulationRequestSerializer)
        found = simulate.version(
            ctx=self.ctx,
            version=version,
            span=Span(asked["from"], asked["to"]),
            customers=asked.get("customer_ids"),
            against=asked.get("against_version_id"),
        )
        return Response(
            {
                "object_type": "SIMULATION",
                "pricing_plan_version_id": version.public_id,
                "customers": [_customer(each) for each in found],
            }
        )


def _customer(outcome: CustomerOutcome) -> dict[str, Any]:
    return {
        "customer_id": outcome.customer_id,
        "periods": outcome.periods,
        **_compared(outcome.total, outcome.currency),
        "lines": [
            {"product_item_ids": list(ids), "description": name, **_compared(amounts, outcome.currency)}
            for (ids, name), amounts in outcome.lines.items()
        ],
        "problems": outcome.problems,
    }


def _compared(amounts: Compared, currency: str) -> dict[str, Any]:
    def amount(quantity: Decimal) -> dict[str, str]:
        return {"quantity": fixed(quantity, currency), "currency": currency}

    return {
        "now": amount(amounts.now),
        "then": amount(amounts.then),
        "difference": amount(amounts.difference),
    }
