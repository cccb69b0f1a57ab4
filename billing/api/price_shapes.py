"""The shapes of a price that was applied: quantity, band, share, and how the amount came about.

A shape reads plain data (``billing.calc.content`` completed by ``services.freezing``), not a model,
so that a draft and a frozen document look the same.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rest_framework import serializers

from kit.api.fields import reserved


class Shape(serializers.Serializer):
    """Data in, the same data out, with every declared field."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, field in self._named:
            value = instance.get(name)
            shown[name] = None if value is None else field.to_representation(value)
        return shown

    @cached_property
    def _named(self) -> list[tuple[str, Any]]:
        """The fields, listed once: an invoice of a thousand lines shows each shape a thousand times."""
        return list(self.fields.items())


def text() -> serializers.Field:
    """Text, or null."""
    return serializers.CharField(allow_null=True, required=False)


def texts() -> serializers.Field:
    """A list of text, or null."""
    return serializers.ListField(child=serializers.CharField(), allow_null=True, required=False)


class InvoiceAmountSerializer(Shape):
    """Money: a decimal string with all decimals of its currency."""

    quantity = serializers.CharField()
    currency = serializers.CharField()


class InvoicedQuantitySerializer(Shape):
    """A quantity: a number, or an amount of money."""

    id = text()
    reference = text()
    type = text()
    number = text()
    amount = InvoiceAmountSerializer(allow_null=True, required=False)
    count = text()
    ratio = text()


class AppliedBandSerializer(Shape):
    """The band (tier) that was applied."""

    order = serializers.IntegerField(allow_null=True, required=False)
    amount = InvoiceAmountSerializer(allow_null=True, required=False)
    fixed_amount = InvoiceAmountSerializer(allow_null=True, required=False)
    percentage = text()
    maximum_amount = InvoiceAmountSerializer(allow_null=True, required=False)
    minimum_amount = InvoiceAmountSerializer(allow_null=True, required=False)
    maximum_number = text()
    minimum_number = text()
    block_size = InvoicedQuantitySerializer(allow_null=True, required=False)
    block_rounding = text()
    tier_lower_bound = InvoicedQuantitySerializer(allow_null=True, required=False)
    tier_top_bound = InvoicedQuantitySerializer(allow_null=True, required=False)
    included_volume = InvoicedQuantitySerializer(allow_null=True, required=False)
    volume_share = text()
    vars().update(reserved("credits"))


class InvoicedShareSerializer(Shape):
    """Which part of a period is billed, in days."""

    days = serializers.IntegerField()
    of_days = serializers.IntegerField()


class IngestSummarySerializer(Shape):
    """The usage behind a price: of how many events, and which share of the item's usage."""

    number = text()
    amount = InvoiceAmountSerializer(allow_null=True, required=False)
    amount_in_pricing_currency = InvoiceAmountSerializer(allow_null=True, required=False)
    count = serializers.IntegerField(allow_null=True, required=False)
    ratio = text()


class ReportSummarySerializer(Shape):
    """What another calculation says of the same usage."""

    meter_value_calculation_id = text()
    number = text()
    amount = InvoiceAmountSerializer(allow_null=True, required=False)
    amount_in_pricing_currency = InvoiceAmountSerializer(allow_null=True, required=False)
    count = text()
    ratio = text()


class UsedExchangeRateSerializer(Shape):
    """One ``base_currency`` was ``rate`` of ``currency``."""

    currency = text()
    base_currency = text()
    rate_timestamp = text()
    rate = text()
    vars().update(source=text())


class InvoicedIncludedVolumeSerializer(Shape):
    """What was free, what of it is left, and what was used."""

    included_volume = InvoicedQuantitySerializer(allow_null=True, required=False)
    available_included_volume = InvoicedQuantitySerializer(allow_null=True, required=False)
    period_volume = InvoicedQuantitySerializer(allow_null=True, required=False)


class InvoicedSplitValueSerializer(Shape):
    """A property and the value that a line is for; null where the events lack the property."""

    reference = text()
    value = text()


class InvoicedSplitSerializer(Shape):
    """The property values that a line is for."""

    meter_properties = InvoicedSplitValueSerializer(many=True)


class PriceDetailsSerializer(Shape):
    """How a price came about. ``unrounded_amount``, ``quantity`` and what follows are extensions."""

    amount = InvoiceAmountSerializer(allow_null=True, required=False)
    pricing_currency = text()
    pricing_amount = InvoiceAmountSerializer(allow_null=True, required=False)
    band = AppliedBandSerializer(allow_null=True, required=False)
    meter_value = InvoicedQuantitySerializer(allow_null=True, required=False)
    description = text()
    unrounded_amount = text()
    type = text()
    quantity = text()
    times = text()
    unit_price = text()
    percentage = text()
    proration = InvoicedShareSerializer(allow_null=True, required=False)
    tiering_meter_value = InvoicedQuantitySerializer(allow_null=True, required=False)
    price_bound = text()
    meter_values = IngestSummarySerializer(many=True, allow_null=True, required=False)
    report_meter_values = ReportSummarySerializer(many=True, allow_null=True, required=False)
    used_exchange_rates = UsedExchangeRateSerializer(many=True, allow_null=True, required=False)
    included_volume_details = InvoicedIncludedVolumeSerializer(allow_null=True, required=False)
    split_pricing = InvoicedSplitSerializer(allow_null=True, required=False)
    meter_value_share_of_total = text()
    vars().update(
        reserved(
            "conversion", "wallet_balance_details", "meter_value_share_of_processing_only_customer_total"
        )
    )
