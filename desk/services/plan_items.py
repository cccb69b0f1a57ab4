"""What a draft version sells, and in which order: changes from step 3 of the guided editor.

Each takes ``seen``, the items in the order in which the page showed them, and raises Rearranged where someone
else was faster; None asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingPlanVersion, ProductItem
from catalog.services.tree_walk import Node
from desk.editors.pricing import book
from desk.services import plan_tree
from kit.errors import TallydeskError

Seen = Sequence[str] | None


class Rearranged(TallydeskError):
    """Someone else added, moved or took out items of the same draft in the meantime."""

    code = "RESOURCE_CHANGED"
    status = 409

    def __init__(self) -> None:
        super().__init__("Someone else changed the items of this version while you had it open.")


@transaction.atomic
def add(
    *, ctx: Context, version: PricingPlanVersion, items: Sequence[ProductItem], seen: Seen = None
) -> None:
    """Put product items into the version, each below its product, without a price yet."""
    tree = laid_out(items, onto=_locked(ctx, version, seen))
    plan_tree.store(ctx=ctx, version=version, tree=tree)


def laid_out(items: Sequence[ProductItem], *, onto: Sequence[Node] = ()) -> list[Node]:
    """The tree of a version with these items at its end, each below its product, without a price yet."""
    tree = list(onto)
    for item in items:
        entry = {"product_item_links": [item.public_id], "configs": []}
        home = plan_tree.home(tree, item.product.public_id)
        if home is None:
            product = item.product
            pricing: Node = {
                "name": product.name,
                "product_links": [product.public_id],
                "items": [entry],
            }
            plan_tree.category_of(tree, product.category.public_id)["ungrouped"].append(pricing)
        else:
            home["items"].append(entry)
    return tree


@transaction.atomic
def remove(*, ctx: Context, version: PricingPlanVersion, key: str, seen: Seen = None) -> None:
    """Take a product item out, and what is empty after it."""
    tree = _locked(ctx, version, seen)
    shelf, pricing, entry = plan_tree.holding(tree, key)
    pricing["items"].remove(entry)
    if not (pricing["items"] or pricing["entitlements"]):
        shelf.pricings.remove(pricing)
    plan_tree.drop_if_empty(shelf)
    plan_tree.store(ctx=ctx, version=version, tree=tree)


@transaction.atomic
def move(*, ctx: Context, version: PricingPlanVersion, key: str, step: int, seen: Seen = None) -> None:
    """One place up (-1) or down (1): within its product, else its product within its category, and so on."""
    tree = _locked(ctx, version, seen)
    if _moved(tree, key, step):
        plan_tree.store(ctx=ctx, version=version, tree=tree)


@transaction.atomic
def place(*, ctx: Context, version: PricingPlanVersion, key: str, at: int, seen: Seen = None) -> None:
    """To this place, from one: step by step, so that what is sold together stays together."""
    tree = _locked(ctx, version, seen)
    start = _place(tree, key)
    while (now := _place(tree, key)) != at and _moved(tree, key, 1 if at > now else -1):
        if abs(_place(tree, key) - at) >= abs(now - at):
            break
    if _place(tree, key) != start:
        plan_tree.store(ctx=ctx, version=version, tree=tree)


def _place(tree: list[Node], key: str) -> int:
    items = [item for shelf in plan_tree.shelves(tree) for each in shelf.pricings for item in each["items"]]
    found = (number for number, item in enumerate(items, 1) if key in item["product_item_links"])
    return next(found, 0)


def _moved(tree: list[Node], key: str, step: int) -> bool:
    """Whether the item, or what it is part of, went one place on among its siblings."""
    shelf, pricing, entry = plan_tree.holding(tree, key)
    of_groups = [(shelf.category["pricing_groups"], shelf.group)] if shelf.group is not None else []
    of_pricing = [(pricing["items"], entry), (shelf.pricings, pricing)]
    for siblings, node in (*of_pricing, *of_groups, (tree, shelf.category)):
        at = next(place for place, each in enumerate(siblings) if each is node)
        if 0 <= at + step < len(siblings):
            siblings[at], siblings[at + step] = siblings[at + step], siblings[at]
            _number(siblings)
            return True
    return False


def _locked(ctx: Context, version: PricingPlanVersion, seen: Seen) -> list[Node]:
    tree = plan_tree.locked(ctx=ctx, version=version)
    if seen is not None:
        now = book.read(version, default_currency=ctx.platform.default_currency)
        if now.order != list(seen):
            raise Rearranged
    return tree


def _number(siblings: list[Node]) -> None:
    """Explicit places would win over the order of the list: they follow it."""
    if any(node.get("display_order") is not None for node in siblings):
        for index, node in enumerate(siblings):
            node["display_order"] = index
