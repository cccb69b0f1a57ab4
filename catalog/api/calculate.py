"""The bodies of ``POST /v1/pricings/calculate`` (an extension): what does this price cost at a quantity?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api import calculate_checks
from catalog.api.calculate_modifiers import (
    CalculatePeriodSerializer,
    CalculateSeatsSerializer,
    CalculateSpanSerializer,
    CalculateVolumeSerializer,
    LeftOfRuleSerializer,
    LeftSerializer,
)
from catalog.api.calculate_terms import CalculateTermsSerializer
from catalog.api.calculate_values import (
    MAX_PROPERTIES,
    CalculateEventSerializer,
    CalculateMeterValueSerializer,
    PeriodPartField,
    PropertiesField,
    UnderSerializer,
)
from catalog.api.config_shape import OPTIONAL, PricingItemConfigSerializer
from catalog.models import ItemType, ModelType, PricingItem
from kit.api.fields import CurrencyField, DecimalField, EnumField, StrictCharField
from kit.api.links import LinkField
from kit.api.shapes import AmountSerializer
from metering.models import CalculationType

MAX_EVENTS = 10_000
MAX_CONFIGS = 100
MAX_SEATS = 1000


def several_values(help_text: str) -> serializers.ListField:
    """Quantities under property values."""
    return serializers.ListField(
        child=UnderSerializer(), max_length=MAX_EVENTS, help_text=help_text, **OPTIONAL
    )


class CalculateSerializer(serializers.Serializer):
    """A price, and the quantity or the single events that it is asked for.

    The price is a ``config``, or the rule of a stored pricing item that prices these properties. Several
    ``configs``, ``meter_values``, or events with properties ask for all rules at once: usage is divided
    over them as an invoice divides it, and aggregated by the calculation of the stored item, or by
    ``calculation_type``: events as events, ``meter_values`` as results that are to become one.
    """

    config = PricingItemConfigSerializer(required=False)
    configs = serializers.ListField(
        child=PricingItemConfigSerializer(), min_length=1, max_length=MAX_CONFIGS, required=False
    )
    pricing_item_id = LinkField(PricingItem, **OPTIONAL)
    pricing_currency = CurrencyField(
        help_text="Prices of the stored item for this currency; by default that of its version.", **OPTIONAL
    )
    billing_period = CalculatePeriodSerializer(
        help_text="Prices of the stored item for this billing period, and how long the billing period is that"
        " `period` is part of: by default the first of its version, or a month.",
        **OPTIONAL,
    )
    calculation_type = EnumField(
        choices=CalculationType.values,
        help_text="How several values become one where the price is not stored; by default SUM.",
        **OPTIONAL,
    )
    meter_property_id = StrictCharField(
        max_length=256, help_text="The property whose values UNIQUE counts, by id or reference.", **OPTIONAL
    )
    meter_properties = PropertiesField(max_length=MAX_PROPERTIES, **OPTIONAL)
    model_type = EnumField(choices=ModelType.values, **OPTIONAL)
    type = EnumField(
        choices=ItemType.values, help_text="Whether it reduces the invoice; a stored item knows.", **OPTIONAL
    )
    meter_value = CalculateMeterValueSerializer(**OPTIONAL)
    meter_values = several_values("Usage under several property values.")
    events = serializers.ListField(child=CalculateEventSerializer(), max_length=MAX_EVENTS, **OPTIONAL)
    tiering_meter_value = CalculateMeterValueSerializer(
        help_text="What decides the bands: another calculation's result, or usage that meets the"
        " tiering_conditions.",
        **OPTIONAL,
    )
    tiering_meter_values = several_values(
        "Results of the other calculation that decides the bands, under several property values."
    )
    tiering_calculation_type = EnumField(
        choices=CalculationType.values,
        help_text="How several of them become one where the price is not stored; by default SUM.",
        **OPTIONAL,
    )
    combined_meter_value = CalculateMeterValueSerializer(
        help_text="Usage that is billed elsewhere and counts for the bands: of other items of the volume"
        " group, or of other subscriptions of a group.",
        **OPTIONAL,
    )
    combined_meter_values = several_values("The same under several property values.")
    earlier_meter_value = CalculateMeterValueSerializer(
        help_text="Usage of the same pricing period that was billed before, where that is longer than the"
        " billing period: bands and included volume go on from there.",
        **OPTIONAL,
    )
    earlier_meter_values = several_values("The same under several property values.")
    earlier_combined_meter_value = CalculateMeterValueSerializer(
        help_text="What was used elsewhere in the same pricing period before; `combined_meter_value` is then"
        " what has been since. What is left out was not used: it is no zero of a maximum, minimum, average or"
        " latest value.",
        **OPTIONAL,
    )
    earlier_combined_meter_values = several_values("The same under several property values.")
    seats = DecimalField(help_text="So many seats of a PER_SEAT item, instead of a meter value.", **OPTIONAL)
    seats_values = serializers.ListField(
        child=CalculateSeatsSerializer(),
        min_length=1,
        max_length=MAX_SEATS,
        help_text="Seats that change within the `period`, as a schedule has them.",
        **OPTIONAL,
    )
    included_volumes = serializers.ListField(
        child=CalculateVolumeSerializer(),
        max_length=MAX_CONFIGS,
        help_text="What a schedule includes instead of the plan.",
        **OPTIONAL,
    )
    left = LeftSerializer(help_text="As the answer for the period before has it.", **OPTIONAL)
    left_by_rule = serializers.ListField(
        child=LeftOfRuleSerializer(),
        max_length=MAX_CONFIGS,
        help_text="The same of each of several rules.",
        **OPTIONAL,
    )
    terms = CalculateTermsSerializer(
        help_text="What a schedule would change: markups, discounts, commitments, coupons, billing currency.",
        **OPTIONAL,
    )
    period_fraction = PeriodPartField(
        help_text="The part of a period that a fee is for: `0.5`, or `18/31` for 18 days of 31. What is"
        " committed among `terms` is for that part too.",
        **OPTIONAL,
    )
    period = CalculateSpanSerializer(help_text="The same with dates.", **OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return calculate_checks.checked(attrs)


class PointSerializer(serializers.Serializer):
    """One point of the price curve."""

    number = DecimalField()
    amount = DecimalField()


class LeftByRuleSerializer(serializers.Serializer):
    """What the next period may use of a rule."""

    rule = serializers.IntegerField()
    included_volume = DecimalField(allow_null=True)
    bundles = DecimalField()


class CalculationSerializer(serializers.Serializer):
    """The amount, rounded and exact, how it came about, and what other quantities would cost."""

    pricing_item_config_id = serializers.CharField(allow_null=True)
    amount = AmountSerializer()
    unrounded_amount = DecimalField()
    unit_amount = DecimalField(allow_null=True)
    details = serializers.ListField(child=serializers.DictField())
    steps = serializers.ListField(child=serializers.DictField())
    adjustments = serializers.ListField(
        child=serializers.DictField(),
        help_text="The discounts, coupons and shortfalls of commitments that stand beside it on an invoice.",
    )
    used_exchange_rates = serializers.ListField(
        child=serializers.DictField(), help_text="The rates that were used, with the instant of each."
    )
    left = LeftSerializer(allow_null=True, help_text="What the next period may use, where something goes on.")
    left_by_rule = LeftByRuleSerializer(many=True)
    curve = PointSerializer(many=True)
    lines = serializers.ListField(
        child=serializers.DictField(),
        help_text="The lines of an invoice, where more than the price is told: one for each change of seats.",
    )
    rules = serializers.ListField(
        child=serializers.DictField(),
        help_text="Where several rules are asked about: each with its usage, amount, details and steps.",
    )
    unpriced = serializers.ListField(
        child=serializers.DictField(), help_text="Usage under properties that no rule prices."
    )
