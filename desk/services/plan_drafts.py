"""Changes to a draft version from the guided editor, each by catalog's own services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingPlan, PricingPlanVersion, ProductItem, Status
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
def add_items(*, ctx: Context, version: PricingPlanVersion, items: Sequence[ProductItem]) -> None:
    """Put product items into the version, each below its product, without a price yet."""
    tree = _tree(ctx, version)
    for item in items:
        entry = {"product_item_links": [item.public_id], "configs": []}
        home = _home(tree, item)
        if home is None:
            product = item.product
            pricing: Node = {
                "name": product.name,
                "product_links": [product.public_id],
                "items": [entry],
            }
            _category(tree, product.category.public_id)["ungrouped"].append(pricing)
        else:
            home["items"].append(entry)
    _store(ctx, version, tree)


@transaction.atomic
def remove_item(*, ctx: Context, version: PricingPlanVersion, key: str) -> None:
    """Take a product item out, and what is empty after it."""
    tree = _tree(ctx, version)
    for category in tree:
        for pricing in category["ungrouped"]:
            pricing["items"] = [item for item in pricing["items"] if key not in item["product_item_links"]]
        category["ungrouped"] = [
            pricing for pricing in category["ungrouped"] if pricing["items"] or pricing["entitlements"]
        ]
    _store(ctx, version, [each for each in tree if each["ungrouped"] or each["pricing_groups"]])


@transaction.atomic
def move_item(*, ctx: Context, version: PricingPlanVersion, key: str, step: int) -> None:
    """One place up (-1) or down (1): within its product, else its product within its category, and so on."""
    tree = _tree(ctx, version)
    if _moved(tree, key, step):
        _store(ctx, version, tree)


@transaction.atomic
def place_item(*, ctx: Context, version: PricingPlanVersion, key: str, place: int) -> None:
    """To this place, from one: step by step, so that what is sold together stays together."""
    tree = _tree(ctx, version)
    start = _place(tree, key)
    while (at := _place(tree, key)) != place and _moved(tree, key, 1 if place > at else -1):
        if abs(_place(tree, key) - place) >= abs(at - place):
            break
    if _place(tree, key) != start:
        _store(ctx, version, tree)


def _place(tree: list[Node], key: str) -> int:
    items = [item for category in tree for pricing in category["ungrouped"] for item in pricing["items"]]
    found = (number for number, item in enumerate(items, 1) if key in item["product_item_links"])
    return next(found, 0)


def _moved(tree: list[Node], key: str, step: int) -> bool:
    """Whether the item, or what it is part of, went one place on among its siblings."""
    for place, category in enumerate(tree):
        for position, pricing in enumerate(category["ungrouped"]):
            for index, item in enumerate(pricing["items"]):
                if key in item["product_item_links"]:
                    for siblings, at in (
                        (pricing["items"], index),
                        (category["ungrouped"], position),
                        (tree, place),
                    ):
                        if 0 <= at + step < len(siblings):
                            siblings[at], siblings[at + step] = siblings[at + step], siblings[at]
                            _number(siblings)
                            return True
                    return False
    raise NotFound("The version has no such item.")


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


def _tree(ctx: Context, version: PricingPlanVersion) -> list[Node]:
    drafts.locked(version)
    return trees.nodes(selectors.versions(ctx.platform).get(pk=version.pk))


def _store(ctx: Context, version: PricingPlanVersion, tree: list[Node]) -> None:
    pricing_plan_versions.update(ctx=ctx, instance=version, fields={"pricing_categories": tree})


def _home(tree: list[Node], item: ProductItem) -> Node | None:
    """The pricing of the item's product."""
    wanted = item.product.public_id
    return next(
        (
            pricing
            for category in tree
            for pricing in category["ungrouped"]
            if wanted in pricing["product_links"]
        ),
        None,
    )


def _category(tree: list[Node], public_id: str) -> Node:
    for category in tree:
        if category["product_category"]["public_id"] == public_id:
            return category
    made: Node = {"product_category": {"public_id": public_id}, "ungrouped": [], "pricing_groups": []}
    tree.append(made)
    return made


def _number(siblings: list[Node]) -> None:
    """Explicit places would win over the order of the list: they follow it."""
    if any(node.get("display_order") is not None for node in siblings):
        for index, node in enumerate(siblings):
            node["display_order"] = index
