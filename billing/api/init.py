"""``/v1/pricing-plan-subscriptions/init``: its request and its answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.api.customers import CustomerSerializer
from billing.api.customers import render as render_customer
from billing.api.entitlements import EntitlementsSerializer
from billing.api.invoice_reading import whole
from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.schedule_terms import EnabledPricingSerializer
from billing.api.schedules import PricingPlanScheduleSerializer
from billing.api.schedules import render as render_schedule
from billing.api.subscription_shape import PricingPlanSubscriptionSerializer
from billing.api.subscription_shape import render as render_subscription
from billing.selectors import entitlements
from billing.services.subscriptions.init import Started
from kit.api.fields import InstantField, reserved, unsupported

PAYMENT_METHOD = "The payment method, stored as it is sent; nothing is charged."


class InitRequestSerializer(serializers.Serializer):
    """Everything that starts a subscription."""

    customer = CustomerSerializer(required=False, allow_null=True)
    pricing_plan_subscription = PricingPlanSubscriptionSerializer(required=False, allow_null=True)
    pricing_plan_schedules = PricingPlanScheduleSerializer(many=True)
    first_payment = serializers.DictField(required=False, allow_null=True)
    payment_method = serializers.DictField(required=False, allow_null=True, help_text=PAYMENT_METHOD)
    vars().update(unsupported("pricing_plan_subscription_start_at"))
    enabled_pricings = EnabledPricingSerializer(many=True, required=False, allow_null=True)
    entitlements_summary = EntitlementsSerializer(read_only=True)
    vars().update(reserved("invoice"))


class InitSerializer(serializers.Serializer):
    """What was started."""

    customer = CustomerSerializer()
    pricing_plan_subscription = PricingPlanSubscriptionSerializer()
    pricing_plan_schedules = PricingPlanScheduleSerializer(many=True)
    first_payment = serializers.DictField(allow_null=True)
    payment_method = serializers.DictField(allow_null=True)
    pricing_plan_subscription_start_at = InstantField()
    enabled_pricings = EnabledPricingSerializer(many=True)
    entitlements_summary = EntitlementsSerializer()
    invoice = InvoiceSerializer(allow_null=True)


def answer(started: Started) -> dict[str, Any]:
    """The answer to ``/init``; the invoice looks as ``/v1/invoices`` shows it."""
    subscription = started.subscription
    start = started.schedules[0].start_at
    return {
        "customer": render_customer(subscription.customer),
        "pricing_plan_subscription": render_subscription(subscription),
        "pricing_plan_schedules": [render_schedule(each) for each in started.schedules],
        "first_payment": started.first_payment,
        "payment_method": subscription.payment_method_details,
        "pricing_plan_subscription_start_at": InstantField().to_representation(start),
        "enabled_pricings": [each for row in started.schedules for each in row.enabled_pricings],
        "entitlements_summary": entitlements.summary(subscription.platform, started.schedules[:1], at=start),
        "invoice": whole(subscription.platform, started.invoice) if started.invoice else None,
    }
