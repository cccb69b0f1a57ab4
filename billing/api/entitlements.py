"""Entitlements, as schedules carry them and as customers have them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.models import Feature
from kit import money
from kit.api.fields import DecimalField, StrictBooleanField, TextField, reserved
from kit.api.links import LinkField
from kit.api.shapes import AmountSerializer


class ScheduleEntitlementSerializer(serializers.Serializer):
    """A feature's value on a schedule; the feature is named by id or reference."""

    feature_id = LinkField(Feature, required=False, allow_null=True)
    feature_reference = LinkField(Feature, required=False, allow_null=True)
    override = StrictBooleanField(required=False, allow_null=True)
    overwrite = StrictBooleanField(required=False, allow_null=True)
    number = DecimalField(required=False, allow_null=True)
    switch = StrictBooleanField(required=False, allow_null=True)
    amount = AmountSerializer(required=False, allow_null=True)
    enum = TextField(max_length=256)
    string = TextField(max_length=1000)
    vars().update(reserved("feature"))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The entitlement as it is stored: plain JSON with both names of the feature."""
        sent = dict(super().to_internal_value(data))
        feature = sent.pop("feature_reference", None) or sent.get("feature_id")
        if feature is None:
            raise serializers.ValidationError(
                {"feature_id": ["value required, but not set"]}, code="MISSING_FIELD"
            )
        override = sent.get("override", sent.pop("overwrite", None))
        values = {key: _json(value) for key, value in sent.items() if value is not None}
        return {
            **values,
            "feature_id": feature.public_id,
            "feature_reference": feature.reference,
            "override": override,
        }

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {str(name): instance.get(name) for name in self.fields}
        shown["overwrite"] = instance.get("override")
        return shown


class EntitlementSummaryItemSerializer(serializers.Serializer):
    """A feature and what is granted of it."""

    feature_reference = serializers.CharField()
    feature_id = serializers.CharField()
    overwrite = serializers.BooleanField(allow_null=True)
    override = serializers.BooleanField(allow_null=True)
    number = serializers.CharField(allow_null=True)
    switch = serializers.BooleanField(allow_null=True)
    amount = AmountSerializer(allow_null=True)
    enums = serializers.ListField(child=serializers.CharField(), allow_null=True)
    strings = serializers.ListField(child=serializers.CharField(), allow_null=True)


class EntitlementSummarySerializer(serializers.Serializer):
    """What one subscription grants."""

    pricing_plan_subscription_id = serializers.CharField()
    entitlements = EntitlementSummaryItemSerializer(many=True)


class EntitlementsSerializer(serializers.Serializer):
    """What all active subscriptions of a customer grant."""

    entitlements = EntitlementSummaryItemSerializer(many=True)
    pricing_plan_subscription_entitlements = EntitlementSummarySerializer(many=True)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {"quantity": money.plain(value["quantity"]), "currency": value["currency"]}
    return value if isinstance(value, bool | str) else money.plain(value)
