"""Create, change and delete meter properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.context import Context
from kit import persistence
from kit.errors import InvalidField, MissingField
from kit.lifecycle import core_flow
from metering.models import MeterProperty, PropertyType, Status
from metering.services import definitions
from webhooks.services import changes

FLOW = core_flow("METER_PROPERTY")
FROZEN = ("reference", "type")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> MeterProperty:
    """A new meter property, DRAFT unless said otherwise."""
    definitions.check_new_status(status=fields.get("status", Status.DRAFT))
    row = MeterProperty.stamped(platform=ctx.platform, at=ctx.at, **fields)
    _check_enum(row)
    persistence.insert(row)
    changes.created(ctx=ctx, instance=row)
    return row


@transaction.atomic
def update(*, ctx: Context, instance: MeterProperty, fields: dict[str, Any]) -> MeterProperty:
    """Change what its status allows; once it is not DRAFT, enum values are only ever added."""
    row: MeterProperty = persistence.lock(instance)
    before = changes.snapshot(row)
    definitions.check_status(instance=row, fields=fields, flow=FLOW, frozen=FROZEN)
    _check_growth(row, fields)
    changed = persistence.assign(row, fields)
    _check_enum(row)
    definitions.store(ctx=ctx, instance=row, changed=changed)
    changes.updated(ctx=ctx, instance=row, before=before)
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: MeterProperty) -> None:
    """Delete a meter property that no meter carries."""
    row: MeterProperty = persistence.lock(instance)
    before = changes.snapshot(row)
    persistence.remove(row)
    changes.deleted(ctx=ctx, instance=row, before=before)


def _check_growth(row: MeterProperty, fields: Mapping[str, Any]) -> None:
    if row.status == Status.DRAFT or "enum_values" not in fields:
        return
    lost = [value for value in row.enum_values if value not in fields["enum_values"]]
    if lost:
        raise InvalidField(f"{lost[0]} cannot be removed: values may only be added", field="enum_values")


def _check_enum(row: MeterProperty) -> None:
    if row.type == PropertyType.ENUM and not row.enum_values and row.status != Status.DRAFT:
        raise MissingField("an ENUM property needs at least one value", field="enum_values")
    if row.type != PropertyType.ENUM and row.enum_values:
        raise InvalidField("is for ENUM properties only", field="enum_values")
    if len(set(row.enum_values)) < len(row.enum_values):
        raise InvalidField("holds a value twice", field="enum_values")
