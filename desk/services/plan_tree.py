"""The price tree of a draft version, taken apart by Desk and stored whole: ids, rules and grants stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accounts.context import Context
from catalog.models import PricingPlanVersion, Product, ProductType
from catalog.selectors import plans as selectors
from catalog.services import drafts, pricing_plan_versions, trees
from catalog.services.tree_walk import Node
from kit.errors import NotFound


@dataclass(frozen=True)
class Shelf:
    """Pricings that stand together: what is in no group of its category (``group`` is None), or one group."""

    category: Node
    group: Node | None = None

    @property
    def pricings(self) -> list[Node]:
        """To be changed in place."""
        found: list[Node] = self.category["ungrouped"] if self.group is None else self.group["pricings"]
        return found


def locked(*, ctx: Context, version: PricingPlanVersion) -> list[Node]:
    """The tree of the DRAFT, which is locked. A group that is in no category yet stands in the first."""
    drafts.locked(version)
    tree = trees.nodes(selectors.versions(ctx.platform).get(pk=version.pk))
    if tree:
        loose = selectors.groups(ctx.platform).filter(version=version, category=None)
        tree[0]["pricing_groups"] += [trees.group_node(each) for each in loose]
    return tree


def store(*, ctx: Context, version: PricingPlanVersion, tree: Sequence[Node]) -> None:
    """Put the tree in the place of the version's, without categories that hold nothing."""
    kept = [each for each in tree if each["ungrouped"] or each["pricing_groups"]]
    pricing_plan_versions.update(ctx=ctx, instance=version, fields={"pricing_categories": kept})


def shelves(tree: Sequence[Node]) -> Iterator[Shelf]:
    """Every place of pricings, in printed order: what is in no group before the groups of its category."""
    for category in tree:
        yield Shelf(category)
        for group in category["pricing_groups"]:
            yield Shelf(category, group)


def holding(tree: Sequence[Node], key: str) -> tuple[Shelf, Node, Node]:
    """(where it stands, its pricing, its entry there) of a product item."""
    for shelf in shelves(tree):
        for pricing in shelf.pricings:
            for entry in pricing["items"]:
                if key in entry["product_item_links"]:
                    return shelf, pricing, entry
    raise NotFound("The version has no such item.")


def drop_if_empty(shelf: Shelf) -> None:
    """Leave no group that lost its last pricing."""
    if shelf.group is not None and not shelf.pricings:
        groups = shelf.category["pricing_groups"]
        groups[:] = [each for each in groups if each is not shelf.group]


def category_of(tree: list[Node], product_category: str) -> Node:
    """The tree's pricing category of this product category; at the end where it had none."""
    for category in tree:
        if category["product_category"]["public_id"] == product_category:
            return category
    made: Node = {"product_category": {"public_id": product_category}, "ungrouped": [], "pricing_groups": []}
    tree.append(made)
    return made


def own_category(ctx: Context, tree: list[Node], pricing: Node) -> Node:
    """The tree's category of the pricing's first product."""
    rows = Product.objects.for_platform(ctx.platform).select_related("category")
    return category_of(tree, rows.get(public_id=pricing["product_links"][0]).category.public_id)


def home(tree: Sequence[Node], product: str) -> Node | None:
    """The pricing that every subscription has of this product."""
    standing = (pricing for shelf in shelves(tree) if shelf.group is None for pricing in shelf.pricings)
    return next(
        (
            pricing
            for pricing in standing
            if product in pricing["product_links"]
            and pricing.get("product_type", ProductType.DEFAULT) == ProductType.DEFAULT
        ),
        None,
    )
