"""The price tree of a version: planted, replaced, copied. The version is a locked DRAFT.

Nodes carry the ids they have; only where they are ``kept`` are they given to the rows again, so a
copy gets ids of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.context import Context
from catalog.models import (
    Pricing,
    PricingCategory,
    PricingGroup,
    PricingItem,
    PricingItemConfig,
    PricingPlanVersion,
)
from catalog.services import tree_links, tree_walk
from catalog.services.tree_walk import Node
from catalog.services.tree_write import Writer

FIELD = "pricing_categories"
CHOICES = ("pricing_currency_configs", "billing_period_configs")


def plant(
    *,
    ctx: Context,
    version: PricingPlanVersion,
    categories: Sequence[Node],
    kept: frozenset[str] = frozenset(),
    path: str = FIELD,
) -> None:
    """Write a whole tree below a version that has none."""
    placed = list(tree_walk.each(categories, path))
    pricings = list(tree_walk.pricings(categories, path))
    links = tree_links.resolve(ctx.platform, pricings=pricings, categories=placed)
    writer = Writer(ctx=ctx, version=version, links=links, kept=kept)
    for position, (at, category) in enumerate(placed):
        writer.category(category, position=position, path=at)
    writer.save()


def replace(*, ctx: Context, version: PricingPlanVersion, categories: Sequence[Node]) -> None:
    """Put another tree in the place of the version's; nodes that are named by id keep it."""
    kept = ids(version)
    PricingGroup.objects.filter(platform=ctx.platform, version=version).delete()
    PricingCategory.objects.filter(platform=ctx.platform, version=version).delete()
    plant(ctx=ctx, version=version, categories=categories, kept=kept)


def copy(*, ctx: Context, source: PricingPlanVersion, version: PricingPlanVersion) -> None:
    """Plant the tree of ``source``, read by ``selectors.plans.versions``, below ``version``."""
    plant(ctx=ctx, version=version, categories=nodes(source))


def nodes(version: PricingPlanVersion) -> list[Node]:
    """The tree of a version as the body that would plant it."""
    return category_nodes(version.categories)  # type: ignore[attr-defined]


def category_nodes(categories: Sequence[Any]) -> list[Node]:
    """Pricing categories as the bodies that would plant them."""
    return [
        {
            "public_id": category.public_id,
            "product_category": {"public_id": category.product_category.public_id},
            "display_order": category.display_order,
            "ungrouped": [pricing_node(each) for each in category.ungrouped],
            "pricing_groups": [group_node(each) for each in category.pricing_groups.all()],
        }
        for category in categories
    ]


def group_node(group: PricingGroup) -> Node:
    """A pricing group as the body that would plant it."""
    return {
        "public_id": group.public_id,
        "name": group.name,
        "product_type": group.product_type,
        "selection_constraint": group.selection_constraint,
        "display_order": group.display_order,
        "pricings": [pricing_node(each) for each in group.pricings.all()],
    }


def pricing_node(pricing: Pricing) -> Node:
    """A pricing as the body that would plant it."""
    return {
        "public_id": pricing.public_id,
        "name": pricing.name,
        "product_type": pricing.product_type,
        "display_order": pricing.display_order,
        "product_links": [link.product.public_id for link in pricing.product_links.all()],
        "entitlements": [
            {**link.value, "feature_id": link.feature.public_id} for link in pricing.entitlements.all()
        ],
        "items": [_item(each) for each in pricing.items.all()],
        **_standing(pricing),
    }


def _item(item: PricingItem) -> Node:
    return {
        "public_id": item.public_id,
        "display_order": item.display_order,
        "product_item_links": [link.product_item.public_id for link in item.product_item_links.all()],
        "configs": [{**config.body, "id": config.public_id} for config in item.configs.all()],
        "pricing_currency_configs": item.pricing_currency_configs,
        "billing_period_configs": item.billing_period_configs,
        **_standing(item),
    }


def _standing(node: Pricing | PricingItem) -> Node:
    """What of a plan it stands for, and how much of it."""
    original = node.original
    return {"original": original.public_id, "override": node.override} if original else {}


def ids(version: PricingPlanVersion) -> frozenset[str]:
    """The public ids of all nodes of the version, one query per table."""
    models: tuple[Any, ...] = (PricingCategory, PricingGroup, Pricing, PricingItemConfig)
    mine = {"platform": version.platform, "version": version}
    found = {
        public_id
        for model in models
        for public_id in model.objects.filter(**mine).values_list("public_id", flat=True)
    }
    for item in PricingItem.objects.filter(**mine).values("public_id", *CHOICES):
        found.add(item["public_id"])
        found |= {rule["id"] for _, rule in tree_walk.configs("", item)}
    return frozenset(found)
