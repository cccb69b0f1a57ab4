"""Changes to features."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import Feature, FeatureType
from catalog.services import rows
from kit import persistence
from kit.errors import CannotUpdate, InvalidField, MissingField
from webhooks.services import changes

MEASURED = (FeatureType.NUMBER, FeatureType.AMOUNT)


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Feature:
    """A new feature; 409 when its reference is taken."""
    feature = Feature.stamped(platform=ctx.platform, at=ctx.at, **fields)
    _validate(feature)
    rows.create(ctx=ctx, row=feature)
    return feature


@transaction.atomic
def update(*, ctx: Context, instance: Feature, fields: dict[str, Any]) -> Feature:
    """Change the given fields; the type of a feature that is granted somewhere stays."""
    row = persistence.lock(instance)
    before = changes.snapshot(row)
    if fields.get("type", row.type) != row.type and row.entitlements.exists():
        raise CannotUpdate("the feature is granted by a pricing, its type stays", field="type")
    persistence.assign(row, fields)
    _validate(row)
    row.updated_at = ctx.at
    persistence.store(row, [*fields, "updated_at"])
    changes.updated(ctx=ctx, instance=row, before=before)
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: Feature) -> None:
    """Delete a feature that no product carries and no pricing grants."""
    rows.delete(ctx=ctx, row=persistence.lock(instance))


def _validate(feature: Feature) -> None:
    """An ENUM has values and only an ENUM has them; only quantities can be measured."""
    if feature.type == FeatureType.ENUM and not feature.enum_values:
        raise MissingField(field="enum_values")
    if feature.type != FeatureType.ENUM and feature.enum_values:
        raise InvalidField("only a feature of type ENUM has values", field="enum_values")
    if len(set(feature.enum_values or ())) < len(feature.enum_values or ()):
        raise InvalidField("holds a value twice", field="enum_values")
    if feature.meter_value_calculation and feature.type not in MEASURED:
        raise InvalidField(
            "only a feature of type NUMBER or AMOUNT is measured", field="meter_value_calculation_id"
        )
