"""What is allowed of rules but worth a look: one that never matches, a value that no rule names."""

from __future__ import annotations

import re

from accounts.models import Platform
from catalog.rating.parsing import config as rating_config
from catalog.rating.rules import rule_check
from desk.editors.pricing import conditions
from desk.editors.pricing.book import PricedItem
from kit.errors import InvalidRequest
from metering.models import MeterMeterProperty, MeterProperty

PLACE = re.compile(r"configs\.(\d+)\.conditions")


def properties(platform: Platform, priced: PricedItem) -> list[MeterProperty]:
    """The properties that every event of the item's meter carries."""
    calculation = priced.item.meter_value_calculation
    if calculation is None:
        return []
    links = MeterMeterProperty.objects.filter(platform=platform, meter=calculation.meter_id, required=True)
    return [link.meter_property for link in links.select_related("meter_property").order_by("position")]


def of(platform: Platform, priced: PricedItem) -> list[str]:
    """The warnings in words; rules are counted as the editor shows them. One query.

    A value that no rule names is none where all other usage has a price.
    """
    bodies = [rule.config.body for rule in priced.rules]
    if not any(map(conditions.of, bodies)):
        return []
    rows = [row for row in properties(platform, priced) if row.enum_values]
    enums = {name: row.enum_values for row in rows for name in (row.reference, row.public_id)}
    try:
        found = rule_check.warnings([rating_config.parse(body) for body in bodies], enums=enums)
    except InvalidRequest:
        return []
    is_covered = not all(map(conditions.of, bodies))
    return [_said(each.field, each.message) for each in found if PLACE.match(each.field) or not is_covered]


def _said(field: str, message: str) -> str:
    found = PLACE.match(field)
    words = f"Rule {int(found.group(1)) + 1} {message}" if found else message
    return f"{words[:1].upper()}{words[1:]}"
