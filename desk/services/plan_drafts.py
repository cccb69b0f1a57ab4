"""Changes to a draft version from the guided editor, each by catalog's own services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingPlan, PricingPlanVersion, Status
from catalog.services import drafts, item_choices, item_rules, pricing_plan_versions, pricing_plans
from catalog.services.tree_walk import Node
from desk.editors.pricing import book
from desk.editors.pricing.book import Book, PricedItem
from desk.editors.pricing.place_rules import Lists
from desk.editors.pricing.places import BASE
from kit.errors import NotFound, TallydeskError

Rules = list[Node]


class Changed(TallydeskError):
    """Someone else changed the same draft in the meantime; ``now`` is how it stands."""

    code = "RESOURCE_CHANGED"
    status = 409

    def __init__(self, now: PricedItem) -> None:
        super().__init__("Someone else changed these prices while you had them open.")
        self.now = now


@transaction.atomic
def new_plan(*, ctx: Context, plan: dict[str, Any], version: dict[str, Any]) -> PricingPlanVersion:
    """A plan with its first draft version."""
    created = pricing_plans.create(ctx=ctx, fields=plan)
    return pricing_plan_versions.create(ctx=ctx, fields={**version, "pricing_plan": created})


@transaction.atomic
def next_version(*, ctx: Context, plan: PricingPlan, source: PricingPlanVersion | None) -> PricingPlanVersion:
    """The plan's draft: the one there is, or a copy of ``source``. A plan has one draft at a time."""
    rows = PricingPlanVersion.objects.select_for_update().filter(platform=ctx.platform, pricing_plan=plan)
    draft: PricingPlanVersion | None = rows.filter(status=Status.DRAFT).order_by("-version").first()
    if draft:
        return draft
    return pricing_plan_versions.create(ctx=ctx, fields={"pricing_plan": plan, "copied_from": source})


@transaction.atomic
def store_rules(
    *,
    ctx: Context,
    version: PricingPlanVersion,
    key: str,
    seen: str,
    change: Callable[[Rules], Rules],
) -> Book:
    """Replace the rules of an item by what ``change`` makes of them; the version's items as they stand then.

    ``key`` names one of its prices too (``PricedItem.key``): the rules are those of that price alone.

    ``seen`` is the token of the rules that the editor started from: Changed when they are others by now,
    unless they are what is asked for.
    """
    locked = drafts.locked(version)
    locked.platform, locked.pricing_plan = ctx.platform, version.pricing_plan
    stored = _read(ctx, locked)
    priced = stored.item(key)
    if priced is None:
        raise NotFound("The item is no longer in this version.")
    before = [{**config.body, "id": config.public_id} for config in priced.configs]
    after = change([dict(rule) for rule in before])
    if after == before:
        return stored
    if seen and seen != priced.token:
        raise Changed(priced)
    if priced.place == BASE:
        item_rules.replace(ctx=ctx, pricing_item=priced.pricing_item, rules=after)
    else:
        _replace(ctx, priced, Lists.of(priced.pricing_item).put(priced.place, after))
    return _read(ctx, locked)


@transaction.atomic
def fall_back(
    *, ctx: Context, version: PricingPlanVersion, keys: Sequence[str], currency: str, fallback: str
) -> None:
    """Let ``fallback`` stand in for ``currency`` where these items have no price; none where it is empty."""
    locked = drafts.locked(version)
    locked.platform, locked.pricing_plan = ctx.platform, version.pricing_plan
    stored = _read(ctx, locked)
    for key in keys:
        priced = stored.item(key)
        if priced is None:
            raise NotFound("The item is no longer in this version.")
        _replace(ctx, priced, Lists.of(priced.pricing_item).fall_back(currency, fallback))


def _replace(ctx: Context, priced: PricedItem, lists: Lists) -> None:
    item_choices.replace(
        ctx=ctx,
        pricing_item=priced.pricing_item,
        pricing_currency_configs=lists.by_currency,
        billing_period_configs=lists.by_period,
    )


def _read(ctx: Context, version: PricingPlanVersion) -> Book:
    return book.read(version, default_currency=ctx.platform.default_currency)
