"""The shapes of events for the schema; the hot path reads and writes them by hand."""

from __future__ import annotations

from rest_framework import serializers

from kit.api.fields import DecimalField, EnumField, InstantField, StrictCharField, reserved
from kit.api.shapes import AmountSerializer


class MeterDataMeterValueSerializer(serializers.Serializer):
    """One value: a number, or an amount for AMOUNT values; ``count`` says for how many units it stands."""

    id = serializers.CharField(required=False, allow_null=True)
    reference = serializers.CharField(required=False, allow_null=True)
    number = DecimalField(required=False, allow_null=True)
    amount = AmountSerializer(required=False, allow_null=True)
    count = DecimalField(required=False, allow_null=True)
    dynamic_validation_settings = serializers.DictField(required=False, allow_null=True)


class MeterDataMeterPropertySerializer(serializers.Serializer):
    """One property; the value is text, even of a NUMBER property."""

    id = serializers.CharField(required=False, allow_null=True)
    reference = serializers.CharField(required=False, allow_null=True)
    value = serializers.CharField(required=False, allow_null=True, max_length=256)
    dynamic_validation_settings = serializers.DictField(required=False, allow_null=True)


class DuplicateSerializer(serializers.Serializer):
    of_meter_data_id = serializers.CharField()


class NotMatchedSerializer(serializers.Serializer):
    variant = serializers.CharField(allow_null=True)


class ProcessedDetailsSerializer(serializers.Serializer):
    """What became of the event; ``fate`` is an extension that also knows LATE and DELETED."""

    type = EnumField(choices=["DEFAULT", "NOT_MATCHED", "DUPLICATE"], allow_null=True)
    fate = EnumField(choices=["MATCHED", "NOT_MATCHED", "LATE", "DUPLICATE", "DELETED"], allow_null=True)
    duplicate_of_meter_data_id = serializers.CharField(allow_null=True)
    duplicate = DuplicateSerializer(allow_null=True)
    not_matched = NotMatchedSerializer(allow_null=True)


class CostPredictionDetailsSerializer(serializers.Serializer):
    """An invoice that the event is part of, as it is with the event on it."""

    customer_id = serializers.CharField()
    invoice_id = serializers.CharField()
    amount_excluding_tax = AmountSerializer()
    amount_including_tax = AmountSerializer()
    tax_summary = serializers.DictField(allow_null=True)
    periods = serializers.ListField(child=serializers.DictField(), allow_null=True)
    vars().update(reserved("pre_wallet_balance", "post_wallet_balance"))


class CostPredictionSerializer(serializers.Serializer):
    """FAILED: an invoice cannot be drawn up, and says why when it is read."""

    response = EnumField(choices=["OK", "FAILED", "NOT_SUPPORTED"])
    details = CostPredictionDetailsSerializer(many=True)
    used_change_rates = serializers.ListField(child=serializers.DictField())


class MeterDataSerializer(serializers.Serializer):
    """An event: one billable action of a customer on a meter.

    What only answers hold (``id``, ``type``, ``created_at`` and the like) may be sent and is ignored.
    """

    object_type = serializers.CharField(required=False, allow_null=True)
    id = serializers.CharField(required=False, allow_null=True)
    reference = StrictCharField(min_length=1, max_length=256, help_text="Unique on the platform, for ever.")
    type = EnumField(choices=["INGEST", "CALCULATION"], required=False, allow_null=True)
    customer_id = serializers.CharField(required=False, allow_null=True)
    customer_reference = serializers.CharField(required=False, allow_null=True)
    meter_id = serializers.CharField(required=False, allow_null=True)
    meter_reference = serializers.CharField(required=False, allow_null=True)
    pricing_plan_subscription_id = serializers.CharField(required=False, allow_null=True)
    pricing_plan_subscription_reference = serializers.CharField(required=False, allow_null=True)
    timestamp = InstantField(required=False, allow_null=True, help_text="Now when omitted.")
    created_at = InstantField(required=False, allow_null=True)
    meter_properties = MeterDataMeterPropertySerializer(many=True, required=False)
    meter_values = MeterDataMeterValueSerializer(many=True, required=False)
    cost_prediction = CostPredictionSerializer(required=False, allow_null=True)
    processed_details = ProcessedDetailsSerializer(required=False, allow_null=True)
    deleted = serializers.BooleanField(required=False, allow_null=True)
    vars().update(reserved("customer", "pricing_plan_subscription_selector"))


class MeterDatasSerializer(serializers.Serializer):
    """Several events."""

    meter_datas = MeterDataSerializer(many=True)


class EventsSerializer(serializers.Serializer):
    """Several events."""

    events = MeterDataSerializer(many=True)


class ItemErrorSerializer(serializers.Serializer):
    """The contract's error, for one event of a batch."""

    type = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    message = serializers.CharField()
    resource_id = serializers.CharField(allow_null=True)
    resource_type = serializers.CharField(allow_null=True)


class ResultSerializer(serializers.Serializer):
    """The result of one event of a batch: 201 stored (or a duplicate), otherwise the error's status."""

    object_type = serializers.CharField()
    id = serializers.CharField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    created_at = InstantField(required=False)
    processed_details = ProcessedDetailsSerializer(required=False)
    status = serializers.IntegerField()
    error = ItemErrorSerializer(allow_null=True)


class MeterDataBatchSerializer(serializers.Serializer):
    """Up to 10,000 events; each is answered on its own."""

    meter_datas = ResultSerializer(many=True)


class EventBatchSerializer(serializers.Serializer):
    """Up to 10,000 events; each is answered on its own."""

    events = ResultSerializer(many=True)


class EventTraceLinkSerializer(serializers.Serializer):
    """One calculation, product item, subscription, price rule and invoice that the event is part of."""

    object_type = serializers.CharField()
    id = serializers.CharField(allow_null=True)
    meter_value_calculation_ids = serializers.ListField(child=serializers.CharField())
    product_item_ids = serializers.ListField(child=serializers.CharField())
    pricing_plan_subscription_id = serializers.CharField()
    pricing_item_config_id = serializers.CharField(allow_null=True)
    invoice_id = serializers.CharField(allow_null=True)
    vars().update(
        reserved("meter_value_calculations", "product_items", "pricing_plan_subscription", "invoice")
    )


class EventTraceSerializer(serializers.Serializer):
    """Where an event ended up."""

    object_type = serializers.CharField()
    id = serializers.CharField()
    meter_data_id = serializers.CharField()
    meter_data = MeterDataSerializer()
    customer_id = serializers.CharField()
    ingest_time = InstantField()
    received_time = InstantField()
    processed_time = InstantField()
    links = EventTraceLinkSerializer(many=True)
    vars().update(reserved("customer"))
