"""What begins anew with the schedule of another version, in words: the period that is tried does not show it.

Usage is priced apart for each schedule (ADR 0020), and what a schedule has of its own ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from billing.calc import allowances, schedule_terms
from billing.models import PricingPlanSchedule
from billing.selectors.agreed_prices import Items
from billing.selectors.item_terms import ItemTerms
from catalog.rating.types import Config, ResetType
from kit.period import Period


def of(schedule: PricingPlanSchedule, items: Items, *, at: datetime) -> list[dict[str, Any]]:
    """Of what ``schedule`` sells: product items, and what ends for them when it gives way at ``at``."""
    return [
        {
            "product_item_ids": [row["id"] for row in item.product_items],
            "message": f"{item.description}: {each}",
        }
        for item in items
        for each in dict.fromkeys(_words(item, schedule, at))
    ]


def _words(item: ItemTerms, schedule: PricingPlanSchedule, at: datetime) -> Iterator[str]:
    period = item.usage_period
    if period is not None and period != schedule.billing_period:
        yield f"its price for {_length(period)} begins anew, with bands and included volume"
    if any(each.persists for each in item.counted):
        yield "its running total begins anew"
    for config in _configs(item, schedule, at):
        if config.reset is ResetType.SCHEDULE:
            yield "its included volume is full again"
        if config.rollover:
            yield "what is left of its bundles is not carried on"


def _configs(item: ItemTerms, schedule: PricingPlanSchedule, at: datetime) -> Iterator[Config]:
    volumes = schedule_terms.included_volumes(schedule.included_volumes, start=schedule.start_at)
    for rule in item.rules:
        yield allowances.applied(rule.config, rule.ids, volumes, start=at)


def _length(period: Period) -> str:
    unit = period.type.value.lower()
    return f"a {unit}" if period.value == 1 else f"{period.value} {unit}s"
