"""``/v1/invoices/preview``: its request and its answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.api.coupon_fields import PromotionCodesField
from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.invoice_view import Shown
from billing.api.schedule_terms import EnabledPricingSerializer, SeatsSerializer
from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.services.invoices.drafting import Draft
from billing.services.previews.preview import Preview
from kit.api.fields import CurrencyField, InstantField, StrictIntegerField, unsupported
from kit.api.links import LinkField
from kit.api.shapes import PeriodSerializer

MOST = 24


class CustomizationSerializer(serializers.Serializer):
    """What if a schedule said something else: what is given here stands in the place of what it says."""

    pricing_plan_schedule_id = LinkField(PricingPlanSchedule)
    seats_values = SeatsSerializer(many=True, required=False, allow_null=True)
    enabled_pricings = EnabledPricingSerializer(many=True, required=False, allow_null=True)
    pricing_currency = CurrencyField(required=False, allow_null=True)
    billing_period = PeriodSerializer(required=False, allow_null=True)
    promotion_codes = PromotionCodesField(required=False, allow_null=True)


class PreviewRequestSerializer(serializers.Serializer):
    """Whose invoices to compute. Templates and other customers are not supported yet."""

    pricing_plan_subscription_id = LinkField(PricingPlanSubscription)
    start_at = InstantField(required=False)
    invoices_per_schedule = StrictIntegerField(required=False, min_value=1, max_value=MOST, default=1)
    vars().update(
        unsupported(
            "template_pricing_plan_subscription_id",
            "customer_details",
        )
    )
    enabled_pricings = EnabledPricingSerializer(many=True, required=False, allow_null=True)
    pricing_plan_schedule_customizations = CustomizationSerializer(many=True, required=False, allow_null=True)


class PreviewedScheduleSerializer(serializers.Serializer):
    """The next invoices of one schedule."""

    pricing_plan_schedule_id = serializers.CharField()
    invoices = InvoiceSerializer(many=True)


class PreviewSerializer(serializers.Serializer):
    """``invoice`` is the next one, ``first_invoice`` what opens the subscription, or else the next one."""

    invoice = InvoiceSerializer(allow_null=True)
    first_invoice = InvoiceSerializer(allow_null=True)
    invoice_infos = PreviewedScheduleSerializer(many=True)


def answer(preview: Preview, context: dict[str, Any]) -> dict[str, Any]:
    """The answer; an invoice that cannot be drawn up says why in ``validation_result``."""

    def shown(draft: Draft | None) -> Any:
        if draft is None:
            return None
        data = InvoiceSerializer(Shown.draft(draft), context=context).data
        return {**data, "id": None}

    return {
        "invoice": shown(preview.first),
        "first_invoice": shown(preview.opening or preview.first),
        "invoice_infos": [
            {
                "pricing_plan_schedule_id": schedule.public_id,
                "invoices": [shown(draft) for draft in drafts],
            }
            for schedule, drafts in preview.by_schedule
        ],
    }
