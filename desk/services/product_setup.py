"""A category, a product and its items in one transaction: what "New product" creates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import Product, ProductCategory, Status
from catalog.services import product_categories, product_items, products
from desk.editors.products import slug
from kit.errors import TallydeskError


@dataclass(frozen=True, slots=True)
class Setup:
    """``category`` is the name of an existing category, or of a new one."""

    category: str
    product: dict[str, Any]
    items: list[dict[str, Any]] = field(default_factory=list)
    status: str = Status.ACTIVE


@transaction.atomic
def create(*, ctx: Context, setup: Setup) -> Product:
    """All of it or nothing; an error names ``category``, ``product`` or ``items.<n>`` before its field."""
    category = _category(ctx, setup.category)
    own = {**setup.product, "category": category, "status": setup.status}
    product: Product = _named("product", products.create, ctx=ctx, fields=own)
    for index, item in enumerate(setup.items):
        fields = {**item, "product": product, "status": setup.status}
        _named(f"items.{index}", product_items.create, ctx=ctx, fields=fields)
    return product


def _category(ctx: Context, name: str) -> ProductCategory:
    mine = ProductCategory.objects.filter(platform=ctx.platform)
    found: ProductCategory | None = mine.filter(name__iexact=name).order_by("pk").first()
    if found:
        return found
    taken = mine.filter(reference__startswith=slug(name)).values_list("reference", flat=True)
    fields = {"name": name, "reference": slug(name, taken)}
    created: ProductCategory = _named("category", product_categories.create, ctx=ctx, fields=fields)
    return created


def _named(prefix: str, service: Any, **arguments: Any) -> Any:
    try:
        return service(**arguments)
    except TallydeskError as error:
        raise error.within(prefix) from error
