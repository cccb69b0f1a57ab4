"""The serializer of an invoice: its header, and its tree as deep as it is asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework import serializers

from billing.api.invoice_shapes import (
    InvoiceCouponSerializer,
    InvoicedMeterValueSerializer,
    InvoicePartySerializer,
    InvoicePeriodSerializer,
    InvoicePromotionCodeSerializer,
    InvoiceTaxCategorySerializer,
    InvoiceTaxSummarySerializer,
    InvoiceValidationSerializer,
    UnpricedUsageSerializer,
)
from billing.api.invoice_view import Shown, header, tree
from billing.api.price_shapes import InvoiceAmountSerializer, UsedExchangeRateSerializer
from billing.models import InvoiceStatus, InvoiceType, PaymentStatus
from kit.api.fields import DecimalField, EnumField, StrictBooleanField, TextField, expanded, reserved
from kit.api.shapes import PeriodSerializer

HEADER, GROUPS, LINES = 0, 1, 2
# Fields of the contract whose features do not exist yet.
LATER = (
    "delivery_date",
    "closed_periods",
    "auto_rescues",
    "dunning_actions",
    "payment_actions",
    "pay_invoice_link",
    "linked_invoices",
    "custom_fields",
    "other_custom_fields",
    "credit",
    "e_invoices",
    "processing_only_customers",
    "credit_types",
    "display_invoice_sub_lines_per_processing_only_customer",
    "forwarded_from_customers",
    "to_be_reprocessed_at",
    "reprocess",
    "used_tax_registration",
    "footnote",
    "approval_status",
    "linked_integrations",
)
# What an invoice is made from, or what follows from it: accepted in a PATCH that sends back what it read.
COMPUTED = tuple(
    "invoice_number platform_id customer_id customer_reference sales_tax_percentage customer "
    "billing_entity_id billing_entity type created_at updated_at invoice_date due_date "
    "billing_period_date billing_currency invoice_amount_including_tax open_invoice_amount "
    "closed_invoice_amount paid_invoice_amount timezone billing_period pricing_plan_subscription_ids "
    "pricing_amount_type periods tax_categories tax_summary payment_acceptor_ids notes "
    "linked_invoices_ids validation_result to_be_reprocessed updated_to_final_at "
    "has_usage_based_pricing billing_type payment_status used_exchange_rates meter_values "
    "coupons promotion_codes".split()
)


class InvoiceSerializer(serializers.Serializer):
    """An invoice. ``start_at`` to ``unpriced_usage`` and the amount without tax are extensions."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(read_only=True)
    invoice_number = serializers.CharField(read_only=True, allow_null=True)
    purchase_order_number = serializers.CharField(read_only=True, allow_null=True)
    platform_id = serializers.CharField(read_only=True)
    customer_id = serializers.CharField(read_only=True)
    customer_reference = serializers.CharField(read_only=True, allow_null=True)
    sales_tax_percentage = DecimalField(read_only=True, allow_null=True)
    billing_entity_id = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(choices=InvoiceStatus.values, read_only=True)
    on_hold = serializers.BooleanField(read_only=True)
    paid = serializers.BooleanField(read_only=True)
    type = serializers.ChoiceField(choices=InvoiceType.values, read_only=True)
    created_at = serializers.CharField(read_only=True)
    updated_at = serializers.CharField(read_only=True)
    invoice_date = serializers.CharField(read_only=True)
    due_date = serializers.CharField(read_only=True, allow_null=True)
    billing_period_date = serializers.CharField(read_only=True)
    billing_currency = serializers.CharField(read_only=True)
    invoice_amount_excluding_tax = InvoiceAmountSerializer(read_only=True)
    invoice_amount_including_tax = InvoiceAmountSerializer(read_only=True)
    open_invoice_amount = InvoiceAmountSerializer(read_only=True)
    closed_invoice_amount = InvoiceAmountSerializer(read_only=True)
    paid_invoice_amount = InvoiceAmountSerializer(read_only=True)
    timezone = serializers.CharField(read_only=True)
    billing_period = PeriodSerializer(read_only=True, allow_null=True)
    pricing_plan_subscription_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    pricing_amount_type = serializers.CharField(read_only=True)
    periods = InvoicePeriodSerializer(many=True, read_only=True, allow_null=True)
    tax_categories = InvoiceTaxCategorySerializer(many=True, read_only=True, allow_null=True)
    tax_summary = InvoiceTaxSummarySerializer(read_only=True, allow_null=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True, allow_null=True)
    validation_result = InvoiceValidationSerializer(many=True, read_only=True)
    to_be_reprocessed = serializers.BooleanField(read_only=True)
    updated_to_final_at = serializers.CharField(read_only=True, allow_null=True)
    has_usage_based_pricing = serializers.BooleanField(read_only=True, allow_null=True)
    billing_type = serializers.CharField(read_only=True)
    payment_status = serializers.ChoiceField(choices=PaymentStatus.values, read_only=True)
    payment_acceptor_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    linked_invoices_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    used_exchange_rates = UsedExchangeRateSerializer(many=True, read_only=True, allow_null=True)
    meter_values = InvoicedMeterValueSerializer(many=True, read_only=True, allow_null=True)
    coupons = InvoiceCouponSerializer(many=True, read_only=True, allow_null=True)
    promotion_codes = InvoicePromotionCodeSerializer(many=True, read_only=True, allow_null=True)
    vars().update(expanded("customer", "billing_entity"))
    vars().update(reserved(*LATER))
    start_at = serializers.CharField(read_only=True)
    end_at = serializers.CharField(read_only=True)
    finalize_at = serializers.CharField(read_only=True)
    rounding = serializers.CharField(read_only=True, allow_null=True)
    seller = InvoicePartySerializer(read_only=True, allow_null=True)
    buyer = InvoicePartySerializer(read_only=True, allow_null=True)
    unpriced_usage = UnpricedUsageSerializer(many=True, read_only=True, allow_null=True)

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        data = header(instance)
        parties = data.pop("parties") or {}
        data |= {
            "periods": tree(instance, depth=self.context.get("depth", LINES)),
            "seller": parties.get("seller"),
            "buyer": parties.get("buyer"),
        }
        shown: dict[str, Any] = {}
        for name, field in _fields().items():
            value = data.get(name)
            shown[name] = None if value is None else field.to_representation(value)
        return shown


class InvoiceUpdateSerializer(serializers.Serializer):
    """What may be changed: ``status`` to FINAL, ``on_hold``, ``paid`` to true, ``purchase_order_number``."""

    status = EnumField(choices=InvoiceStatus.values, required=False)
    on_hold = StrictBooleanField(required=False)
    paid = StrictBooleanField(required=False, allow_null=True)
    purchase_order_number = TextField(max_length=200)
    vars().update(reserved(*COMPUTED, *LATER))


@cache
def _fields() -> dict[str, serializers.Field]:
    """The fields, made once: a new copy of the whole tree for each answer costs more than the answer."""
    return dict(InvoiceSerializer().fields)
