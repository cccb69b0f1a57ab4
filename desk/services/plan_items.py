"""What a draft version sells, and in which order: changes from step 3 of the guided editor.

Each takes ``seen``, the items in the order in which the page showed them, and raises Rearranged where someone
else was faster; None asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingPlanVersion, ProductItem
from catalog.selectors import plans as selectors
from catalog.services import drafts, pricing_plan_versions, trees
from catalog.services.tree_walk import Node
from desk.editors.pricing import book
from kit.errors import NotFound, TallydeskError

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
    _store(ctx, version, laid_out(items, onto=_tree(ctx, version, seen)))


def laid_out(items: Sequence[ProductItem], *, onto: Sequence[Node] = ()) -> list[Node]:
    """The tree of a version with these items at its end, each below its product, without a price yet."""
    tree = list(onto)
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
    return tree


@transaction.atomic
def remove(*, ctx: Context, version: PricingPlanVersion, key: str, seen: Seen = None) -> None:
    """Take a product item out, and what is empty after it."""
    tree = _tree(ctx, version, seen)
    for category in tree:
        for pricing in category["ungrouped"]:
            pricing["items"] = [item for item in pricing["items"] if key not in item["product_item_links"]]
        category["ungrouped"] = [
            pricing for pricing in category["ungrouped"] if pricing["items"] or pricing["entitlements"]
        ]
    _store(ctx, version, [each for each in tree if each["ungrouped"] or each["pricing_groups"]])


@transaction.atomic
def move(*, ctx: Context, version: PricingPlanVersion, key: str, step: int, seen: Seen = None) -> None:
    """One place up (-1) or down (1): within its product, else its product within its category, and so on."""
    tree = _tree(ctx, version, seen)
    if _moved(tree, key, step):
        _store(ctx, version, tree)


@transaction.atomic
def place(*, ctx: Context, version: PricingPlanVersion, key: str, at: int, seen: Seen = None) -> None:
    """To this place, from one: step by step, so that what is sold together stays together."""
    tree = _tree(ctx, version, seen)
    start = _place(tree, key)
    while (now := _place(tree, key)) != at and _moved(tree, key, 1 if at > now else -1):
        if abs(_place(tree, key) - at) >= abs(now - at):
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


def _tree(ctx: Context, version: PricingPlanVersion, seen: Seen) -> list[Node]:
    locked = drafts.locked(version)
    if seen is not None:
        now = book.read(locked, default_currency=ctx.platform.default_currency)
        if now.order != list(seen):
            raise Rearranged
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
