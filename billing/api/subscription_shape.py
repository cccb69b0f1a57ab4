"""The shape of a subscription in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.api.fields import OptionalTextField
from billing.calc.due_date import DueDateType
from billing.models import (
    BillingEntity,
    Customer,
    PricingPlanSchedule,
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
    SubscriptionBillingTime,
    SubscriptionStatus,
)
from billing.selectors import subscription_groups, subscriptions
from kit.api.fields import (
    CurrencyField,
    DecimalField,
    EnumField,
    InstantField,
    OnlyField,
    ReferenceField,
    StrictBooleanField,
    expanded,
    reserved,
    unsupported,
)
from kit.api.links import LinkField, LinkReferenceField
from kit.api.shapes import PeriodSerializer
from kit.period import format_instant

PARTIES = ("customer", "billing_entity")


class DueDateSerializer(serializers.Serializer):
    """The payment term: a period after the invoice date, or the end of its month."""

    type = EnumField(choices=[kind.value for kind in DueDateType])
    period = PeriodSerializer(required=False, allow_null=True)


class PricingPlanScheduleInfoSerializer(serializers.Serializer):
    """A schedule, in short."""

    id = serializers.CharField(source="public_id")
    pricing_plan_schedule_id = serializers.CharField(source="public_id")
    pricing_plan_id = serializers.CharField(source="pricing_plan.public_id")
    pricing_plan_version_id = serializers.CharField(source="pricing_plan_version.public_id")
    start_at = InstantField()
    end_at = InstantField(allow_null=True)
    realign_invoice_date_to_pricing_plan_schedule_start_at = serializers.BooleanField(
        source="realigns_anchor"
    )
    vars().update(expanded("pricing_plan_schedule", "pricing_plan", "pricing_plan_version"))


class NextInvoiceSerializer(serializers.Serializer):
    """The draft that becomes an invoice next."""

    invoice_date = serializers.CharField()
    invoice_id = serializers.CharField()


class GroupField(LinkField):
    """The group whose volumes pick its bands; null takes it out of its group."""

    def get_attribute(self, instance: PricingPlanSubscription) -> str | None:
        return subscription_groups.group_id(instance)

    def to_representation(self, value: str) -> str:
        return value


class PricingPlanSubscriptionSerializer(serializers.Serializer):
    """What a customer has agreed to."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)
    activated_at = InstantField(read_only=True, allow_null=True)
    status = EnumField(choices=SubscriptionStatus.values, required=False)
    reference = ReferenceField(required=False, allow_null=True)
    name = OptionalTextField(max_length=500)
    purchase_order_number = OptionalTextField(max_length=200)
    customer_id = LinkField(Customer, source="customer", required=False)
    customer_reference = LinkReferenceField(Customer, source="customer", required=False)
    billing_entity_id = LinkField(BillingEntity, source="billing_entity", required=False)
    billing_entity_reference = LinkReferenceField(BillingEntity, source="billing_entity", required=False)
    billing_period = PeriodSerializer(required=False, allow_null=True)
    billing_currency = CurrencyField(required=False, allow_null=True)
    due_date_configuration = DueDateSerializer(required=False, allow_null=True)
    initial_term = PeriodSerializer(required=False, allow_null=True)
    renewal_term = PeriodSerializer(required=False, allow_null=True)
    auto_renewal = StrictBooleanField(required=False, allow_null=True)
    billing_time = EnumField(choices=SubscriptionBillingTime.values, required=False)
    description = OptionalTextField(max_length=2000)
    init_invoice_on_hold = StrictBooleanField(required=False)
    payment_method_id = OptionalTextField(source="payment_method_key", max_length=64)
    sales_tax_percentage = DecimalField(required=False, allow_null=True)
    pricing_plan_schedule_infos = serializers.SerializerMethodField()
    next_invoice = serializers.SerializerMethodField()
    cancel_at = InstantField(read_only=True, allow_null=True)
    cancelled_at = InstantField(read_only=True, allow_null=True)
    type = OnlyField("BILLING")
    variant = OnlyField("DEFAULT")
    pricing_plan_subscription_group_id = GroupField(
        PricingPlanSubscriptionGroup, source="group", required=False, allow_null=True
    )
    vars().update(unsupported("combine", "forward_customer_id"))
    vars().update(unsupported("seller_details", "template", "replicate_meter_data_ingest_to_parent"))
    vars().update(reserved("quote_version_id", "upgraded_from_pricing_plan_subscription_id"))
    vars().update(reserved("upgraded_to_pricing_plan_subscription_id", "payment_acceptor_ids"))
    vars().update(reserved("display_invoice_sub_lines_per_processing_only_customer"))
    vars().update(reserved("inactive_periods", "custom_fields", "linked_integrations"))
    vars().update(expanded("customer", "billing_entity", "payment_acceptors", "forward_customer"))
    vars().update(expanded("pricing_plan_subscription_group"))

    def to_internal_value(self, data: Any) -> Any:
        """Without the empty twin of a party that the other twin names; twins that differ are refused."""
        if isinstance(data, dict):
            twins = {f"{party}_{kind}" for party in PARTIES for kind in ("id", "reference")}
            data = {key: value for key, value in data.items() if value is not None or key not in twins}
        values = super().to_internal_value(data)
        for party in PARTIES:
            _require_same(values.get(party), data, party)
        return values

    def validate_sales_tax_percentage(self, value: Any) -> Any:
        """A percent."""
        if value is not None and not 0 <= value <= 100:
            raise serializers.ValidationError("must be from 0 to 100", code="INVALID_FIELD")
        return value

    def get_pricing_plan_schedule_infos(self, subscription: PricingPlanSubscription) -> list[dict[str, Any]]:
        timeline: list[PricingPlanSchedule] = subscriptions.timeline(subscription)
        return [dict(row) for row in PricingPlanScheduleInfoSerializer(timeline, many=True).data]

    def get_next_invoice(self, subscription: PricingPlanSubscription) -> dict[str, Any] | None:
        draft = subscriptions.next_draft(subscription)
        if draft is None:
            return None
        return {"invoice_date": format_instant(draft.invoice_date), "invoice_id": draft.public_id}


def _require_same(row: Any, data: dict[str, Any], party: str) -> None:
    names = [data[name] for name in (f"{party}_id", f"{party}_reference") if name in data]
    if row is not None and any(name not in (row.public_id, row.reference) for name in names):
        raise serializers.ValidationError(
            {f"{party}_reference": [f"names another {party} than {party}_id"]}, code="INVALID_FIELD"
        )


def render(subscription: PricingPlanSubscription) -> dict[str, Any]:
    """The API's representation of a subscription."""
    return dict(PricingPlanSubscriptionSerializer(subscription).data)
