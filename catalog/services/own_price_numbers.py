"""Other numbers in the prices of one schedule: written in place, where nothing else of their tree differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Platform
from catalog.models import Pricing, PricingItem, PricingItemConfig
from catalog.services import configs, original_prices, tree_links, trees
from catalog.services.tree_links import Links
from catalog.services.tree_walk import Node, Placed

RULE = original_prices.RULE
NUMBERS = ("bands",)
OF_PRICING = ("name", "display_order", "entitlements", "product_type")
CHOICES = ("pricing_currency_configs", "billing_period_configs")
COLUMNS = ("order", "currency", "billing_in_advance")
Changed = list[tuple[PricingItemConfig, dict[str, Any]]]


def changed(platform: Platform, filled: Sequence[Placed], stored: Sequence[Pricing]) -> Changed | None:
    """The stored rules that get another body, with it; None where more than numbers differs.

    ``filled`` are complete overrides (``original_prices.filled``), ``stored`` the pricings of a loaded tree.
    """
    if len(filled) != len(stored):
        return None
    rules: list[tuple[Placed, PricingItemConfig]] = []
    for (at, node), row in zip(filled, stored, strict=True):
        found = _rules(at, node, row)
        if found is None:
            return None
        rules += found
    links = Links(properties=tree_links.properties(platform, [node for node, _ in rules]))
    bodies = [(row, _body(placed, row, links)) for placed, row in rules]
    if any(body is None for _, body in bodies):
        return None
    return [(row, body) for row, body in bodies if body is not None and body != row.body]


def _rules(at: str, node: Node, row: Pricing) -> list[tuple[Placed, PricingItemConfig]] | None:
    """Each rule of a pricing beside the stored one, where both stand for the same and say nothing else."""
    stored, items = trees.pricing_node(row), list(row.items.all())
    nodes = node["items"]
    sold = [link.product for link in row.product_links.all()]
    same = all(node[name] == stored[name] for name in OF_PRICING) and _names(node["product_links"], sold)
    if not (same and _stands_alike(node, stored) and len(nodes) == len(items)):
        return None
    found: list[tuple[Placed, PricingItemConfig]] = []
    for index, (item, item_row, item_node) in enumerate(zip(nodes, items, stored["items"], strict=True)):
        if not _is_like(item, item_row, item_node):
            return None
        rows = item_row.configs.all()
        paths = (f"{at}.items.{index}.configs.{number}" for number in range(len(rows)))
        found += [((path, body), each) for path, body, each in zip(paths, item["configs"], rows, strict=True)]
    return found


def _is_like(node: Node, row: PricingItem, stored: Node) -> bool:
    """Whether an item differs in the bodies of its rules at most."""
    given = [config.get("id") for config in node["configs"]]
    kept = [config["id"] for config in stored["configs"]]
    return (
        _stands_alike(node, stored)
        and node.get("display_order") == stored["display_order"]
        and _names(node["product_item_links"], [link.product_item for link in row.product_item_links.all()])
        and not any(node.get(name) or getattr(row, name) for name in CHOICES)
        and len(given) == len(kept)
        and all(each in (None, own) for each, own in zip(given, kept, strict=True))
    )


def _names(keys: Sequence[str], rows: Sequence[Any]) -> bool:
    """Whether these ids and references name just these rows."""
    return len(keys) == len(rows) and all(
        key in (row.public_id, row.reference) for key, row in zip(keys, rows, strict=True)
    )


def _stands_alike(node: Node, stored: Node) -> bool:
    original = node["original_row"]
    return (
        original is not None
        and original.public_id == stored.get("original")
        and node["override_kind"] == stored["override"]
        and node.get("public_id") in (None, stored["public_id"])
    )


def _body(placed: Placed, row: PricingItemConfig, links: Links) -> dict[str, Any] | None:
    """What is to be stored; None where it is not just other numbers."""
    path, node = placed
    body, parsed, _ = configs.normalized(node, links=links, path=path)
    columns = (parsed.order, parsed.currency, bool(node.get("billing_in_advance")))
    same = columns == tuple(getattr(row, name) for name in COLUMNS)
    return body if same and _beside_numbers(body) == _beside_numbers(row.body) else None


def _beside_numbers(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in NUMBERS and value is not None}
