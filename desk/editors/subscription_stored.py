"""The changes that a stored draft has, as the editor's fields say them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices, prices
from billing.selectors.item_terms import ItemTerms
from catalog.models import Override
from desk.editors import subscription_seats
from desk.editors.price_parts import differences
from desk.editors.subscription_changes import CHOICES, PRICES, SEATS, VOLUMES
from desk.editors.subscription_dated import MOMENT, Days, days_of, within
from kit.period import format_instant, parse_instant

Values = dict[str, Any]
Rows = Sequence[PricingPlanSchedule]
DATES = ("start_at", "end_at")


def values_of(rows: Sequence[PricingPlanSchedule], zone: ZoneInfo) -> Values:
    """What the fields start from; ``kept`` names what they cannot say, or not of all phases alike.

    ``own`` and ``kept_choices`` are what is stored of those: own version by version, and every choice.
    """
    values: Values = {}
    kept: set[str] = set()
    said: dict[str, Values | None] = {
        CHOICES: _of_each_version(rows, lambda several: choices(several, zone)),
        VOLUMES: _of_each_version(rows, lambda several: _alike(several, volumes)),
        PRICES: _of_each_version(rows, lambda several: _alike(several, price_fields)),
        SEATS: _of_each_version(rows, lambda several: _seats(several, zone)),
    }
    for name, found in said.items():
        if found is None:
            kept.add(name)
        else:
            values |= found
    own = {row.pricing_plan_version_id: row.own_version_id for row in rows}
    chosen = [each for row in rows for each in row.enabled_pricings]
    return {**values, "kept": sorted(kept), "own": own, "kept_choices": chosen}


def choices(rows: Rows, zone: ZoneInfo) -> Values | None:
    """``on_<pricing>`` of what is chosen, with its days; None where two days cannot say when."""
    found: Values = {}
    entries = [{each["pricing_id"]: each for each in row.enabled_pricings} for row in rows]
    if any(len(named) != len(row.enabled_pricings) for named, row in zip(entries, rows, strict=True)):
        return None
    for name in dict.fromkeys(key for named in entries for key in named):
        days = _span([named.get(name) for named in entries], rows, zone)
        if days is None:
            return None
        dates = {f"from_{name}": days[0], f"until_{name}": days[1]}
        found |= {f"on_{name}": True} | {field: day for field, day in dates.items() if day}
    return found


def _span(entries: Sequence[Values | None], rows: Rows, zone: ZoneInfo) -> Days | None:
    """The first and last day of what phases say one by one; None where those days would not say it again."""
    having = [place for place, each in enumerate(entries) if each is not None]
    first, last = (days_of(entries[place] or {}, zone) for place in (having[0], having[-1]))
    if first is None or last is None:
        return None
    begins = first[0] or (rows[having[0]].start_at.astimezone(zone).date() if having[0] else None)
    ends_early = having[-1] < len(rows) - 1
    stops = last[1] or (_last_day(rows[having[-1]], zone) if ends_early else None)
    for row, each in zip(rows, entries, strict=True):
        if within((begins, stops), row.start_at, row.end_at, zone) != (
            None if each is None else _dates(each)
        ):
            return None
    return begins, stops


def _dates(entry: Values) -> dict[str, str]:
    return {name: format_instant(parse_instant(entry[name])) for name in DATES if entry.get(name)}


def _last_day(row: PricingPlanSchedule, zone: ZoneInfo) -> date | None:
    return (row.end_at - MOMENT).astimezone(zone).date() if row.end_at else None


def _seats(rows: Rows, zone: ZoneInfo) -> Values | None:
    return subscription_seats.values_of([(row.seats_values, row.start_at, row.end_at) for row in rows], zone)


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


def _of_each_version(rows: Rows, said: Callable[[Rows], Values | None]) -> Values | None:
    """All of it, phases on one version together."""
    found: Values = {}
    for version in dict.fromkeys(row.pricing_plan_version_id for row in rows):
        values = said([row for row in rows if row.pricing_plan_version_id == version])
        if values is None:
            return None
        found |= values
    return found


def _alike(rows: Rows, said: Callable[[PricingPlanSchedule], Values | None]) -> Values | None:
    """What the first says, where the others say the same."""
    first, *others = [said(row) for row in rows]
    return first if all(each == first for each in others) else None


def _is_dated(body: Any) -> bool:
    return any(body.get(name) for name in DATES)
