"""What a subscription chooses of a draft version: add-ons, and groups of alternatives.

Nothing becomes due for everyone by leaving a group: what leaves one is an add-on until it is told otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingGroup, PricingPlanVersion, ProductType
from catalog.services.tree_walk import Node
from desk.services import plan_tree
from desk.services.plan_tree import Shelf
from kit.errors import NotFound


@transaction.atomic
def sell(
    *, ctx: Context, version: PricingPlanVersion, key: str, sold: str, name: str, with_others: bool
) -> None:
    """Let subscriptions have a product item ``sold``: DEFAULT, ADDON, or as one of the group with that id.

    What is priced together with it goes along ``with_others``; else it gets a pricing of its own. A group
    that is left by its last pricing goes.
    """
    tree = plan_tree.locked(ctx=ctx, version=version)
    shelf, pricing, entry = plan_tree.holding(tree, key)
    before = _sold(shelf, pricing)
    if not with_others and len(pricing["items"]) > 1:
        pricing["items"].remove(entry)
        pricing = {"product_links": pricing["product_links"], "items": [entry], "entitlements": []}
    elif before == sold:
        pricing["name"] = name or None
        plan_tree.store(ctx=ctx, version=version, tree=tree)
        return
    else:
        shelf.pricings.remove(pricing)
    pricing["name"] = name or None
    _put(ctx, tree, pricing, sold)
    plan_tree.drop_if_empty(shelf)
    plan_tree.store(ctx=ctx, version=version, tree=tree)


@transaction.atomic
def group(
    *,
    ctx: Context,
    version: PricingPlanVersion,
    instance: PricingGroup | None,
    fields: dict[str, Any],
    members: Collection[str],
) -> None:
    """Make a group of the pricings with these ids (at least one), or change one and what is in it."""
    tree = plan_tree.locked(ctx=ctx, version=version)
    wanted = [
        (shelf, pricing)
        for shelf in plan_tree.shelves(tree)
        for pricing in shelf.pricings
        if pricing["public_id"] in members
    ]
    if len(wanted) != len(set(members)):
        raise NotFound("One of these prices is no longer in this version.", field="members")
    found = _group(tree, instance.public_id) if instance else None
    if found is None:
        found = {"pricings": []}
        wanted[0][0].category["pricing_groups"].append(found)
    found |= fields
    for pricing in [each for each in found["pricings"] if each["public_id"] not in members]:
        found["pricings"].remove(pricing)
        _put(ctx, tree, pricing, ProductType.ADDON)
    for shelf, pricing in wanted:
        if shelf.group is not found:
            shelf.pricings.remove(pricing)
            _join(found, pricing)
            plan_tree.drop_if_empty(shelf)
    plan_tree.store(ctx=ctx, version=version, tree=tree)


@transaction.atomic
def take_apart(*, ctx: Context, version: PricingPlanVersion, instance: PricingGroup) -> None:
    """Leave the pricings of a group to be chosen one by one."""
    tree = plan_tree.locked(ctx=ctx, version=version)
    rows = (each for each in plan_tree.shelves(tree) if _is(each.group, instance.public_id))
    for shelf in list(rows):
        left, shelf.pricings[:] = list(shelf.pricings), []
        for pricing in left:
            _put(ctx, tree, pricing, ProductType.ADDON)
        plan_tree.drop_if_empty(shelf)
    plan_tree.store(ctx=ctx, version=version, tree=tree)


def _sold(shelf: Shelf, pricing: Node) -> str:
    return str(shelf.group["public_id"] if shelf.group else pricing["product_type"])


def _put(ctx: Context, tree: list[Node], pricing: Node, sold: str) -> None:
    """At the end of a group, or of its category; what everyone has again joins the rest of its product."""
    if sold not in ProductType.values:
        into = _group(tree, sold)
        if into is None:
            raise NotFound("This group is no longer in this version.", field="sold")
        _join(into, pricing)
        return
    links = pricing["product_links"]
    home = (
        plan_tree.home(tree, links[0])
        if sold == ProductType.DEFAULT and not pricing["entitlements"]
        else None
    )
    if home is not None and home["product_links"] == links:
        home["items"] += pricing["items"]
        return
    pricing |= {"product_type": sold, "display_order": None}
    plan_tree.own_category(ctx, tree, pricing)["ungrouped"].append(pricing)


def _join(into: Node, pricing: Node) -> None:
    """The group says what may be left out, not its pricings."""
    into["pricings"].append(pricing | {"product_type": ProductType.DEFAULT.value, "display_order": None})


def _group(tree: list[Node], key: str) -> Node | None:
    return next((each.group for each in plan_tree.shelves(tree) if _is(each.group, key)), None)


def _is(group: Node | None, key: str) -> bool:
    return group is not None and group.get("public_id") == key
