"""Overrides on their way into the database: each with the pricing, item and rules of the plan it stands for.

What an override leaves out is as in the plan: its name, what it sells, and of a rule that is replaced which
usage it prices, when and in which order. ``override`` left out is SPECIFIC where the parts name the parts of
the plan they replace, else ALL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Platform
from catalog.models import Override, Pricing, PricingItem, PricingPlanVersion
from catalog.selectors import plans
from catalog.services import tree_walk, trees
from catalog.services.tree_walk import Node, Placed
from kit.errors import InvalidField, MissingField, ReferencedNotFound

OF_PRICING = ("name", "product_links", "display_order", "entitlements")
# Which usage a rule prices, and when: as the rule that it replaces, unless it says otherwise.
OF_RULE = ("conditions", "order", "billing_in_advance", "billing_period", "pricing_period")
RULE = "original_pricing_item_config_id"


def filled(
    platform: Platform, plan: PricingPlanVersion | None, overrides: Sequence[Node], path: str
) -> list[Placed]:
    """The overrides, complete, with their paths. Raises where one stands for nothing, or two for the same."""
    known = _known(platform, plan) if overrides else {}
    found: list[Placed] = []
    seen: set[str] = set()
    for at, node in tree_walk.each(overrides, path):
        original = _original(node, known, f"{at}.original_pricing_id")
        if original.public_id in seen:
            raise InvalidField("is replaced twice", field=f"{at}.original_pricing_id")
        seen.add(original.public_id)
        found.append((at, _pricing(node, original, at)))
    return found


def _known(platform: Platform, plan: PricingPlanVersion | None) -> dict[str, Pricing]:
    if plan is None:
        return {}
    rows = plans.every_pricing(platform).filter(version=plan)
    return {row.public_id: row for row in rows}


def _original(node: Node, known: dict[str, Pricing], field: str) -> Pricing:
    named = node.get("original")
    if not named:
        raise MissingField(field=field)
    if named not in known:
        message = f"{named} is not among the pricings of the schedule's plan version"
        raise ReferencedNotFound(message, field=field)
    return known[named]


def _pricing(node: Node, original: Pricing, at: str) -> Node:
    plan = trees.pricing_node(original)
    items = [_item(each, original, inner) for inner, each in tree_walk.each(node.get("items"), f"{at}.items")]
    if not items and node.get("entitlements") is None:
        raise MissingField(field=f"{at}.items")
    inherited = {name: plan[name] for name in OF_PRICING if node.get(name) is None}
    if node.get("product_type") not in (None, original.product_type):
        raise InvalidField("is that of the plan's pricing", field=f"{at}.product_type")
    return {
        **node,
        **inherited,
        "items": items,
        "product_type": original.product_type,
        "original_row": original,
        "override_kind": _kind(node, any(each["original_row"] for each in items)),
    }


def _item(node: Node, original: Pricing, at: str) -> Node:
    items: list[PricingItem] = list(original.items.all())
    standing = _standing(node, items, at)
    if standing is None:
        if node.get("override"):
            raise MissingField(field=f"{at}.original_pricing_item_id")
        return {**node, "original_row": None, "override_kind": None}
    rules = {config.public_id: config.body for config in standing.configs.all()}
    configs = []
    for inner, config in tree_walk.each(node.get("configs"), f"{at}.configs"):
        configs.append(_rule(config, rules, f"{inner}.{RULE}"))
    sold = [link.product_item.public_id for link in standing.product_item_links.all()]
    return {
        **node,
        "product_item_links": node.get("product_item_links") or sold,
        "configs": configs,
        "original_row": standing,
        "override_kind": _kind(node, any(config.get(RULE) for config in configs)),
    }


def _standing(node: Node, items: Sequence[PricingItem], at: str) -> PricingItem | None:
    """The plan's item that it names, or that sells just the same."""
    named = node.get("original")
    if named:
        found = next((item for item in items if item.public_id == named), None)
        if found is None:
            message = f"{named} is not an item of the pricing that is replaced"
            raise ReferencedNotFound(message, field=f"{at}.original_pricing_item_id")
        return found
    wanted = set(node.get("product_item_links") or ())
    return next((item for item in items if wanted and _sells(item, wanted)), None)


def _sells(item: PricingItem, wanted: set[str]) -> bool:
    links = [link.product_item for link in item.product_item_links.all()]
    return len(links) == len(wanted) and all(
        row.public_id in wanted or row.reference in wanted for row in links
    )


def _rule(config: Node, rules: dict[str, Any], field: str) -> Node:
    named = config.get(RULE)
    if named is None:
        return config
    if named not in rules:
        message = f"{named} is not a rule of the item that is replaced"
        raise ReferencedNotFound(message, field=field)
    return {name: rules[named][name] for name in OF_RULE if name in rules[named]} | config


def _kind(node: Node, names_parts: Any) -> str:
    return node.get("override") or (Override.SPECIFIC if names_parts else Override.ALL)
