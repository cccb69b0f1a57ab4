"""Changes to products."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import Feature, Product, ProductFeature, ProductType, Status
from catalog.selectors import products as selectors
from catalog.services import product_items, rows
from kit import persistence
from kit.errors import InvalidField
from kit.lifecycle import core_flow
from webhooks.services import changes, restoring

FLOW = core_flow("PRODUCT")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Product:
    """A new product, DRAFT unless ``status`` says otherwise; 409 when its reference is taken."""
    values = _filled(fields)
    features = values.pop("features", None) or []
    status = rows.first_status(values)
    product = Product.stamped(platform=ctx.platform, at=ctx.at, status=status, **values)
    persistence.insert(product)
    _carry(product, features)
    changes.created(ctx=ctx, instance=product)
    return product


@transaction.atomic
def update(*, ctx: Context, instance: Product, fields: dict[str, Any]) -> Product:
    """Change the given fields; a changed ``status`` must be allowed to follow the present one."""
    row = _locked(instance)
    rows.assert_changeable(row)
    before = changes.snapshot(row)
    values = _filled(fields)
    status = rows.next_status(FLOW, row, values)
    if status:
        values["status"] = status
    _assert_no_loop(row, values.get("parent_product"))
    if "features" in values:
        _carry(row, values.pop("features") or [])
    rows.change(ctx=ctx, row=row, values=values, before=before)
    return row


def activate(*, ctx: Context, instance: Product) -> Product:
    """Open it for use."""
    return _move(ctx=ctx, instance=instance, status=Status.ACTIVE)


def deprecate(*, ctx: Context, instance: Product) -> Product:
    """Close it to new use."""
    return _move(ctx=ctx, instance=instance, status=Status.DEPRECATED)


def archive(*, ctx: Context, instance: Product) -> Product:
    """Hide it."""
    return _move(ctx=ctx, instance=instance, status=Status.ARCHIVED)


@transaction.atomic
def delete(*, ctx: Context, instance: Product) -> None:
    """Delete a DRAFT that has no items and stands in no price."""
    row = _locked(instance)
    rows.assert_deletable(row)
    rows.delete(ctx=ctx, row=row)


@transaction.atomic
def delete_with_items(*, ctx: Context, instance: Product) -> None:
    """Delete a DRAFT and its items, all of which must be deletable."""
    row = _locked(instance)
    for item in row.items.order_by("pk"):
        product_items.delete(ctx=ctx, instance=item)
    delete(ctx=ctx, instance=row)


def restore(*, ctx: Context, instance: Product, status: str) -> Product:
    """Take a deprecation or an archiving back: ``status`` again, as it was before."""
    return restoring.status(ctx=ctx, instance=instance, flow=FLOW, to=status)


@transaction.atomic
def _move(*, ctx: Context, instance: Product, status: Status) -> Product:
    row = _locked(instance)
    FLOW.assert_can(row.status, status)
    rows.change(ctx=ctx, row=row, values={"status": status}, before=changes.snapshot(row))
    return row


def _locked(instance: Product) -> Product:
    persistence.lock(instance)
    return selectors.products(instance.platform).get(pk=instance.pk)


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "product_type" in values and values["product_type"] is None:
        values["product_type"] = ProductType.DEFAULT
    return values


def _carry(product: Product, features: list[Feature]) -> None:
    """Let the product carry exactly these features, in this order."""
    product.feature_links.all().delete()
    ProductFeature.objects.bulk_create(
        ProductFeature(platform=product.platform, product=product, feature=feature, position=position)
        for position, feature in enumerate(dict.fromkeys(features))
    )
    getattr(product, "_prefetched_objects_cache", {}).clear()


def _assert_no_loop(product: Product, parent: Product | None) -> None:
    """A product is not below itself."""
    seen = {product.pk}
    while parent is not None:
        if parent.pk in seen:
            raise InvalidField("a product cannot be its own ancestor", field="parent_product_id")
        seen.add(parent.pk)
        parent = parent.parent_product
