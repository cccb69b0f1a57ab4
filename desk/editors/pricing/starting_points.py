"""Three plans to begin with: each lays out what the catalog sells of a kind, for somebody to price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Platform
from catalog.models import ModelType, ProductItem, Status
from catalog.services.tree_walk import Node
from desk.components.badges import word

MOST_ITEMS = 50
USABLE = (Status.ACTIVE, Status.DRAFT)


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """``models`` are laid out in this order, which is that of the invoice."""

    key: str
    name: str
    text: str
    models: tuple[ModelType, ...]


POINTS = {
    point.key: point
    for point in (
        StartingPoint(
            "pay-as-you-go",
            "Pay as you go",
            "Every usage based item, and nothing in a month without usage.",
            (ModelType.USAGE_BASED,),
        ),
        StartingPoint(
            "platform-fee",
            "Platform fee plus usage",
            "A recurring fee first, then every usage based item.",
            (ModelType.RECURRING, ModelType.USAGE_BASED),
        ),
        StartingPoint(
            "per-seat",
            "Per seat",
            "So much for each seat, every billing period.",
            (ModelType.PER_SEAT,),
        ),
    )
}


def sold(platform: Platform) -> dict[str, list[ProductItem]]:
    """Model -> the catalog's items of it that any plan can price, by their products. One query."""
    found: dict[str, list[ProductItem]] = {}
    wanted = {model for point in POINTS.values() for model in point.models}
    rows = ProductItem.objects.for_platform(platform).select_related("product__category")
    usable = rows.filter(model_type__in=wanted, status__in=USABLE, customer_public_id__isnull=True)
    ordered = usable.order_by("product__category__name", "product__name", "display_order", "name", "pk")
    for item in ordered[: MOST_ITEMS * len(wanted)]:
        found.setdefault(item.model_type, []).append(item)
    return found


def items_of(point: StartingPoint, sold: Mapping[str, list[ProductItem]]) -> list[ProductItem]:
    """What the point lays out, at most fifty of a model."""
    return [item for model in point.models for item in sold.get(model, [])[:MOST_ITEMS]]


def missing(point: StartingPoint, sold: Mapping[str, list[ProductItem]]) -> str:
    """What the catalog has to have first, in words; empty where nothing is missing."""
    return " and ".join(f"a {word(model).lower()} item" for model in point.models if not sold.get(model))


def as_api(tree: Iterable[Node]) -> list[dict[str, Any]]:
    """A tree that was laid out, as the API's ``pricing_categories``."""
    return [
        {
            "product_category_id": category["product_category"]["public_id"],
            "pricings": [
                {
                    "name": pricing["name"],
                    "product_ids": pricing["product_links"],
                    "items": [
                        {"product_item_ids": item["product_item_links"], "configs": item["configs"]}
                        for item in pricing["items"]
                    ],
                }
                for pricing in category["ungrouped"]
            ],
        }
        for category in tree
    ]
