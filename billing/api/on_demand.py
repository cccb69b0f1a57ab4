"""Items that are charged on demand: which there are, and the request that charges them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.api import own_prices
from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.invoice_view import Shown
from billing.models import PricingPlanSchedule
from billing.selectors.item_terms import ItemTerms
from billing.services.invoices.charge_on_demand import Then
from billing.services.invoices.drafting import Draft
from catalog.api.tree_shape import PricingCategorySerializer
from kit.api.fields import InstantField, StrictBooleanField, StrictCharField, TextField, unsupported
from kit.api.links import LinkField

Json = dict[str, Any]
MOST = 100


class OnDemandPricingItemsSerializer(serializers.Serializer):
    """What a schedule has to be charged on demand: its price tree with nothing else in it."""

    pricing_plan_subscription_id = serializers.CharField()
    pricing_plan_schedule_id = serializers.CharField()
    pricing_plan_version_id = serializers.CharField(allow_null=True)
    pricing_categories = PricingCategorySerializer(many=True)


class DemandedItemSerializer(serializers.Serializer):
    """An item to charge once. Amounts that the payer chooses come with the price type FLEXIBLE."""

    pricing_item_id = StrictCharField(max_length=256)
    vars().update(unsupported("flexible_amount"))


class ChargeOnDemandSerializer(serializers.Serializer):
    """What to charge, as of when (by default now); ``preview`` stores nothing.

    The payment method is kept with the invoice; nothing is collected by it.
    """

    pricing_plan_schedule_id = LinkField(PricingPlanSchedule)
    pricing_items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=DemandedItemSerializer(), max_length=MOST
    )
    start_at = InstantField(required=False, allow_null=True)
    finalize_immediately = StrictBooleanField(required=False, allow_null=True)
    payment_method_id = TextField(max_length=64)
    preview = StrictBooleanField(required=False, allow_null=True)


def arguments(fields: Json) -> Json:
    """The request as what both the dry run and the charge are asked for."""
    return {
        "schedule": fields["pricing_plan_schedule_id"],
        "pricing_items": [each["pricing_item_id"] for each in fields["pricing_items"]],
        "start_at": fields.get("start_at"),
    }


def then(fields: Json) -> Then:
    """What is to become of the invoice."""
    return Then.FINAL if fields.get("finalize_immediately") else Then.DRAFT


def previewed(draft: Draft, context: Json) -> Json:
    """The invoice as it would be; it has no id."""
    return {**InvoiceSerializer(Shown.draft(draft), context=context).data, "id": None}


def answer(schedule: PricingPlanSchedule, items: tuple[ItemTerms, ...]) -> Json:
    """The price tree of the schedule as it is billed, with these items and no others."""
    version = own_prices.combined(schedule)
    wanted = {item.pricing_item_id for item in items}
    return {
        "pricing_plan_subscription_id": schedule.subscription.public_id,
        "pricing_plan_schedule_id": schedule.public_id,
        "pricing_plan_version_id": own_prices.plan_version_id(schedule),
        "pricing_categories": [
            kept for each in version["pricing_categories"] if (kept := _category(each, wanted)) is not None
        ],
    }


def _category(category: Json, wanted: set[str]) -> Json | None:
    pricings = _pricings(category["pricings"], wanted)
    groups = [
        {**group, "pricings": kept}
        for group in category["pricing_groups"] or ()
        if (kept := _pricings(group["pricings"], wanted))
    ]
    return {**category, "pricings": pricings, "pricing_groups": groups} if pricings or groups else None


def _pricings(pricings: list[Json] | None, wanted: set[str]) -> list[Json]:
    found = []
    for pricing in pricings or ():
        items = [item for item in pricing["items"] or () if item["id"] in wanted]
        if items:
            found.append({**pricing, "items": items})
    return found
