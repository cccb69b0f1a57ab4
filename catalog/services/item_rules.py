"""The rules of one pricing item. The version is a locked DRAFT.

An editor stores a price at every pause of whoever types it. So where only prices change, just those rows
are written; ``pricings.update`` writes the whole pricing anew. Either way the same is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.context import Context
from catalog.models import Pricing, PricingItem, PricingItemConfig
from catalog.selectors import plans as selectors
from catalog.services import configs, pricings, tree_links, tree_walk, trees
from catalog.services.tree_links import Links
from catalog.services.tree_walk import Node
from webhooks.services import changes, rendering

COLUMNS = ("pricing_type", "currency", "billing_in_advance", "body", "updated_at")


def replace(*, ctx: Context, pricing_item: PricingItem, rules: Sequence[Node]) -> None:
    """Put these rules in the place of the item's; a rule that names the id of one keeps it."""
    pricing = selectors.pricings(ctx.platform).get(pk=pricing_item.pricing_id)
    pricing.platform = ctx.platform
    items = list(pricing.items.all())
    place = next(index for index, each in enumerate(items) if each.pk == pricing_item.pk)
    stored = list(items[place].configs.all())
    if [rule.get("id") for rule in rules] == [each.public_id for each in stored]:
        written = _written(ctx, stored, rules, path=f"items.{place}.configs")
        if written is not None:
            _store(ctx, pricing, written)
            return
    nodes = trees.pricing_node(pricing)["items"]
    nodes[place]["configs"] = list(rules)
    pricings.update(ctx=ctx, instance=pricing, fields={"items": nodes})


Written = list[tuple[PricingItemConfig, dict[str, Any]]]


def _written(
    ctx: Context, stored: Sequence[PricingItemConfig], rules: Sequence[Node], *, path: str
) -> Written | None:
    """What to write in which rows; None where more than the rows themselves would change.

    That is so where the order in which rules are tried changes, or the properties that they name.
    """
    placed = list(tree_walk.each(rules, path))
    links = Links(properties=tree_links.properties(ctx.platform, placed))
    found: Written = []
    for row, (at, node) in zip(stored, placed, strict=True):
        named = _properties(row.body)
        body, parsed, properties = configs.normalized(node, links=links, path=at)
        if parsed.order != row.order or [each.public_id for each in properties] != named:
            return None
        values = {
            "pricing_type": parsed.pricing_type.value,
            "currency": parsed.currency,
            "billing_in_advance": bool(node.get("billing_in_advance")),
            "body": body,
            "updated_at": ctx.at,
        }
        found.append((row, values))
    return [(row, values) for row, values in found if values["body"] != row.body]


def _properties(body: Node) -> list[str | None]:
    """The ids of the properties that a stored rule names, each once."""
    return list(dict.fromkeys(entry.get("id") for _, entry in tree_links.property_entries(body, "")))


def _store(ctx: Context, pricing: Pricing, written: Written) -> None:
    """Write the rows, which are those of ``pricing`` as it was read, and tell of it."""
    before = rendering.render_loaded(pricing)
    for row, values in written:
        for name, value in values.items():
            setattr(row, name, value)
    PricingItemConfig.objects.bulk_update([row for row, _ in written], COLUMNS)
    changes.told(ctx=ctx, instance=pricing, before=before, after=rendering.render_loaded(pricing))
