"""Changes to a draft version from the guided editor, each by catalog's own services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingPlan, PricingPlanVersion, Status
from catalog.selectors import plans as selectors
from catalog.services import drafts, pricing_plan_versions, pricing_plans, pricings, trees
from catalog.services.tree_walk import Node
from desk.editors.pricing import book
from desk.editors.pricing.book import PricedItem
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
) -> PricedItem:
    """Replace the rules of an item by what ``change`` makes of them; the item as it stands then.

    ``seen`` is the token of the rules that the editor started from: Changed when they are others by now,
    unless they are what is asked for.
    """
    locked = drafts.locked(version)
    priced = _priced(ctx, locked, key)
    before = [{**config.body, "id": config.public_id} for config in priced.configs]
    after = change([dict(rule) for rule in before])
    if after == before:
        return priced
    if seen and seen != priced.token:
        raise Changed(priced)
    pricing = selectors.pricings(ctx.platform).get(pk=priced.pricing_item.pricing_id)
    items = trees.pricing_node(pricing)["items"]
    for item in items:
        if key in item["product_item_links"]:
            item["configs"] = after
    pricings.update(ctx=ctx, instance=pricing, fields={"items": items})
    return _priced(ctx, locked, key)


def _priced(ctx: Context, version: PricingPlanVersion, key: str) -> PricedItem:
    found = book.read(version, default_currency=ctx.platform.default_currency).item(key)
    if found is None:
        raise NotFound("The item is no longer in this version.")
    return found
