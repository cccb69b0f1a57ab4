"""The request that copies a schedule, with indexed prices."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.services.subscriptions.copy_schedule import TARGETS
from catalog.rating.indexing import Indexing, RoundingMode
from kit.api.fields import (
    DecimalField,
    EnumField,
    InstantField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
)
from kit.errors import TallydeskError

MOST = 1000


class IndexingSettingsSerializer(serializers.Serializer):
    """By how many percent prices change, and how they are rounded."""

    percentage = DecimalField()
    rounding_mode = EnumField(choices=[each.value for each in RoundingMode])
    number_of_decimals = StrictIntegerField(required=False, allow_null=True)


class IndexingTargetSerializer(serializers.Serializer):
    """A pricing, an item or a rule that is indexed in a way of its own."""

    id = StrictCharField(max_length=256)
    indexing_settings = IndexingSettingsSerializer()


def _targets() -> serializers.ListSerializer[Any]:
    child = IndexingTargetSerializer()
    return serializers.ListSerializer(child=child, required=False, allow_null=True, max_length=MOST)


class ScheduleCopySerializer(serializers.Serializer):
    """From when the copy is in force, until when, and at what prices."""

    start_at = InstantField()
    end_at = InstantField(required=False, allow_null=True)
    indexing_settings = IndexingSettingsSerializer(required=False, allow_null=True)
    pricings = _targets()
    pricing_items = _targets()
    pricing_item_configs = _targets()
    realign_invoice_date_to_pricing_plan_schedule_start_at = StrictBooleanField(
        source="realigns_anchor", required=False
    )


def arguments(fields: dict[str, Any]) -> dict[str, Any]:
    """The request as ``copy_schedule.schedule`` takes it; settings that contradict themselves are refused."""
    sent = fields.get("indexing_settings")
    return {
        "fields": fields,
        "indexing": _indexing(sent, "indexing_settings") if sent else None,
        "targets": {
            name: [
                (each["id"], _indexing(each["indexing_settings"], f"{name}.{index}.indexing_settings"))
                for index, each in enumerate(fields.get(name) or ())
            ]
            for name in TARGETS
        },
    }


def _indexing(sent: dict[str, Any], path: str) -> Indexing:
    mode, decimals = RoundingMode(sent["rounding_mode"]), sent.get("number_of_decimals")
    try:
        return Indexing(sent["percentage"], mode, decimals)
    except TallydeskError as error:
        raise error.within(path) from None
