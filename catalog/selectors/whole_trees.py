"""Whole price trees of several versions, a query per table: for pages that judge, show and compare them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import Platform
from catalog.models import (
    Feature,
    Pricing,
    PricingCategory,
    PricingEntitlement,
    PricingGroup,
    PricingItem,
    PricingItemConfig,
    PricingItemProductItem,
    PricingPlanVersion,
    PricingProduct,
    Product,
    ProductItem,
)

Children = dict[int, list[Any]]
CALCULATIONS = ("meter_value_calculation", "tiering_meter_value_calculation")


@dataclass(frozen=True, slots=True)
class Whole:
    """A version as ``plans.versions`` gives it to activation, and what is priced in it.

    ``links`` lead from product items to pricing items, in printed order; ``rules`` are those of each
    pricing item (pk) in any currency and period. Products and features are known only as far as
    activation asks about them: by status, and by type and reference.
    """

    version: PricingPlanVersion
    links: Sequence[PricingItemProductItem]
    rules: Children

    @property
    def product_items(self) -> dict[int, ProductItem]:
        """pk -> the product items that the version prices, as ``priced.items``."""
        return {link.product_item_id: link.product_item for link in self.links}


def read(platform: Platform, versions: Iterable[PricingPlanVersion]) -> dict[int, Whole]:
    """pk -> the whole tree of each version, which gets its ``categories``. Five queries."""
    rows = {version.pk: version for version in versions}
    mine = {"platform": platform, "version__in": list(rows)}
    groups = list(PricingGroup.objects.filter(**mine).select_related("category"))
    pricings = list(_pricings().filter(**mine))
    items = list(PricingItem.objects.filter(**mine))
    links = list(_links().filter(**mine))
    rules = _by("pricing_item_id", sorted(PricingItemConfig.objects.filter(**mine), key=_rule_place))
    _join(groups, pricings, items, links, rules)
    found: dict[int, dict[int, PricingCategory]] = {version: {} for version in rows}
    several: list[Any] = [*pricings, *groups]
    for node in several:
        if node.category is not None:
            found[node.version_id].setdefault(node.category_id, node.category)
    for version, categories in found.items():
        rows[version].categories = _filled(categories.values(), pricings, groups)  # type: ignore[attr-defined]
    placed = sorted(links, key=_printed)
    return {
        pk: Whole(row, [link for link in placed if link.version_id == pk], rules) for pk, row in rows.items()
    }


def _pricings() -> QuerySet[Pricing]:
    """With their products and grants, which are few and small, in the same query."""
    products = PricingProduct.objects.filter(pricing=OuterRef("pk")).order_by("position")
    granted = PricingEntitlement.objects.filter(pricing=OuterRef("pk")).order_by("position")
    feature = {"type": "feature__type", "reference": "feature__reference", "value": "value"}
    return Pricing.objects.select_related("category").annotate(
        products=ArraySubquery(products.values(found=JSONObject(status="product__status"))),
        granted=ArraySubquery(granted.values(found=JSONObject(**feature))),
    )


def _links() -> QuerySet[PricingItemProductItem]:
    measured = [f"product_item__{name}__{of}" for name in CALCULATIONS for of in ("meter", "meter_value")]
    measured.append("product_item__tiering_meter_value_calculation__meter_property")
    return PricingItemProductItem.objects.select_related("product_item__product", *measured)


def _join(
    groups: Sequence[PricingGroup], pricings: Sequence[Any], items: Sequence[Any], links: Any, rules: Children
) -> None:
    """Tie each node to what is below and above it."""
    above = {pricing.pk: pricing for pricing in pricings}
    known = {group.pk: group for group in groups}
    for pricing in pricings:
        pricing.group = known.get(pricing.group_id)
    by_item = _by("pricing_item_id", sorted(links, key=_position))
    by_pricing, by_group = _by("pricing_id", _placed(items)), _by("group_id", _placed(pricings))
    for item in items:
        item.pricing = above[item.pricing_id]
        _keep(item, product_item_links=by_item[item.pk], configs=rules[item.pk])
        for link in by_item[item.pk]:
            link.pricing_item = item
    for pricing in pricings:
        products = [PricingProduct(product=Product(**each)) for each in pricing.products]
        _keep(pricing, items=by_pricing[pricing.pk], product_links=products, entitlements=_granted(pricing))
    for group in groups:
        _keep(group, pricings=by_group[group.pk])


def _granted(pricing: Any) -> list[PricingEntitlement]:
    return [
        PricingEntitlement(
            feature=Feature(type=each["type"], reference=each["reference"]), value=each["value"]
        )
        for each in pricing.granted
    ]


def _filled(
    categories: Iterable[PricingCategory], pricings: Sequence[Pricing], groups: Sequence[PricingGroup]
) -> list[PricingCategory]:
    found = _placed(categories)
    alone = _by("category_id", _placed(each for each in pricings if each.group_id is None))
    by_category = _by("category_id", _placed(groups))
    for category in found:
        category.ungrouped = alone[category.pk]
        _keep(category, pricing_groups=by_category[category.pk])
    return found


def _keep(node: Any, **children: list[Any]) -> None:
    """As if they had been prefetched: ``all()`` gives them without a query."""
    node._prefetched_objects_cache = {**getattr(node, "_prefetched_objects_cache", {}), **children}


def _by(name: str, rows: Iterable[Any]) -> Children:
    found: Children = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _placed(nodes: Iterable[Any]) -> list[Any]:
    return sorted(nodes, key=_place)


def _place(node: Any) -> tuple[bool, int, int, int]:
    """As ``plans.ORDER``."""
    return node.display_order is None, node.display_order or 0, node.position, node.pk


def _rule_place(config: PricingItemConfig) -> tuple[bool, int, int, int]:
    return config.order is None, config.order or 0, config.position, config.pk


def _position(link: PricingItemProductItem) -> int:
    return link.position


def _printed(link: PricingItemProductItem) -> tuple[Any, ...]:
    """Alternatives come after what stands in no group."""
    item, group = link.pricing_item, link.pricing_item.pricing.group
    of_group = _place(group) if group else ()
    return *_place(item.pricing.category), of_group, *_place(item.pricing), *_place(item), link.position
