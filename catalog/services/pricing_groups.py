"""Changes to pricing groups of a version that is still DRAFT."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingGroup, PricingPlanVersion, ProductType, SelectionConstraint
from catalog.selectors import plans as selectors
from catalog.services import drafts, pricings, rows, schedule_prices, tree_links, tree_walk, trees
from catalog.services.schedule_prices import SCHEDULE
from catalog.services.tree_walk import Node
from catalog.services.tree_write import Writer
from kit.errors import InvalidField, MissingField
from webhooks.services import changes

DEFAULTS = {"product_type": ProductType.DEFAULT, "selection_constraint": SelectionConstraint.ANY}


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> PricingGroup:
    """A group with its pricings; it stands in the product category of the first of them."""
    if fields.get(SCHEDULE) is not None:
        return _owned(schedule_prices.create(ctx=ctx, model=PricingGroup, fields=fields))
    node = {name: value for name, value in fields.items() if name != SCHEDULE}
    given: PricingPlanVersion | None = node.pop("version", None)
    if given is None:
        raise MissingField(field="pricing_plan_version_id")
    version = drafts.locked(given)
    writer, category = _writer(ctx, version, node)
    position = PricingGroup.objects.filter(platform=ctx.platform, version=version).count()
    group = writer.group(node, position=position, path="", category=category)
    writer.save()
    changes.created(ctx=ctx, instance=group)
    return group


@transaction.atomic
def update(*, ctx: Context, instance: PricingGroup, fields: dict[str, Any]) -> PricingGroup:
    """Change the given fields; pricings that are sent take the place of the old ones."""
    if schedule_prices.owner(instance) is not None:
        return _owned(schedule_prices.update(ctx=ctx, instance=instance, fields=fields))
    version = drafts.locked(instance.version)
    row = selectors.groups(ctx.platform).get(pk=instance.pk)
    before = changes.snapshot(row)
    values = {name: value for name, value in fields.items() if name not in ("public_id", SCHEDULE)}
    if (values.pop("version", None) or version).pk != version.pk:
        raise InvalidField("a group stays in its version", field="pricing_plan_version_id")
    values |= {name: DEFAULTS[name] for name in DEFAULTS if values.get(name, "") is None}
    sent = values.pop("pricings", None)
    if sent is not None:
        values["category"] = _replaced(ctx, version, row, sent)
    rows.change(ctx=ctx, row=row, values=values, before=before)
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: PricingGroup) -> None:
    """Delete a group with its pricings."""
    if schedule_prices.owner(instance) is not None:
        schedule_prices.delete(ctx=ctx, instance=instance)
        return
    drafts.locked(instance.version)
    row = selectors.groups(ctx.platform).get(pk=instance.pk)
    category = row.category
    rows.delete(ctx=ctx, row=row)
    pricings.drop_if_empty(category)


def _owned(row: Any) -> PricingGroup:
    assert isinstance(row, PricingGroup)
    return row


def _writer(
    ctx: Context, version: PricingPlanVersion, node: Node, kept: frozenset[str] = frozenset()
) -> tuple[Writer, Any]:
    """(what writes the node's pricings, the pricing category they stand in: none without pricings)."""
    members = list(tree_walk.each(node.get("pricings"), "pricings"))
    links = tree_links.resolve(ctx.platform, pricings=members)
    category = pricings.category_for(ctx, version, members[0][1], links) if members else None
    return Writer(ctx=ctx, version=version, links=links, kept=kept), category


def _replaced(ctx: Context, version: PricingPlanVersion, group: PricingGroup, members: list[Node]) -> Any:
    kept = trees.ids(version)
    group.pricings.all().delete()
    writer, category = _writer(ctx, version, {"pricings": members}, kept)
    for position, (at, node) in enumerate(tree_walk.each(members, "pricings")):
        writer.pricing(node, position=position, path=at, category=category, group=group)
    writer.save()
    return category or group.category
