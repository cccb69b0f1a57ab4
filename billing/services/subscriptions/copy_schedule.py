"""Go on with a copy of a schedule from an instant on, where wanted at prices that are indexed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule
from billing.services.subscriptions import schedules
from billing.services.subscriptions.carried_terms import Carrier
from billing.services.terms import indexed_prices
from billing.services.terms.indexed_prices import Settings
from billing.services.terms.slices import Realign
from catalog.rating.indexing import Indexing
from catalog.selectors import plans
from catalog.services import own_prices, trees
from catalog.services.own_prices import CATEGORIES, OVERRIDES
from kit.errors import InvalidField, MissingField, ReferencedNotFound

TARGETS = ("pricings", "pricing_items", "pricing_item_configs")
Targets = Mapping[str, Sequence[tuple[str, Indexing]]]


@transaction.atomic
def schedule(
    *,
    ctx: Context,
    instance: PricingPlanSchedule,
    fields: Mapping[str, Any],
    indexing: Indexing | None = None,
    targets: Targets,
    realign: Realign = Realign.NEITHER,
) -> PricingPlanSchedule:
    """A schedule like this one from ``start_at`` on, for the same subscription, until ``end_at``.

    Left out, the end is that of this one where it lies later. Terms, own prices, choices and coupons come
    along. ``indexing`` changes every price, ``targets`` those of what they name by id. Raises MissingField or
    InvalidField for a start that is absent or not later than this one's, ReferencedNotFound for a target that
    the schedule does not have, and otherwise what ``schedules.create`` raises.
    """
    start = fields.get("start_at")
    if start is None:
        raise MissingField(field="start_at")
    if start <= instance.start_at:
        raise InvalidField("must be later than the start of the schedule that is copied", field="start_at")
    end = fields["end_at"] if "end_at" in fields else _end(instance, start)
    settings = Settings(indexing, {name: each for several in targets.values() for name, each in several})
    wanted = {
        **_content(ctx, instance, settings, targets, start, end),
        "subscription": instance.subscription,
        "start_at": start,
        "end_at": end,
        "realigns_anchor": bool(fields.get("realigns_anchor")),
    }
    return schedules.create(ctx=ctx, fields=wanted, realign=realign)


def _end(instance: PricingPlanSchedule, start: datetime) -> datetime | None:
    return instance.end_at if instance.end_at is not None and instance.end_at > start else None


def _content(
    ctx: Context,
    instance: PricingPlanSchedule,
    settings: Settings,
    targets: Targets,
    start: datetime,
    end: datetime | None,
) -> dict[str, Any]:
    """What the copy says, with its prices."""
    version, own = instance.pricing_plan_version, instance.own_version
    alone = instance.own_version_id == instance.pricing_plan_version_id
    carried = Carrier(ctx.platform).onto(instance, version, start=start, end=end)
    overrides, categories = own_prices.nodes(own) if own is not None else ([], [])
    plan = (
        []
        if alone
        else [trees.pricing_node(each) for each in plans.pricings(ctx.platform).filter(version=version)]
    )
    _require_known(targets, {*indexed_prices.ids([plan, overrides, categories])})
    if settings.changes:
        overrides = indexed_prices.overrides(plan, overrides, settings)
        categories = indexed_prices.categories(categories, settings)
    prices = {OVERRIDES: [] if alone else overrides, CATEGORIES: categories}
    return {**carried.fields, **prices, **({} if alone else {"pricing_plan_version": version})}


def _require_known(targets: Targets, known: set[str]) -> None:
    for name in TARGETS:
        for index, (public_id, _) in enumerate(targets.get(name, ())):
            if public_id not in known:
                message = "the schedule has no such price"
                raise ReferencedNotFound(message, field=f"{name}.{index}.id", resource_id=public_id)
