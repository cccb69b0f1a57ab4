"""Walking the body of a price tree, each node with its dotted path.

Nodes are plain dicts as ``api.tree_shape`` validates them: links are still the ids or references
that were given (``product_ids`` and so on are called as their sources), configs are plain JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]
Placed = tuple[str, Node]


def each(nodes: Sequence[Node] | None, path: str) -> Iterator[Placed]:
    """The nodes of a list with their paths."""
    for index, node in enumerate(nodes or ()):
        yield f"{path}.{index}" if path else str(index), node


def pricings(categories: Sequence[Node], path: str) -> Iterator[Placed]:
    """Every pricing below the categories, in groups or not."""
    for at, category in each(categories, path):
        yield from each(category.get("ungrouped"), f"{at}.pricings")
        for inner, group in each(category.get("pricing_groups"), f"{at}.pricing_groups"):
            yield from each(group.get("pricings"), f"{inner}.pricings")


def items(placed: Sequence[Placed]) -> Iterator[Placed]:
    """Every pricing item of the pricings."""
    for at, pricing in placed:
        yield from each(pricing.get("items"), f"{at}.items" if at else "items")


def configs(at: str, item: Node) -> Iterator[Placed]:
    """Every rule of a pricing item: its own, those per currency and those per billing period."""
    yield from each(item.get("configs"), f"{at}.configs")
    yield from _by_period(item, at)
    for inner, choice in each(item.get("pricing_currency_configs"), f"{at}.pricing_currency_configs"):
        yield from each(choice.get("configs"), f"{inner}.configs")
        yield from _by_period(choice, inner)


def _by_period(holder: Node, at: str) -> Iterator[Placed]:
    for inner, choice in each(holder.get("billing_period_configs"), f"{at}.billing_period_configs"):
        yield from each(choice.get("configs"), f"{inner}.configs")


def conditions(holder: Node | None, path: str) -> Iterator[Placed]:
    """Every comparison inside a set of conditions: its list, its expression, and its further sets."""
    if holder is None:
        return
    yield from each(holder.get("meter_properties"), f"{path}.meter_properties")
    yield from _in_expression(holder.get("expression"), f"{path}.expression")
    for at, inner in each(holder.get("configs"), f"{path}.configs"):
        yield from conditions(inner, at)


def _in_expression(expression: Node | None, path: str) -> Iterator[Placed]:
    for at, operand in each((expression or {}).get("operands"), f"{path}.operands"):
        if operand.get("meter_property") is not None:
            yield f"{at}.meter_property", operand["meter_property"]
        yield from _in_expression(operand.get("expression"), f"{at}.expression")
