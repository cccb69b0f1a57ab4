"""The body of a pricing item config (a rule). Types and known fields here; meaning in ``rating.config``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from catalog.api.conditions import MeterConditionsSerializer
from catalog.models import PricingItemConfig
from catalog.rating.types import BlockRounding, PricingType
from kit import money
from kit.api.fields import (
    DecimalField,
    EnumField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    TextField,
    expanded,
    reserved,
)
from kit.api.shapes import AmountSerializer, PeriodSerializer

PRICING_TYPES = [each.value for each in PricingType]
OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


class CreditsSerializer(serializers.Serializer):
    """A quantity of credits of one type."""

    quantity = DecimalField()
    credit_type_id = StrictCharField(max_length=256)


class ConfigMeterValueSerializer(serializers.Serializer):
    """A quantity: one of a number, an amount and a count of events."""

    number = DecimalField(**OPTIONAL)
    amount = AmountSerializer(**OPTIONAL)
    count = DecimalField(**OPTIONAL)


class IncludedVolumeSerializer(ConfigMeterValueSerializer):
    """The free volume of a period."""

    reset_type = TextField(max_length=32)


class BandSerializer(serializers.Serializer):
    """One band (tier) and what its units cost."""

    amount = AmountSerializer(**OPTIONAL)
    percentage = DecimalField(**OPTIONAL)
    credits = CreditsSerializer(**OPTIONAL)
    fixed_amount = AmountSerializer(**OPTIONAL)
    maximum_amount = AmountSerializer(**OPTIONAL)
    minimum_amount = AmountSerializer(**OPTIONAL)
    maximum_number = DecimalField(**OPTIONAL)
    minimum_number = DecimalField(**OPTIONAL)
    block_size = ConfigMeterValueSerializer(**OPTIONAL)
    block_rounding = EnumField(choices=[each.value for each in BlockRounding], **OPTIONAL)
    tier_top_bound = ConfigMeterValueSerializer(**OPTIONAL)


class DetailsSerializer(serializers.Serializer):
    """The mirror of the price's own fields."""

    billing_period = PeriodSerializer(**OPTIONAL)
    pricing_type = EnumField(choices=PRICING_TYPES, **OPTIONAL)
    pricing_period = PeriodSerializer(**OPTIONAL)
    bands = BandSerializer(many=True, **OPTIONAL)


class ConditionConfigSerializer(MeterConditionsSerializer):
    """Further conditions that must hold too (an extension), or a reference to another rule."""

    id = TextField(max_length=256)


class ConditionsSerializer(MeterConditionsSerializer):
    """Which usage the rule prices; without it the rule is the default."""

    configs = ConditionConfigSerializer(many=True, **OPTIONAL)


class TopUpSerializer(serializers.Serializer):
    """How a prepaid bundle behaves."""

    rollover = StrictBooleanField(**OPTIONAL)


class SplitPropertySerializer(serializers.Serializer):
    """A meter property that splits lines, by id or reference."""

    id = TextField(max_length=256)
    reference = TextField(max_length=256)
    value = TextField()
    vars().update(expanded("meter_property"))


class SplitPricingSerializer(serializers.Serializer):
    """One invoice line per value of these properties."""

    meter_properties = SplitPropertySerializer(many=True, **OPTIONAL)


class AmountGrantSerializer(serializers.Serializer):
    """Money granted to a wallet."""

    amount = AmountSerializer(**OPTIONAL)
    percentage = DecimalField(**OPTIONAL)


class CreditsGrantSerializer(serializers.Serializer):
    """Credits granted to a wallet."""

    credits = CreditsSerializer(**OPTIONAL)
    conversion = TextField(max_length=256)


class ExpiryPolicySerializer(serializers.Serializer):
    """When a grant expires."""

    expiry_period = PeriodSerializer(**OPTIONAL)


class WalletGrantSerializer(serializers.Serializer):
    """What charging the item puts in a wallet."""

    wallet_type_id = TextField(max_length=256)
    amount_grant = AmountGrantSerializer(**OPTIONAL)
    credits_grant = CreditsGrantSerializer(**OPTIONAL)
    expiry_policy = ExpiryPolicySerializer(**OPTIONAL)
    vars().update(reserved("wallet_type"))


class PricingItemConfigSerializer(serializers.Serializer):
    """A rule: which usage it prices, and how. The validated value is plain JSON without unknown fields."""

    object_type = serializers.CharField(read_only=True)
    id = TextField(max_length=256)
    details = DetailsSerializer(**OPTIONAL)
    billing_period = PeriodSerializer(**OPTIONAL)
    type = EnumField(choices=PRICING_TYPES, **OPTIONAL)
    pricing_type = EnumField(choices=PRICING_TYPES, **OPTIONAL)
    pricing_period = PeriodSerializer(**OPTIONAL)
    default_included_volume = IncludedVolumeSerializer(**OPTIONAL)
    default_seats_value = ConfigMeterValueSerializer(**OPTIONAL)
    conditions = ConditionsSerializer(**OPTIONAL)
    tiering_conditions = MeterConditionsSerializer(**OPTIONAL)
    bands = BandSerializer(many=True, **OPTIONAL)
    order = StrictIntegerField(min_value=0, max_value=2**31 - 1, **OPTIONAL)
    billing_in_advance = StrictBooleanField(**OPTIONAL)
    volume_group_reference = TextField(max_length=256)
    top_up = TopUpSerializer(**OPTIONAL)
    split_pricing = SplitPricingSerializer(**OPTIONAL)
    on_demand = StrictBooleanField(**OPTIONAL)
    wallet_grants = WalletGrantSerializer(many=True, **OPTIONAL)
    original_pricing_item_config_id = TextField(max_length=256)
    vars().update(expanded("original_pricing_item_config"))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        plain: dict[str, Any] = plain_json(super().to_internal_value(data))
        return plain

    def to_representation(self, instance: PricingItemConfig | dict[str, Any]) -> dict[str, Any]:
        if isinstance(instance, PricingItemConfig):
            return shown(instance.body, instance.public_id)
        return shown(instance, instance["id"])


def shown(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    """A stored config as the API shows it: every field, ``type`` and ``details`` beside the newer names."""
    whole: dict[str, Any] = {name: body.get(name) for name in CONFIG_FIELDS}
    bands = [{name: band.get(name) for name in BAND_FIELDS} for band in body.get("bands", [])]
    whole |= {"object_type": PricingItemConfig.object_type, "id": public_id, "bands": bands}
    whole |= {"type": body["pricing_type"], "billing_in_advance": body.get("billing_in_advance", False)}
    whole["details"] = {name: whole[name] for name in DETAIL_FIELDS}
    return whole


def plain_json(value: Any) -> Any:
    """Validated values as JSON: decimals as plain strings, absent and null alike."""
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, Mapping):
        return {name: plain_json(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [plain_json(each) for each in value]
    return value


CONFIG_FIELDS = tuple(map(str, PricingItemConfigSerializer().fields))
BAND_FIELDS = tuple(map(str, BandSerializer().fields))
DETAIL_FIELDS = tuple(map(str, DetailsSerializer().fields))
