"""From the ids and references in the body of a price tree to rows, one query per kind of row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Platform
from catalog.models import Feature, Product, ProductCategory, ProductItem
from catalog.services import tree_walk
from catalog.services.tree_walk import Node, Placed
from kit.errors import InvalidField, MissingField, ReferencedNotFound
from metering.models import MeterProperty

Wanted = dict[str, str]


@dataclass
class Links:
    """Rows by the id or reference that names them."""

    categories: dict[str, Any] = field(default_factory=dict)
    products: dict[str, Any] = field(default_factory=dict)
    product_items: dict[str, Any] = field(default_factory=dict)
    features: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)


def resolve(platform: Platform, *, pricings: Sequence[Placed], categories: Sequence[Placed] = ()) -> Links:
    """What the nodes name. The first name without a row is refused with its path."""
    items = list(tree_walk.items(pricings))
    links = Links(
        categories=find(platform, ProductCategory, _categories(categories)),
        products=find(platform, Product, _keys(pricings, "product_links", "product_ids")),
        product_items=find(platform, ProductItem, _keys(items, "product_item_links", "product_item_ids")),
        features=find(platform, Feature, _features(pricings)),
        properties=properties(platform, [each for at, item in items for each in tree_walk.configs(at, item)]),
    )
    _assert_belonging(pricings, links)
    return links


def properties(platform: Platform, configs: Sequence[Placed]) -> dict[str, Any]:
    """The meter properties that rules name, by what names them."""
    wanted: Wanted = {}
    for at, config in configs:
        for path, entry in property_entries(config, at):
            wanted.setdefault(property_key(entry, path), f"{path}.id")
    return find(platform, MeterProperty, wanted)


def find(platform: Platform, model: Any, wanted: Wanted) -> dict[str, Any]:
    """The platform's rows of ``model`` by public id or reference, for keys with the paths that name them."""
    if not wanted:
        return {}
    rows = model.objects.filter(platform=platform)
    found = {row.public_id: row for row in rows.filter(public_id__in=wanted)}
    if missing := [key for key in wanted if key not in found]:
        found |= {row.reference: row for row in rows.filter(reference__in=missing)}
    for key, path in wanted.items():
        if key not in found:
            message = f"The requested {model.object_type} could not be found"
            raise ReferencedNotFound(message, field=path, resource_type=model.object_type)
    return found


def property_key(entry: Node, path: str) -> str:
    """By what a condition names its property: its id, else its reference."""
    key: str | None = entry.get("id") or entry.get("reference")
    if not key:
        raise MissingField(field=f"{path}.id")
    return key


def feature_key(entry: Node, path: str) -> str:
    """By what an entitlement names its feature: its id, else its reference."""
    key: str | None = entry.get("feature_id") or entry.get("feature_reference")
    if not key:
        raise MissingField(field=f"{path}.feature_id")
    return key


def property_entries(config: Node, at: str) -> Iterator[Placed]:
    """The entries of a rule that name meter properties: its conditions and its split."""
    for name in ("conditions", "tiering_conditions"):
        yield from tree_walk.conditions(config.get(name), f"{at}.{name}")
    holder = config.get("split_pricing") or {}
    yield from tree_walk.each(holder.get("meter_properties"), f"{at}.split_pricing.meter_properties")


def _categories(categories: Sequence[Placed]) -> Wanted:
    return {node["product_category"]["public_id"]: f"{at}.product_category_id" for at, node in categories}


def _keys(nodes: Sequence[Placed], source: str, name: str) -> Wanted:
    wanted: Wanted = {}
    for at, node in nodes:
        for index, key in enumerate(node.get(source) or ()):
            wanted.setdefault(key, f"{at}.{name}.{index}" if at else f"{name}.{index}")
    return wanted


def _features(pricings: Sequence[Placed]) -> Wanted:
    wanted: Wanted = {}
    for at, pricing in pricings:
        for path, entry in tree_walk.each(pricing.get("entitlements"), f"{at}.entitlements".lstrip(".")):
            wanted.setdefault(feature_key(entry, path), f"{path}.feature_id")
    return wanted


def _assert_belonging(pricings: Sequence[Placed], links: Links) -> None:
    """A pricing item prices items of the pricing's own products."""
    for at, pricing in pricings:
        own = {links.products[key].pk for key in pricing.get("product_links") or ()}
        for path, item in tree_walk.items([(at, pricing)]):
            for index, key in enumerate(item.get("product_item_links") or ()):
                if links.product_items[key].product_id not in own:
                    raise InvalidField(
                        "belongs to a product that product_ids does not name",
                        field=f"{path}.product_item_ids.{index}",
                    )
