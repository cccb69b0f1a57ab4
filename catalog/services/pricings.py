"""Changes to single pricings of a version that is still DRAFT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import (
    Pricing,
    PricingCategory,
    PricingGroup,
    PricingPlanVersion,
    ProductCategory,
    ProductType,
)
from catalog.selectors import plans as selectors
from catalog.services import drafts, rows, schedule_prices, tree_links, trees
from catalog.services.schedule_prices import SCHEDULE
from catalog.services.tree_links import Links
from catalog.services.tree_walk import Node
from catalog.services.tree_write import Writer
from kit.errors import InvalidField, MissingField
from webhooks.services import changes

BELOW = ("product_links", "entitlements", "items")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Pricing:
    """A pricing at the end of its product category, in ``group`` where one is named.

    Of a version, or of one schedule alone (``schedule_id``).
    """
    if fields.get(SCHEDULE) is not None:
        return _owned(schedule_prices.create(ctx=ctx, model=Pricing, fields=fields))
    node = {name: value for name, value in fields.items() if name != SCHEDULE}
    group: PricingGroup | None = node.pop("group", None)
    version = drafts.locked(_version(node.pop("version", None), group))
    links = tree_links.resolve(ctx.platform, pricings=[("", node)])
    category = category_for(ctx, version, node, links)
    _stand(group, category)
    writer = Writer(ctx=ctx, version=version, links=links)
    position = Pricing.objects.filter(platform=ctx.platform, category=category).count()
    pricing = writer.pricing(node, position=position, path="", category=category, group=group)
    writer.save()
    changes.created(ctx=ctx, instance=pricing)
    return pricing


@transaction.atomic
def update(*, ctx: Context, instance: Pricing, fields: dict[str, Any]) -> Pricing:
    """Change the given fields; the lists that are sent take the place of the old ones."""
    if schedule_prices.owner(instance) is not None:
        return _owned(schedule_prices.update(ctx=ctx, instance=instance, fields=fields))
    version = drafts.locked(instance.version)
    row = selectors.pricings(ctx.platform).get(pk=instance.pk)
    before = changes.snapshot(row)
    values = {name: value for name, value in fields.items() if name != SCHEDULE}
    if (values.pop("version", None) or version).pk != version.pk:
        raise InvalidField("a pricing stays in its version", field="pricing_plan_version_id")
    group = values.get("group")
    if group:
        _version(version, group)
    below = {name: values.pop(name) for name in BELOW if name in values}
    if below:
        values |= _rewrite(ctx, version, row, below)
    _stand(group, values.get("category", row.category))
    rows.change(ctx=ctx, row=row, values=_filled(values), before=before)
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: Pricing) -> None:
    """Delete a pricing, and its pricing category when nothing else is in it."""
    if schedule_prices.owner(instance) is not None:
        schedule_prices.delete(ctx=ctx, instance=instance)
        return
    drafts.locked(instance.version)
    row = selectors.pricings(ctx.platform).get(pk=instance.pk)
    category = row.category
    rows.delete(ctx=ctx, row=row)
    drop_if_empty(category)


def _owned(row: Any) -> Pricing:
    assert isinstance(row, Pricing)
    return row


def category_for(
    ctx: Context, version: PricingPlanVersion, node: Mapping[str, Any], links: Links
) -> PricingCategory:
    """The version's pricing category of the pricing's first product, made where there is none."""
    keys = node.get("product_links")
    if not keys:
        raise MissingField(field="product_ids")
    product_category: ProductCategory = links.products[keys[0]].category
    mine = PricingCategory.objects.filter(platform=ctx.platform, version=version)
    found = mine.filter(product_category=product_category).first()
    if found:
        return found
    category = PricingCategory.stamped(
        platform=ctx.platform,
        at=ctx.at,
        version=version,
        product_category=product_category,
        position=mine.count(),
    )
    category.save(force_insert=True)
    return category


def drop_if_empty(category: PricingCategory | None) -> None:
    """Delete a pricing category without pricings and groups."""
    if category and not (category.pricings.exists() or category.pricing_groups.exists()):
        category.delete()


def _rewrite(
    ctx: Context, version: PricingPlanVersion, row: Pricing, below: dict[str, Any]
) -> dict[str, Any]:
    """Replace what is below the pricing; the fields of the pricing that follow from it."""
    node: Node = trees.pricing_node(row) | below
    links = tree_links.resolve(ctx.platform, pricings=[("", node)])
    category = category_for(ctx, version, node, links)
    kept = trees.ids(version)
    for relation in (row.product_links, row.entitlements, row.items):
        relation.all().delete()
    writer = Writer(ctx=ctx, version=version, links=links, kept=kept)
    writer.below(row, node, path="")
    writer.save()
    return {"category": category}


def _stand(group: PricingGroup | None, category: PricingCategory) -> None:
    """A group without a category stands, from its first pricing on, where that one does."""
    if group and group.category is None:
        group.category = category
        group.save(update_fields=["category"])


def _version(version: PricingPlanVersion | None, group: PricingGroup | None) -> PricingPlanVersion:
    found = version or (group.version if group else None)
    if found is None:
        raise MissingField(field="pricing_plan_version_id")
    if group and group.version_id != found.pk:
        raise InvalidField("belongs to another version", field="pricing_group_id")
    return found


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """A product type sent as null is the default."""
    known = {name: value for name, value in values.items() if name != "public_id"}
    if known.get("product_type", "") is None:
        known["product_type"] = ProductType.DEFAULT
    return known
