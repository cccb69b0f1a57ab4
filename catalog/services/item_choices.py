"""The prices of one pricing item per currency and billing period. The version is a locked DRAFT.

They are JSON of the item's own row, so only that row is written; a rule that names the id of one keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.context import Context
from catalog.models import PricingItem, PricingItemConfig
from catalog.selectors import plans as selectors
from catalog.services import configs, tree_links, tree_walk
from catalog.services.tree_links import Links
from catalog.services.tree_walk import Node
from kit import ids
from webhooks.services import changes, rendering

LISTS = ("pricing_currency_configs", "billing_period_configs")


def replace(
    *,
    ctx: Context,
    pricing_item: PricingItem,
    pricing_currency_configs: Sequence[Node],
    billing_period_configs: Sequence[Node],
) -> None:
    """Put these lists in the place of the item's.

    Raises InvalidField or MissingField with the path of the rule below the pricing.
    """
    pricing = selectors.pricings(ctx.platform).get(pk=pricing_item.pricing_id)
    pricing.platform = ctx.platform
    items = list(pricing.items.all())
    index = next(place for place, each in enumerate(items) if each.pk == pricing_item.pk)
    row, path = items[index], f"items.{index}"
    asked: Node = dict(zip(LISTS, (pricing_currency_configs, billing_period_configs), strict=True))
    links = Links(properties=tree_links.properties(ctx.platform, [*tree_walk.configs(path, asked)]))
    known = {rule["id"] for rule in _rules({name: getattr(row, name) for name in LISTS})}
    before = rendering.render_loaded(pricing)
    for name in LISTS:
        setattr(row, name, [_judged(ctx, each, links, known, at) for at, each in _placed(asked, name, path)])
    row.updated_at = ctx.at
    row.save(update_fields=[*LISTS, "updated_at"])
    changes.told(ctx=ctx, instance=pricing, before=before, after=rendering.render_loaded(pricing))


def _placed(holder: Node, name: str, path: str) -> list[tree_walk.Placed]:
    return list(tree_walk.each(holder.get(name), f"{path}.{name}"))


def _judged(ctx: Context, entry: Node, links: Links, known: set[str], at: str) -> Node:
    """The entry as it is stored, its rules judged and each with its id."""
    found = {**entry, "configs": []}
    for inner, rule in tree_walk.each(entry.get("configs"), f"{at}.configs"):
        body = configs.normalized(rule, links=links, path=inner)[0]
        given = rule.get("id")
        kept = given if given in known else ids.new(PricingItemConfig.prefix, at=ctx.at)
        known.discard(kept)
        found["configs"].append({**body, "id": kept})
    if LISTS[1] in entry:
        periods = _placed(entry, LISTS[1], at)
        found[LISTS[1]] = [_judged(ctx, each, links, known, place) for place, each in periods]
    return found


def _rules(holder: Node) -> Iterator[dict[str, Any]]:
    """Every stored rule of the two lists."""
    for _, rule in tree_walk.configs("", holder):
        yield rule
