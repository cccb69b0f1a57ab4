"""``/v1/invoices/preview``: its request and its answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.invoice_view import Shown
from billing.models import PricingPlanSubscription
from billing.services.drafting import Draft
from billing.services.preview import Preview
from kit.api.fields import InstantField, StrictIntegerField, unsupported
from kit.api.links import LinkField

MOST = 24


class PreviewRequestSerializer(serializers.Serializer):
    """Whose invoices to compute. Templates, other customers and customizations are not supported yet."""

    pricing_plan_subscription_id = LinkField(PricingPlanSubscription)
    start_at = InstantField(required=False)
    invoices_per_schedule = StrictIntegerField(required=False, min_value=1, max_value=MOST, default=1)
    vars().update(
        unsupported(
            "template_pricing_plan_subscription_id",
            "customer_details",
            "enabled_pricings",
            "pricing_plan_schedule_customizations",
        )
    )


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
