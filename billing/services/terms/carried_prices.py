"""A schedule's own prices in the words of another version of its plan.

An override stands for a pricing, an item or a rule of the plan. Each is moved to the counterpart in the other
version; what stands for nothing there is lost, and told. Prices that stand for none come along as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.rating.types import Problem
from catalog.services import tree_walk
from catalog.services.original_prices import OF_PRICING, RULE
from catalog.services.own_prices import OVERRIDES
from catalog.services.tree_walk import Node

CHOICES = ("pricing_currency_configs", "billing_period_configs")


@dataclass(frozen=True, slots=True)
class OwnPrices:
    """The bodies that would plant them, and ``ids``: the nodes that terms may name."""

    overrides: Sequence[Node] = ()
    categories: Sequence[Node] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all nodes, as they are called now."""
        return frozenset(_ids((*self.overrides, *self.categories)))


def onto(
    overrides: Sequence[Node],
    categories: Sequence[Node],
    *,
    names: Mapping[str, str],
    originals: Mapping[str, Node],
    lost: list[Problem],
) -> OwnPrices:
    """The same prices, standing for what ``names`` calls the counterparts; ``lost`` gets the others.

    What an override has just as its pricing in ``originals`` it did not say itself: it is left open, so that
    the other version says it.
    """
    move = _Move(names, lost)
    kept = [move.override(at, node) for at, node in tree_walk.each(overrides, OVERRIDES)]
    stated = [
        _stated(each, originals.get(before["original"])) for each, before in zip(kept, overrides, strict=True)
    ]
    return OwnPrices([each for each in stated if each is not None], categories)


def _stated(node: Node | None, original: Node | None) -> Node | None:
    if node is None or original is None:
        return node
    return {
        key: None if key in OF_PRICING and value == original[key] else value for key, value in node.items()
    }


@dataclass(frozen=True, slots=True)
class _Move:
    names: Mapping[str, str]
    lost: list[Problem]

    def override(self, at: str, node: Node) -> Node | None:
        """The override of the counterpart; None where nothing is left of it."""
        original = self._counterpart(node["original"], f"{at}.original_pricing_id")
        if original is None:
            return None
        items = self._kept(
            self._item(inner, each) for inner, each in tree_walk.each(node["items"], f"{at}.items")
        )
        return None if node["items"] and not items else {**node, "original": original, "items": items}

    def _item(self, at: str, node: Node) -> Node | None:
        if not node.get("original"):
            return node
        original = self._counterpart(node["original"], f"{at}.original_pricing_item_id")
        if original is None:
            return None
        priced = self._priced(at, node)
        return {**priced, "original": original} if any(tree_walk.configs(at, priced)) else None

    def _priced(self, at: str, holder: Node) -> Node:
        """The rules in any case, and those per currency and per billing period."""
        rules = tree_walk.each(holder.get("configs"), f"{at}.configs")
        found = {**holder, "configs": self._kept(self._rule(inner, each) for inner, each in rules)}
        for name in CHOICES:
            if holder.get(name):
                found[name] = [
                    self._priced(inner, each) for inner, each in tree_walk.each(holder[name], f"{at}.{name}")
                ]
        return found

    def _rule(self, at: str, config: Node) -> Node | None:
        if config.get(RULE) is None:
            return config
        original = self._counterpart(config[RULE], f"{at}.{RULE}")
        return None if original is None else {**config, RULE: original}

    def _counterpart(self, name: str, field: str) -> str | None:
        if name not in self.names:
            message = f"the version has no counterpart of {name}, whose price this schedule replaces"
            self.lost.append(Problem(field, message))
        return self.names.get(name)

    def _kept(self, nodes: Iterator[Node | None]) -> list[Node]:
        return [each for each in nodes if each is not None]


def _ids(value: Any) -> Iterator[str]:
    """What nodes are called: rules by ``id``, the others by ``public_id``."""
    if isinstance(value, Mapping):
        yield from (value[name] for name in ("public_id", "id") if isinstance(value.get(name), str))
        for each in value.values():
            yield from _ids(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _ids(each)
