"""What a rule says beside its conditions and its price: as a form begins with it, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.rating.types import ResetType
from desk.editors.pricing.bundles import KEPT, TOP_UP

Json = Mapping[str, Any]
REFILLS = [
    (ResetType.PERIOD.value, "each period"),
    (ResetType.SCHEDULE.value, "with each phase of a subscription"),
    (ResetType.NEVER.value, "never"),
]
PERIODS = {
    "": "the billed period",
    "1 DAY": "a day",
    "1 WEEK": "a week",
    "1 MONTH": "a month",
    "3 MONTH": "3 months",
    "6 MONTH": "6 months",
    "1 YEAR": "a year",
}


def of(body: Json) -> dict[str, Any]:
    """What the form begins with."""
    keeps = (body.get("top_up") or {}).get("rollover")
    return {
        "lines": split(body),
        "pool": body.get("volume_group_reference") or "",
        "bundles": ("KEPT" if keeps else "LOST") if body["pricing_type"].endswith(TOP_UP) else "",
        "refill": (body.get("default_included_volume") or {}).get("reset_type") or ResetType.PERIOD.value,
        "per": period(body),
    }


def words(body: Json, *, when: str) -> list[str]:
    """The same for the list of rules: ``a line for each region``, ``volume combined as calls``."""
    said, names = of(body), " and ".join(split(body))
    refill = dict(REFILLS)[said["refill"]]
    return [
        *([f"a line for each {names}"] if names else []),
        *([f"volume combined as {said['pool']}"] if said["pool"] else []),
        *([KEPT[said["bundles"]]] if said["bundles"] else []),
        *([f"included volume full again {refill}"] if said["refill"] != ResetType.PERIOD else []),
        *([f"price for {period_words(body)}"] if said["per"] and when != "once" else []),
    ]


def split(body: Json) -> list[str]:
    """The properties of which each value has a line."""
    stated = (body.get("split_pricing") or {}).get("meter_properties") or []
    return [each.get("reference") or each["id"] for each in stated]


def period(body: Json) -> str:
    """``3 MONTH``; nothing where the price is for the billed period."""
    stated = body.get("pricing_period") or body.get("billing_period")
    return f"{stated['value']} {stated['type']}" if stated else ""


def period_words(body: Json) -> str:
    """``3 months``."""
    key = period(body)
    return PERIODS.get(key) or f"{key.lower()}s"
