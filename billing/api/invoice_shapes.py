"""The shapes of an invoice: every field of the contract, null where there is nothing to say."""

from __future__ import annotations

from rest_framework import serializers

from billing.api.price_shapes import (
    InvoiceAmountSerializer,
    InvoicedQuantitySerializer,
    PriceDetailsSerializer,
    Shape,
    text,
    texts,
)
from kit.api.fields import reserved
from kit.api.shapes import AddressSerializer, PeriodSerializer


class InvoiceTaxCategorySerializer(Shape):
    """What is taxed alike."""

    name = text()
    category = text()
    percentage = text()
    base_amount = InvoiceAmountSerializer()
    tax_amount = InvoiceAmountSerializer()
    total_amount = InvoiceAmountSerializer()
    notes = texts()
    vars().update(reserved("local_amounts", "rates"))


class InvoiceTaxSummarySerializer(Shape):
    """The tax of a whole invoice."""

    base_amount = InvoiceAmountSerializer()
    tax_amount = InvoiceAmountSerializer()
    total_amount = InvoiceAmountSerializer()
    notes = texts()
    country_code = text()
    vars().update(reserved("local_amounts"))


class ConvertedUsageSerializer(Shape):
    """Which usage a conversion converts."""

    conditions = serializers.JSONField(allow_null=True, required=False)


class InvoiceSubLineSerializer(Shape):
    """A part of a line: one band, floor, cap or fee."""

    sub_line_order = serializers.IntegerField()
    description = text()
    details = PriceDetailsSerializer(allow_null=True, required=False)
    vars().update(
        reserved(
            "processing_only_customer_resource_id",
            "processing_only_customer_id",
        )
    )
    type = text()
    usage_based_conversion = ConvertedUsageSerializer(allow_null=True, required=False)


class LateUsageSerializer(Shape):
    """The final invoice whose period a line bills again (an extension)."""

    invoice_id = text()
    invoice_number = text()
    total_amount = InvoiceAmountSerializer()
    billed_amount = InvoiceAmountSerializer()


class InvoicedNameSerializer(Shape):
    """A product category, product or product item as the invoice names it."""

    object_type = text()
    id = text()
    reference = text()
    name = text()


class InvoicedMeterValueSerializer(InvoicedNameSerializer):
    """A meter value that lines of the invoice count."""

    type = text()


class InvoicePricingSerializer(Shape):
    """The pricing that a group bills."""

    id = text()
    name = text()


class InvoiceLineCouponDataSerializer(Shape):
    """The coupon that a discount comes from."""

    coupon_id = text()
    promotion_code_id = text()


class InvoiceCouponSerializer(Shape):
    """A coupon that takes something off the invoice."""

    coupon_id = text()
    coupon_name = text()


class InvoicedCodeSerializer(Shape):
    """A promotion code as an invoice names it."""

    promotion_code_id = text()
    code = text()


class InvoicePromotionCodeSerializer(Shape):
    """The promotion code by which a coupon of the invoice was redeemed."""

    promotion_code_details = InvoicedCodeSerializer(allow_null=True, required=False)
    coupon_id = text()


class InvoiceLineSerializer(Shape):
    """One price for one span. ``start_at`` to ``steps`` are extensions."""

    id = text()
    line_order = serializers.IntegerField(allow_null=True, required=False)
    description = text()
    pricing_item_id = text()
    pricing_item_config_id = text()
    product_items = InvoicedNameSerializer(many=True, allow_null=True, required=False)
    type = text()
    pricing_type = text()
    tax_categories = InvoiceTaxCategorySerializer(many=True, allow_null=True, required=False)
    amount_excluding_tax = InvoiceAmountSerializer(allow_null=True, required=False)
    amount_including_tax = InvoiceAmountSerializer(allow_null=True, required=False)
    conditions = serializers.JSONField(allow_null=True, required=False)
    meter_value = InvoicedQuantitySerializer(allow_null=True, required=False)
    details = PriceDetailsSerializer(allow_null=True, required=False)
    sub_lines = InvoiceSubLineSerializer(many=True, allow_null=True, required=False)
    commitment_type = text()
    discount_type = text()
    coupon_data = InvoiceLineCouponDataSerializer(allow_null=True, required=False)
    start_at = text()
    end_at = text()
    quantity = text()
    unit = text()
    unit_amount = text()
    late_usage = LateUsageSerializer(allow_null=True, required=False)
    steps = serializers.ListField(child=serializers.JSONField(), allow_null=True, required=False)


class InvoiceGroupSerializer(Shape):
    """The lines of one pricing of one schedule; ``type`` is PRICING."""

    group_order = serializers.IntegerField()
    type = text()
    amount_excluding_tax = InvoiceAmountSerializer()
    amount_including_tax = InvoiceAmountSerializer()
    billing_period = PeriodSerializer(allow_null=True, required=False)
    start_at = text()
    end_at = text()
    product_category = InvoicedNameSerializer(allow_null=True, required=False)
    products = InvoicedNameSerializer(many=True, allow_null=True, required=False)
    pricing = InvoicePricingSerializer(allow_null=True, required=False)
    description = text()
    pricing_plan_subscription_id = text()
    pricing_plan_schedule_id = text()
    tax_categories = InvoiceTaxCategorySerializer(many=True)
    lines = InvoiceLineSerializer(many=True, allow_null=True, required=False)
    vars().update(reserved("billing_customer_id", "forwarded_from_customer_id"))


class InvoicePeriodSerializer(Shape):
    """What is billed for one span of time."""

    period_order = serializers.IntegerField()
    amount_excluding_tax = InvoiceAmountSerializer()
    amount_including_tax = InvoiceAmountSerializer()
    billing_period = PeriodSerializer(allow_null=True, required=False)
    start_at = text()
    end_at = text()
    tax_categories = InvoiceTaxCategorySerializer(many=True)
    groups = InvoiceGroupSerializer(many=True, allow_null=True, required=False)


class InvoiceValidationSerializer(Shape):
    """Why an invoice is not made final."""

    status = text()
    details = text()


class UnpricedUsageSerializer(Shape):
    """Usage that no rule prices: it is shown, and not billed (an extension)."""

    pricing_plan_schedule_id = text()
    pricing_item_id = text()
    properties = serializers.JSONField()
    quantity = text()


class InvoicePartySerializer(Shape):
    """A party as it is printed: master data for a draft, the snapshot for a final invoice."""

    id = text()
    reference = text()
    type = text()
    name = text()
    address = AddressSerializer(allow_null=True, required=False)
    tax_ids = texts()
    registration_number = text()
    email = text()
    timezone = text()
    locale = text()
