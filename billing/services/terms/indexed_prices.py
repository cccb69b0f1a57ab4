"""The prices of a schedule, indexed: pure, over the bodies of price trees.

What the plan and the schedule's own prices come to together becomes prices of its own: an override of each
pricing of the plan, whole, with every rule told which rule of the plan it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Override
from catalog.rating.indexing import Indexing, indexed
from catalog.services.original_prices import RULE
from catalog.services.tree_walk import Node

CHOICES = ("pricing_currency_configs", "billing_period_configs")
NAMES = ("public_id", "id")


@dataclass(frozen=True, slots=True)
class Settings:
    """How each price is indexed: as its rule, its item or its pricing says, else by ``everything``."""

    everything: Indexing | None = None
    by_id: Mapping[str, Indexing] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether any price changes."""
        return self.everything is not None or bool(self.by_id)

    def config(self, body: Node, outer: Sequence[str]) -> Node:
        """A rule indexed; ``outer`` are the ids of its item and its pricing, the nearest first."""
        for name in (*filter(None, (body.get("id"), body.get(RULE))), *outer):
            if name in self.by_id:
                return indexed(body, self.by_id[name])
        return indexed(body, self.everything) if self.everything else dict(body)


def overrides(plan: Iterable[Node], own: Sequence[Node], settings: Settings) -> list[Node]:
    """An override of every pricing of the plan; ``own`` are those that there are."""
    standing = {each["original"]: each for each in own}
    return [_override(each, standing.get(each["public_id"]), settings) for each in plan]


def categories(nodes: Sequence[Node], settings: Settings) -> list[Node]:
    """The pricing categories with every price in them indexed."""
    return [
        {
            **category,
            "ungrouped": [_pricing(each, settings) for each in category.get("ungrouped") or ()],
            "pricing_groups": [
                {**group, "pricings": [_pricing(each, settings) for each in group["pricings"]]}
                for group in category.get("pricing_groups") or ()
            ],
        }
        for category in nodes
    ]


def ids(nodes: Any) -> Iterator[str]:
    """Every id in these bodies, those of what they stand for included."""
    if isinstance(nodes, Mapping):
        yield from (nodes[name] for name in (*NAMES, "original", RULE) if nodes.get(name))
        for each in nodes.values():
            yield from ids(each)
    elif isinstance(nodes, list | tuple):
        for each in nodes:
            yield from ids(each)


def _pricing(node: Node, settings: Settings) -> Node:
    outer = _names(node)
    return {**node, "items": [_item(each, outer, settings) for each in node.get("items") or ()]}


def _override(plan: Node, own: Node | None, settings: Settings) -> Node:
    outer = [plan["public_id"], *(_names(own) if own else ())]
    items = _plan_items(plan) if own is None else list(_merged(plan, own))
    stated = own or {}
    return {
        **stated,
        "original": plan["public_id"],
        "override": Override.ALL.value,
        "items": [_item(each, outer, settings) for each in items],
    }


def _plan_items(plan: Node) -> list[Node]:
    return [_stands_for(each) for each in plan["items"]]


def _stands_for(item: Node) -> Node:
    """An item of the plan as one that replaces it, with rules that replace its rules."""
    copied = {name: value for name, value in item.items() if name not in NAMES}
    return {**_rules(copied, _replacing), "original": item["public_id"], "override": Override.ALL.value}


def _replacing(config: Node) -> Node:
    return {**{name: value for name, value in config.items() if name != "id"}, RULE: config.get("id")}


def _merged(plan: Node, own: Node) -> Iterator[Node]:
    """The items as they are billed: those of the schedule's own, and of the plan what they leave."""
    mine = {each["original"]: each for each in own["items"] if each.get("original")}
    if own.get("override") != Override.ALL:
        for item in plan["items"]:
            standing = mine.get(item["public_id"])
            yield _stands_for(item) if standing is None else _joined(item, standing)
        yield from (each for each in own["items"] if not each.get("original"))
        return
    yield from own["items"]


def _joined(item: Node, own: Node) -> Node:
    if own.get("override") != Override.SPECIFIC:
        return own
    mine = {each[RULE]: each for each in own["configs"] if each.get(RULE)}
    kept = [mine.get(each["id"], _replacing(each)) for each in item["configs"] or ()]
    more = [each for each in own["configs"] if not each.get(RULE)]
    return {**own, "override": Override.ALL.value, "configs": [*kept, *more]}


def _item(item: Node, outer: Sequence[str], settings: Settings) -> Node:
    names = [*_names(item), *outer]
    return _rules(item, lambda config: settings.config(config, names))


def _rules(holder: Node, change: Any) -> Node:
    """The holder with every rule changed, also those for a currency or a period."""
    found = dict(holder)
    if holder.get("configs") is not None:
        found["configs"] = [change(each) for each in holder["configs"]]
    for name in CHOICES:
        if holder.get(name):
            found[name] = [_rules(each, change) for each in holder[name]]
    return found


def _names(node: Node) -> list[str]:
    return [node[name] for name in ("public_id", "original") if node.get(name)]
