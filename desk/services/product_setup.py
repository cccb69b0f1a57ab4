"""A category, a product and its items in one transaction: what "New product" creates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
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


@transaction.atomic
def move(*, ctx: Context, instance: Product, verb: str) -> Product:
    """``activate``, ``deprecate`` or ``archive`` a product, and with it the items that can follow."""
    moved: Product = getattr(products, verb)(ctx=ctx, instance=instance)
    product_items.align(ctx=ctx, product=moved, status=moved.status)
    return moved


def archive(*, ctx: Context, instance: Product) -> Product:
    """Hide a product with its items."""
    return move(ctx=ctx, instance=instance, verb="archive")


def category_named(platform: Platform, name: str) -> ProductCategory | None:
    """The category of this name, whatever its case."""
    mine = ProductCategory.objects.filter(platform=platform, name__iexact=name)
    found: ProductCategory | None = mine.order_by("pk").first()
    return found


def category_reference(platform: Platform, name: str) -> str:
    """A reference for a new category of this name that none has yet."""
    mine = ProductCategory.objects.filter(platform=platform, reference__startswith=slug(name))
    return slug(name, mine.values_list("reference", flat=True))


def _category(ctx: Context, name: str) -> ProductCategory:
    found = category_named(ctx.platform, name)
    if found:
        return found
    fields = {"name": name, "reference": category_reference(ctx.platform, name)}
    created: ProductCategory = _named("category", product_categories.create, ctx=ctx, fields=fields)
    return created


def _named(prefix: str, service: Any, **arguments: Any) -> Any:
    try:
        return service(**arguments)
    except TallydeskError as error:
        raise error.within(prefix) from error
