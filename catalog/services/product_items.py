"""Changes to product items."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import ItemType, ModelType, Product, ProductItem, ProductItemReport, Status
from catalog.selectors import products as selectors
from catalog.services import rows
from kit import persistence
from kit.errors import CannotUpdate, InvalidField, MissingField
from kit.lifecycle import core_flow
from webhooks.services import changes, restoring

FLOW = core_flow("PRODUCT_ITEM")

METERED = (ModelType.USAGE_BASED, ModelType.USAGE_BASED_CONVERSION)
# What decides how the item is billed: settled once it is in use.
STRUCTURE = {
    "product": "product_id",
    "model_type": "model_type",
    "type": "type",
    "meter_value_calculation": "meter_value_calculation_id",
    "tiering_meter_value_calculation": "usage_based.tiering_meter_value_calculation_id",
    "conditions": "usage_based.conditions",
}


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> ProductItem:
    """A new item, DRAFT unless ``status`` says otherwise; 409 when its reference is taken."""
    values = _filled(fields)
    reports = values.pop("report_meter_value_calculations", None) or []
    status = rows.first_status(values)
    item = ProductItem.stamped(platform=ctx.platform, at=ctx.at, status=status, **values)
    _validate(item)
    persistence.insert(item)
    _report(item, reports)
    changes.created(ctx=ctx, instance=item)
    return item


@transaction.atomic
def update(*, ctx: Context, instance: ProductItem, fields: dict[str, Any]) -> ProductItem:
    """Change the given fields; what decides how an item is billed changes only on a DRAFT."""
    row = _locked(instance)
    rows.assert_changeable(row)
    before = changes.snapshot(row)
    values = _filled(fields)
    status = rows.next_status(FLOW, row, values)
    _assert_structure_stays(row, values)
    if status:
        values["status"] = status
    if "report_meter_value_calculations" in values:
        _report(row, values.pop("report_meter_value_calculations") or [])
    _validate(row, **values)
    rows.change(ctx=ctx, row=row, values=values, before=before)
    return row


def activate(*, ctx: Context, instance: ProductItem) -> ProductItem:
    """Open it for use; a usage-based item needs its calculation."""
    return _move(ctx=ctx, instance=instance, status=Status.ACTIVE)


def deprecate(*, ctx: Context, instance: ProductItem) -> ProductItem:
    """Close it to new use."""
    return _move(ctx=ctx, instance=instance, status=Status.DEPRECATED)


def archive(*, ctx: Context, instance: ProductItem) -> ProductItem:
    """Hide it."""
    return _move(ctx=ctx, instance=instance, status=Status.ARCHIVED)


@transaction.atomic
def align(*, ctx: Context, product: Product, status: str) -> None:
    """Move to ``status`` every item of the product that can get there; others stay as they are."""
    for item in product.items.order_by("pk"):
        if FLOW.allows(item.status, status):
            _move(ctx=ctx, instance=item, status=Status(status))


@transaction.atomic
def delete(*, ctx: Context, instance: ProductItem) -> None:
    """Delete a DRAFT that no price names."""
    row = _locked(instance)
    rows.assert_deletable(row)
    rows.delete(ctx=ctx, row=row)


def restore(*, ctx: Context, instance: ProductItem, status: str) -> ProductItem:
    """Take a deprecation or an archiving back: ``status`` again, as it was before."""
    return restoring.status(ctx=ctx, instance=instance, flow=FLOW, to=status)


@transaction.atomic
def _move(*, ctx: Context, instance: ProductItem, status: Status) -> ProductItem:
    row = _locked(instance)
    FLOW.assert_can(row.status, status)
    _validate(row, status=status)
    rows.change(ctx=ctx, row=row, values={"status": status}, before=changes.snapshot(row))
    return row


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "type" in values and values["type"] is None:
        values["type"] = ItemType.REVENUE
    return values


def _assert_structure_stays(row: ProductItem, values: dict[str, Any]) -> None:
    for name, field in STRUCTURE.items():
        if row.status != Status.DRAFT and name in values and values[name] != getattr(row, name):
            raise CannotUpdate(f"changes only while the item is DRAFT; it is {row.status}", field=field)


def _validate(row: ProductItem, **values: Any) -> None:
    """What the row would be with ``values``: a metered item in use has a calculation, no other has one."""
    metered = values.get("model_type", row.model_type) in METERED
    field = "meter_value_calculation_id"
    calculation = values.get("meter_value_calculation", row.meter_value_calculation)
    if calculation and not metered:
        raise InvalidField("only a usage-based item has a meter value calculation", field=field)
    if metered and not calculation and values.get("status", row.status) == Status.ACTIVE:
        raise MissingField("a usage-based item needs its meter value calculation to be ACTIVE", field=field)


def _report(item: ProductItem, calculations: list[Any]) -> None:
    """Let reports show exactly these calculations beside the item, in this order."""
    item.report_links.all().delete()
    ProductItemReport.objects.bulk_create(
        ProductItemReport(
            platform=item.platform, product_item=item, meter_value_calculation=each, position=position
        )
        for position, each in enumerate(dict.fromkeys(calculations))
    )
    getattr(item, "_prefetched_objects_cache", {}).clear()


def _locked(instance: ProductItem) -> ProductItem:
    persistence.lock(instance)
    return selectors.items(instance.platform).get(pk=instance.pk)
