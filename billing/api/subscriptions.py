"""``/v1/pricing-plan-subscriptions``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Searched, Updated, Upserted
from billing.api.init import InitRequestSerializer, InitSerializer, answer
from billing.api.subscription_shape import PricingPlanSubscriptionSerializer
from billing.models import PricingPlanSubscription, SubscriptionStatus
from billing.selectors import subscriptions as selectors
from billing.services.subscriptions import archive, cancel, copy, init, payment_method, subscriptions, void
from billing.services.subscriptions.cancel import CancelType
from kit.api import filters
from kit.api.fields import EnumField, InstantField, ReferenceField, StrictBooleanField, TextField

SUBSCRIPTION = "PRICING_PLAN_SUBSCRIPTION"


class Always(filters.Filter):
    """A parameter of which so far one value exists (``path``): another finds nothing."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        return rows if query.get(self.name, self.path) == self.path else rows.none()


class CancelSerializer(serializers.Serializer):
    """When to end."""

    type = EnumField(choices=[kind.value for kind in CancelType])
    cancel_at = InstantField(required=False, allow_null=True)
    cancel_dunning_actions = StrictBooleanField(required=False, allow_null=True)


class CopySerializer(serializers.Serializer):
    """The copy's own reference."""

    reference = ReferenceField(required=False, allow_null=True)


class PaymentMethodUpdateSerializer(serializers.Serializer):
    """The stored method to charge from now on."""

    cancel_dunning_actions = StrictBooleanField(required=False, allow_null=True)
    payment_method_id = TextField(max_length=64)


def either(verb: str) -> tuple[str, ...]:
    """The reference's two permissions, of which one is enough."""
    return (f"{SUBSCRIPTION}.{verb}", f"QUOTE.{SUBSCRIPTION}.{verb}")


class PricingPlanSubscriptionViewSet(Listed, Retrieved, Created, Updated, Deleted, Upserted, Searched):
    """Subscriptions, and the steps of their life."""

    tag = "pricingPlanSubscriptions"
    model, serializer_class = PricingPlanSubscription, PricingPlanSubscriptionSerializer
    service: ClassVar[ModuleType] = subscriptions
    selector = selectors.subscriptions
    permissions = crud(
        SUBSCRIPTION,
        list=either("VIEW"),
        retrieve=either("VIEW"),
        create=either("CREATE"),
        update=either("UPDATE"),
        upsert=(*either("CREATE"), *either("UPDATE")),
        init=f"{SUBSCRIPTION}.CREATE",
        void=f"{SUBSCRIPTION}.STATUS.UPDATE",
        archive=f"{SUBSCRIPTION}.STATUS.UPDATE",
        cancel=f"{SUBSCRIPTION}.CANCEL",
        copy=f"{SUBSCRIPTION}.CREATE",
        update_payment_method=f"{SUBSCRIPTION}.UPDATE",
    )
    requests = {
        "init": InitRequestSerializer,
        "cancel": CancelSerializer,
        "copy": CopySerializer,
        "update_payment_method": PaymentMethodUpdateSerializer,
    }
    responses = {"init": InitSerializer}
    filters = [
        filters.Linked("customer_id", "customer"),
        filters.Equals("reference", "reference"),
        filters.OneOf("status", "status", tuple(SubscriptionStatus.values)),
        filters.OneOf("statuses[]", "status", tuple(SubscriptionStatus.values)),
        filters.Range("start_at", "start_at"),
        filters.Range("created_at", "created_at"),
        Always("type", "BILLING"),
        Always("variant", "DEFAULT"),
        filters.Equals("pricing_plan_subscription_group_id", "group_public_id"),
        filters.NotYet("custom_field"),
    ]
    orderable = {
        "reference": "reference",
        "name": "name",
        "pricing_plan_name": "pricing_plan_name",
        "start_at": "start_at",
        "billing_currency": "billing_currency",
        "billing_period": "billing_period_type",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "type": "pk",
    }
    searchable = {
        "id": "public_id",
        "reference": "reference",
        "name": "name",
        "status": "status",
        "customer_id": "customer__public_id",
        "customer_reference": "customer__reference",
        "customer_name": "customer__name",
    }

    @action(detail=False, methods=["post"])
    def init(self, request: Request) -> Response:
        """Create customer (where sent), subscription and schedules, activate, and make the first invoice."""
        fields = self.validated(serializer_class=InitRequestSerializer)
        return Response(answer(init.subscription(ctx=self.ctx, fields=fields)))

    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """Undo a mistake: the subscription and its invoices are void."""
        return self.one(void.subscription(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Put a subscription that is not running away."""
        return self.one(archive.subscription(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End it now, at the next billing period, at a date or after the initial term; or take that back."""
        fields = self.validated(serializer_class=CancelSerializer)
        ended = cancel.subscription(
            ctx=self.ctx,
            instance=self.instance(),
            type=fields["type"],
            cancel_at=fields.get("cancel_at"),
        )
        return self.one(ended)

    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str) -> Response:
        """A DRAFT with the same terms and schedules, to be reassigned and started."""
        fields = self.validated(serializer_class=CopySerializer)
        reference = fields.get("reference")
        return self.one(copy.subscription(ctx=self.ctx, instance=self.instance(), reference=reference))

    @action(detail=True, methods=["post"], url_path="update-payment-method")
    def update_payment_method(self, request: Request, pk: str) -> Response:
        """Remember another payment method. Nothing is charged."""
        fields = self.validated(serializer_class=PaymentMethodUpdateSerializer)
        chosen = fields.get("payment_method_id")
        instance = self.instance()
        return self.one(payment_method.update(ctx=self.ctx, instance=instance, payment_method_id=chosen))
