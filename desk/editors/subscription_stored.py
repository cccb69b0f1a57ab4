"""The changes that a stored draft has, as the editor's fields say them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices, prices
from billing.selectors.item_terms import ItemTerms
from catalog.models import Override
from desk.editors import subscription_seats
from desk.editors.price_parts import differences
from desk.editors.subscription_changes import CHOICES, PRICES, SEATS, VOLUMES
from desk.editors.subscription_dated import days_of

Values = dict[str, Any]
DATES = ("start_at", "end_at")


def values_of(rows: Sequence[PricingPlanSchedule], zone: ZoneInfo) -> Values:
    """What the fields start from; ``kept`` names what they cannot say, or not of all phases alike.

    ``own`` and ``kept_choices`` are what is stored of those: own version by version, and every choice.
    """
    values: Values = {}
    kept: set[str] = set()
    fields: dict[str, Callable[[PricingPlanSchedule], Values | None]] = {
        CHOICES: lambda row: choices(row, zone),
        VOLUMES: volumes,
        PRICES: price_fields,
        SEATS: lambda row: subscription_seats.values_of(row.seats_values, zone),
    }
    for name, said in fields.items():
        found = _agreed(rows, [said(row) for row in rows])
        if found is None:
            kept.add(name)
        else:
            values |= found
    own = {row.pricing_plan_version_id: row.own_version_id for row in rows}
    chosen = [each for row in rows for each in row.enabled_pricings]
    return {**values, "kept": sorted(kept), "own": own, "kept_choices": chosen}


def choices(row: PricingPlanSchedule, zone: ZoneInfo) -> Values | None:
    """``on_<pricing>`` of what is chosen, with its days; None where days cannot say when."""
    found: Values = {}
    for each in row.enabled_pricings:
        name, days = each["pricing_id"], days_of(each, zone)
        if days is None or f"on_{name}" in found:
            return None
        dates = {f"from_{name}": days[0], f"until_{name}": days[1]}
        found |= {f"on_{name}": True} | {field: day for field, day in dates.items() if day}
    return found


def volumes(row: PricingPlanSchedule) -> Values | None:
    """``volume_<rule>`` and ``reset_<rule>``; None where they have dates, or name own prices."""
    found: Values = {}
    for each in row.included_volumes:
        name = each["pricing_item_config_id"]
        if _is_dated(each) or f"volume_{name}" in found or name in _own_rules(row):
            return None
        number = each.get("number")
        found[f"volume_{name}"] = each["amount"]["quantity"] if number is None else number
        found[f"reset_{name}"] = each.get("reset_type") or ""
    return found


def price_fields(row: PricingPlanSchedule) -> Values | None:
    """``price_<rule>_<band>_<kind>`` of every own price; None for more than other prices."""
    found = own_prices(row)
    return None if found is None else {f"price_{key}": value for key, value in found.items()}


def own_prices(row: PricingPlanSchedule) -> dict[str, str] | None:
    """The same without the prefix."""
    if row.own_version_id is None:
        return {}
    book = prices.of_versions(row.platform, agreed_prices.versions_of(row))
    plan = {rule.config_id: rule for item in book[row.pricing_plan_version_id] for rule in item.all_rules}
    found: dict[str, str] = {}
    for item in book[row.own_version_id]:
        if not _replaces_rules(item):
            return None
        for rule in item.all_rules:
            original = plan.get(rule.original_id or "")
            other = differences(original.body, rule.body) if original else None
            if other is None:
                return None
            found |= {f"{rule.original_id}_{key}": value for key, value in other.items()}
    return found


def _replaces_rules(item: ItemTerms) -> bool:
    own = item.own
    return own is not None and own.pricing is Override.SPECIFIC and own.item is Override.SPECIFIC


def _own_rules(row: PricingPlanSchedule) -> set[str]:
    if row.own_version_id is None:
        return set()
    book = prices.of_versions(row.platform, [row.own_version_id])
    return {rule.config_id for item in book[row.own_version_id] for rule in item.all_rules}


def _agreed(rows: Sequence[PricingPlanSchedule], said: Sequence[Values | None]) -> Values | None:
    """All of it, where phases on one version say the same."""
    by_version: dict[int, Values] = {}
    for row, values in zip(rows, said, strict=True):
        if values is None or by_version.setdefault(row.pricing_plan_version_id, values) != values:
            return None
    return {name: value for values in by_version.values() for name, value in values.items()}


def _is_dated(body: Any) -> bool:
    return any(body.get(name) for name in DATES)
