"""From what a request says of a schedule to its columns: its version, its own prices, its terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.context import Context
from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.services.coupons import coupons
from billing.services.subscriptions.subscriptions import as_period
from billing.services.terms import (
    own_prices,
    plan_versions,
    schedule_terms,
)
from catalog.models import PricingItemConfig
from kit.errors import MissingField
from kit.period import format_instant

# What a request names and a column does not hold.
RESOLVED = frozenset(
    (
        "pricing_plan",
        "pricing_plan_version_selector",
        "billing_period",
        coupons.BY_ID,
        coupons.BY_CODE,
        *own_prices.LISTS,
    )
)


def build(
    *, ctx: Context, subscription: PricingPlanSubscription, fields: dict[str, Any]
) -> PricingPlanSchedule:
    """The unsaved schedule that ``fields`` describe; nothing is compared with its neighbors."""
    if fields.get("start_at") is None:
        raise MissingField(field="start_at")
    values = _columns(ctx, fields)
    plan = None
    if not own_prices.stands_alone(fields):
        plan = values["pricing_plan_version"] = plan_versions.choose(
            platform=ctx.platform,
            version=values.get("pricing_plan_version"),
            plan=fields.get("pricing_plan"),
            selector=fields.get("pricing_plan_version_selector"),
        )
    values["pricing_currency"] = values.get("pricing_currency") or subscription.billing_currency
    values["subscription"] = subscription
    schedule: PricingPlanSchedule = PricingPlanSchedule.stamped(platform=ctx.platform, at=ctx.at, **values)
    if own_prices.names_prices(fields):
        own_prices.write(ctx=ctx, schedule=schedule, plan=plan, fields=fields)
    own_prices.require(schedule)
    schedule_terms.require(schedule)
    schedule.coupons = coupons.entries(ctx=ctx, schedule=schedule, fields=fields)
    return schedule


def _columns(ctx: Context, fields: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in fields.items() if name not in RESOLVED}
    if fields.get("billing_period") is not None:
        period = as_period(fields["billing_period"], field="billing_period")
        values |= {"billing_period_type": period.type.value, "billing_period_value": period.value}
    if "seats_values" in fields:
        values["seats_values"] = [_from_now(each, ctx.at) for each in fields["seats_values"] or []]
    for name in ("included_volumes", "enabled_pricings"):
        if name in fields:
            values[name] = fields[name] or []
    return values


def _from_now(seats: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The dated seats with their start, where they are to start now."""
    kept = {name: value for name, value in seats.items() if name != "set_start_at_to_now"}
    return kept | ({"start_at": format_instant(at)} if seats.get("set_start_at_to_now") else {})


def updates(ctx: Context, schedule: PricingPlanSchedule, fields: dict[str, Any]) -> dict[str, Any]:
    """The columns that an update sets; whatever names a version is resolved."""
    values = _columns(ctx, fields)
    values.pop("subscription", None)
    if values.get("start_at", schedule.start_at) is None:
        raise MissingField(field="start_at")
    for name in ("pricing_plan_version", "pricing_currency"):
        if values.get(name) is None:
            values.pop(name, None)
    version = values.get("pricing_plan_version")
    selector = fields.get("pricing_plan_version_selector")
    if selector or (version is not None and version.pk != schedule.pricing_plan_version_id):
        values["pricing_plan_version"] = plan_versions.choose(
            platform=ctx.platform, version=version, plan=fields.get("pricing_plan"), selector=selector
        )
    return values


def other_numbers(
    ctx: Context, schedule: PricingPlanSchedule, fields: dict[str, Any], changed: Sequence[str]
) -> list[PricingItemConfig] | None:
    """The rules of its own prices that get other numbers, where the request says no more of them."""
    if {"pricing_plan_version", "pricing_currency"}.intersection(changed):
        return None
    return own_prices.other_numbers(ctx=ctx, schedule=schedule, fields=fields)


def reprice(
    ctx: Context, schedule: PricingPlanSchedule, fields: dict[str, Any], changed: Sequence[str]
) -> list[str]:
    """Write the schedule's own prices where they are sent, or where they have to suit another version."""
    moved = "pricing_plan_version" in changed and schedule.own_version is not None
    if not (moved or own_prices.names_prices(fields)):
        return []
    alone = schedule.own_version_id == schedule.pricing_plan_version_id
    plan = None if alone else schedule.pricing_plan_version
    own_prices.write(ctx=ctx, schedule=schedule, plan=plan, fields=fields)
    return ["own_version", *(["pricing_plan_version"] if alone else [])]
