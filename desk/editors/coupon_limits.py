"""What a coupon can be limited to: the choices of its form."""

from __future__ import annotations

from typing import Any

from accounts.models import Platform
from catalog.models import (
    Product,
    ProductCategory,
    ProductItem,
)

LIMITED = (
    ("product_category", "Product categories", ProductCategory),
    ("product", "Products", Product),
    ("product_item", "Product items", ProductItem),
)
MOST_LISTED = 200


def rows(platform: Platform) -> list[tuple[str, str, Any]]:
    return [
        (kind, label, row)
        for kind, label, model in LIMITED
        for row in model.objects.filter(platform=platform).order_by("name", "pk")[:MOST_LISTED]
    ]


def grouped(rows: list[tuple[str, str, Any]]) -> list[Any]:
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, label, row in rows:
        found.setdefault(label, []).append((f"{kind}:{row.public_id}", row.name or row.reference))
    return [*found.items()]
