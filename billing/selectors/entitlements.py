"""What subscriptions grant: the features of the pricings in force, replaced or added to by schedules.

Where a feature is granted several times the most generous value counts: on rather than off, the
larger number or amount (the first of another currency stays), all words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import Q

from accounts.models import Platform
from billing.calc import schedule_terms
from billing.models import Customer, PricingPlanSchedule, SubscriptionStatus
from billing.selectors import agreed_prices
from catalog.models import Override, Pricing, PricingEntitlement
from catalog.selectors import choices

Item = dict[str, Any]


def of_customer(customer: Customer, *, at: datetime) -> dict[str, Any]:
    """The customer's entitlements at ``at``, in the API's shape: merged, and per ACTIVE subscription."""
    in_force = Q(end_at__isnull=True) | Q(end_at__gt=at)
    schedules = (
        PricingPlanSchedule.objects.for_platform(customer.platform)
        .filter(in_force, start_at__lte=at, subscription__customer=customer)
        .filter(subscription__status=SubscriptionStatus.ACTIVE)
        .select_related("subscription")
        .order_by("subscription_id")
    )
    return summary(customer.platform, schedules, at=at)


def summary(platform: Platform, schedules: Iterable[PricingPlanSchedule], *, at: datetime) -> dict[str, Any]:
    """What these schedules (with their subscriptions) grant at ``at`` (or at their start), for the API."""
    chosen = list(schedules)
    granted = _granted(platform, chosen, at)
    by_subscription = {
        schedule.subscription.public_id: _with_overrides(granted[schedule.pk], schedule.entitlements)
        for schedule in chosen
    }
    everything = [item for items in by_subscription.values() for item in items]
    return {
        "entitlements": _merged(everything),
        "pricing_plan_subscription_entitlements": [
            {"pricing_plan_subscription_id": key, "entitlements": items}
            for key, items in by_subscription.items()
        ],
    }


def _granted(
    platform: Platform, schedules: Sequence[PricingPlanSchedule], at: datetime
) -> dict[int, list[Item]]:
    """Per schedule, what its pricings grant that are on: the plan's, and its own in their place or beside."""
    versions = {version for each in schedules for version in agreed_prices.versions_of(each)}
    rows = (
        PricingEntitlement.objects.filter(platform=platform, version_id__in=versions)
        .select_related("feature", "pricing__group", "pricing__original__group")
        .order_by("version_id", "pricing__position", "position", "pk")
    )
    by_version: dict[int, list[PricingEntitlement]] = defaultdict(list)
    for row in rows:
        by_version[row.version_id].append(row)
    return {each.pk: [_of(row) for row in _in_force(each, by_version, at)] for each in schedules}


def _in_force(
    schedule: PricingPlanSchedule, by_version: dict[int, list[PricingEntitlement]], at: datetime
) -> Iterator[PricingEntitlement]:
    own = by_version[schedule.own_version_id or 0]
    whole = {row.pricing.original_id for row in own if row.pricing.override == Override.ALL}
    single = {(row.pricing.original_id, row.feature_id) for row in own}
    plan = schedule.pricing_plan_version_id
    for row in by_version[plan] if plan != schedule.own_version_id else ():
        replaced = row.pricing_id in whole or (row.pricing_id, row.feature_id) in single
        if not replaced and _is_on(schedule, row.pricing, at):
            yield row
    yield from (row for row in own if _is_on(schedule, row.pricing, at))


def _is_on(schedule: PricingPlanSchedule, pricing: Pricing, at: datetime) -> bool:
    if not choices.is_optional(pricing):
        return True
    ids = {each.public_id for each in (pricing, pricing.original) if each is not None}
    chosen = schedule_terms.enabled(schedule.enabled_pricings, ids, start=schedule.start_at)
    return any(active.contains(max(at, schedule.start_at)) for active in chosen)


def _of(row: PricingEntitlement) -> Item:
    return _item(row.feature.public_id, row.feature.reference, row.value)


def _with_overrides(granted: list[Item], overrides: list[dict[str, Any]]) -> list[Item]:
    """The plan's grants; an override of the schedule replaces its feature, unless it says not to."""
    own = [_item(each["feature_id"], each["feature_reference"], each) for each in overrides]
    replaced = {item["feature_id"] for item in own if item["override"] is not False}
    return _merged([item for item in granted if item["feature_id"] not in replaced] + own)


def _item(feature_id: str, reference: str, value: dict[str, Any]) -> Item:
    override = value.get("override")
    return {
        "feature_id": feature_id,
        "feature_reference": reference,
        "override": override,
        "overwrite": override,
        "number": value.get("number"),
        "switch": value.get("switch"),
        "amount": value.get("amount"),
        "enums": [value["enum"]] if value.get("enum") is not None else None,
        "strings": [value["string"]] if value.get("string") is not None else None,
    }


def _merged(items: list[Item]) -> list[Item]:
    by_feature: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_feature[item["feature_id"]].append(item)
    return [reduce(_more_generous, same) for same in by_feature.values()]


def _more_generous(first: Item, second: Item) -> Item:
    return {
        **first,
        "number": max(filter(None, (first["number"], second["number"])), key=Decimal, default=None),
        "switch": _either(first["switch"], second["switch"]),
        "amount": _larger(first["amount"], second["amount"]),
        "enums": _all_words(first["enums"], second["enums"]),
        "strings": _all_words(first["strings"], second["strings"]),
    }


def _either(first: bool | None, second: bool | None) -> bool | None:
    return second if first is None else first or bool(second)


def _larger(first: Item | None, second: Item | None) -> Item | None:
    if first is None or second is None or first["currency"] != second["currency"]:
        return first or second
    return max(first, second, key=lambda amount: Decimal(amount["quantity"]))


def _all_words(first: list[str] | None, second: list[str] | None) -> list[str] | None:
    return list(dict.fromkeys([*(first or []), *(second or [])])) or None
